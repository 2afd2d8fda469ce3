using System.CommandLine;
using Remediator.Journal.Audit;
using Remediator.Server.Api;
using Remediator.Server.Audit;
using Remediator.Server.CommandLine;

namespace Remediator.Server.Verbs;

internal static class AuditShowVerb
{
    public static Verb Create(CommonOptions common, Func<ParseResult, JournalAudit> open)
    {
        var incident = new Argument<string>("INCIDENT")
            { Description = "The incident's id, or enough of its first characters to be unique." };
        var full = new Option<bool>("--full") { Description = "All lines of the evidence, and every condition of every candidate rule." };
        var command = new Command(
            "show",
            "Show one incident as a story: what was seen, which rule won and why, what was done, how it was verified, how it ended.")
            { incident, full, common.Output };
        command.SetAction(parsed =>
        {
            var found = Find(open(parsed), parsed.GetRequiredValue(incident));
            var output = parsed.InvocationConfiguration.Output;
            if (parsed.GetValue(common.Output) is OutputFormat.Json)
                output.WriteJson(new IncidentEvents(
                    IncidentView.Of(found.Incident), [.. found.Events.Select(EventView.Of)], found.Archived));
            else
                output.WriteLine(IncidentStory.Tell(found, parsed.GetValue(full)));
        });
        return new(
            command, "remediator audit show 01k8x2", "remediator audit show 01k8x2 --full", "remediator audit show 01k8x2 --output json");
    }

    private static IncidentLookup.Found Find(JournalAudit audit, string id) => audit.Incident(id) switch
    {
        IncidentLookup.Found found => found,
        IncidentLookup.Ambiguous several =>
            throw new VerbException($"'{id}' begins the ids of several incidents: {string.Join(", ", several.Ids)}. Type more of it."),
        IncidentLookup.NotFound { Archive: { } file } =>
            throw new VerbException($"There is no incident '{id}' in the store. {IncidentStory.InArchive(file)}"),
        _ => throw new VerbException($"There is no incident '{id}'. 'remediator audit list' lists them."),
    };
}
