using System.CommandLine;
using System.Globalization;
using Remediator.Core.Language;
using Remediator.Journal.Audit;
using Remediator.Server.Api;
using Remediator.Server.CommandLine;

namespace Remediator.Server.Verbs;

internal static class AuditListVerb
{
    public static Verb Create(CommonOptions common, Func<ParseResult, JournalAudit> open)
    {
        var status = new Option<string?>("--status")
            { HelpName = "STATUS", Description = "Only incidents with this status: running, held, escalated, verified, ..." };
        var resource = new Option<string?>("--resource")
            { HelpName = "NAME", Description = "Only incidents on this resource: api, shop/api, deployment/shop/api, or the whole key." };
        var since = new Option<DateTimeOffset?>("--since")
        {
            HelpName = "AGE|TIME",
            Description = "Only incidents opened within this age (30m, 24h, 7d), or since this time (2026-11-23T10:00Z).",
            CustomParser = result => Since(result.Tokens[0].Value, result.AddError),
        };
        var limit = new Option<int>("--limit") {
            HelpName = "N",
            Description = "How many incidents to list at most.",
            DefaultValueFactory = _ => 50 };
        var open_ = new Option<bool>("--open") { Description = "Only open incidents." };
        var dead = new Option<bool>("--dead-letters") { Description = "List dead letters instead: what could not be read or handled." };
        var command = new Command("list", "List incidents, newest first.") { status, resource, since, open_, limit, dead, common.Output };
        command.SetAction(parsed =>
        {
            var json = parsed.GetValue(common.Output) is OutputFormat.Json;
            if (parsed.GetValue(dead))
                return Write(parsed, json, open(parsed).DeadLetters(parsed.GetValue(limit)));

            var filter = new IncidentFilter
            {
                Status = parsed.GetValue(status),
                Resource = parsed.GetValue(resource),
                Since = parsed.GetValue(since),
                Open = parsed.GetValue(open_),
                Limit = parsed.GetValue(limit),
            };
            return Write(parsed, json, [.. open(parsed).Incidents(filter).Select(IncidentView.Of)]);
        });
        return new(
            command, "remediator audit list --open", "remediator audit list --since 7d --status escalated --output json",
            "remediator audit list --resource deployment/shop/api");
    }

    private static int Write(ParseResult parsed, bool json, IReadOnlyList<IncidentView> incidents)
    {
        if (json)
            parsed.InvocationConfiguration.Output.WriteJson(incidents);
        else
            IncidentTable.Write(parsed.InvocationConfiguration.Output, incidents);
        return ExitCodes.Ok;
    }

    private static int Write(ParseResult parsed, bool json, IReadOnlyList<DeadLetter> letters)
    {
        var output = parsed.InvocationConfiguration.Output;
        if (json)
            output.WriteJson(letters);
        else
            DeadLetterTable.Write(output, letters);
        return ExitCodes.Ok;
    }

    private static DateTimeOffset? Since(string text, Action<string> fail)
    {
        if (Duration.TryParse(text, out var age))
            return TimeProvider.System.GetUtcNow() - age;
        if (DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time))
            return time;

        fail($"--since '{text}' is neither an age such as 24h nor a time such as 2026-11-23T10:00Z.");
        return null;
    }
}
