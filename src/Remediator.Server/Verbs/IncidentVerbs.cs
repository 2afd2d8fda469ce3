using System.CommandLine;
using Remediator.Core.Events;

namespace Remediator.Server.Verbs;

/// <summary>What a person may say to an incident.</summary>
internal static class IncidentVerbs
{
    public static IEnumerable<Verb> Create(CommonOptions common) =>
    [
        OperatorVerb.OfIncident(
            common, "approve", "Approve the step that an incident waits with. Look at it first: remediator audit show INCIDENT.",
            "remediator approve 01k8x2", "remediator approve 01k8x2 --reason \"seen in staging too\""),
        OperatorVerb.OfIncident(
            common, "allow-repair", "Allow repairs of a problem again, after they were stopped because they did not last.",
            "remediator allow-repair 01k8x2", "remediator allow-repair 01k8x2 --reason \"the leak is fixed in release 42\""),
        Judge(common),
    ];

    private static Verb Judge(CommonOptions common)
    {
        var incident = OperatorVerb.IncidentArgument();
        var judgement = new Argument<Judgement>("false|undone")
            { Description = "false: it acted although nothing was wrong; undone: a person took the repair back." };
        judgement.AcceptOnlyFromAmong("false", "undone");
        return OperatorVerb.Create(
            common,
            new Command("judge", "Record that a repair was wrong. This becomes part of its playbook's record, and lowers the playbook.")
                { incident, judgement },
            parsed => ($"{OperatorVerb.Path(parsed, incident)}/judge", parsed.GetValue(judgement).ToString()),
            "remediator judge 01k8x2 false --reason \"the exporter was broken\"");
    }
}
