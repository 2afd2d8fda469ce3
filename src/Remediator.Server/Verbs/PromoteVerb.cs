using System.CommandLine;
using Remediator.Core.Incidents;
using Remediator.Core.Playbooks;
using Remediator.Core.Records;

namespace Remediator.Server.Verbs;

/// <summary>What people say to the record of a playbook.</summary>
internal static class PromoteVerb
{
    public static Verb Create(CommonOptions common)
    {
        var playbook = new Argument<string>("PLAYBOOK") { Description = "Its name." };
        var to = new Option<Mode>("--to") { HelpName = "MODE", Description = "The most that it may do: observe, approve or auto. Its file and the settings may allow less.", DefaultValueFactory = _ => Mode.Auto };
        to.AcceptOnlyFromAmong("observe", "approve", "auto");
        return Said(common, new Command("promote", "Raise a playbook that was lowered because of what it did. Look at its record first: remediator record.") { playbook, to },
            parsed => ($"/api/v1/playbooks/{Uri.EscapeDataString(parsed.GetRequiredValue(playbook))}/promote", parsed.GetValue(to).ToString()),
            "remediator promote restart-loop --reason \"the readiness probe is mended\"");
    }

    public static Verb CreateJudge(CommonOptions common)
    {
        var incident = new Argument<string>("INCIDENT") { Description = "Its id, or a beginning of it that no other has." };
        var judgement = new Argument<Judgement>("false|undone") { Description = "false: it acted although nothing was wrong; undone: a person took the repair back." };
        judgement.AcceptOnlyFromAmong("false", "undone");
        return Said(common, new Command("judge", "Say that a repair was wrong. It counts in the record of its playbook, and lowers it.") { incident, judgement },
            parsed => ($"/api/v1/incidents/{Uri.EscapeDataString(parsed.GetRequiredValue(incident))}/judge", parsed.GetValue(judgement).ToString()),
            "remediator judge 01k8x2 false --reason \"the exporter was broken\"");
    }

    private static Verb Said(CommonOptions common, Command command, Func<ParseResult, (string Path, string Word)> what, string example)
    {
        var reason = new Option<string?>("--reason") { HelpName = "TEXT", Description = "Why; it is journalled." };
        var actor = new Option<string>("--as") { HelpName = "NAME", Description = "Who says so; journalled. Default: your user name.", DefaultValueFactory = _ => Environment.UserName };
        var server = ServerClient.ServerOption();
        command.Options.Add(reason);
        command.Options.Add(actor);
        command.Options.Add(server);
        command.Options.Add(common.Output);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var client = ServerClient.Create(common.Settings(parsed), parsed.GetValue(server));
            var (path, word) = what(parsed);
            var result = await client.PostAsync<CommandResult>(path, new { Actor = parsed.GetValue(actor), Reason = parsed.GetValue(reason), Word = word }, cancellationToken);
            var output = parsed.InvocationConfiguration.Output;
            if (parsed.GetValue(common.Output) is OutputFormat.Json)
                output.WriteJson(result);
            else
                output.WriteLine(result.Message);
            return result.Done ? ExitCodes.Ok : ExitCodes.Findings;
        });
        return new(command, example);
    }
}
