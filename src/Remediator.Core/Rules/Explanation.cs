using System.Text;

namespace Remediator.Core.Rules;

internal static class Explanation
{
    public static string Of(Decision decision)
    {
        var text = new StringBuilder();
        text.Append(Outcome(decision)).Append(" for ").Append(decision.Alert)
            .Append($"  [rules {decision.RulesRevision}, {View(decision)}]");
        foreach (var candidate in decision.Trace) Append(text, candidate);
        return text.ToString();
    }

    private static string View(Decision decision) =>
        decision.ViewVersion == 0 ? "no view of a cluster" : $"view {decision.ViewVersion}";

    private static string Outcome(Decision decision) => decision.Kind switch
    {
        DecisionKind.Run => $"Run {decision.Playbook} by {decision.Rule}",
        DecisionKind.None => "No rule matches",
        _ => $"{decision.Kind} {decision.Message} by {decision.Rule}",
    };

    private static void Append(StringBuilder text, CandidateTrace candidate)
    {
        text.Append(candidate.Matched ? "\n  matched  " : "\n  rejected ").Append($"{candidate.Rule} ({candidate.Place})");
        foreach (var condition in candidate.Conditions)
        {
            if (condition is { Clause: "alert", Ok: true }) continue;
            text.Append(condition.Ok ? "\n    ok   " : "\n    FAIL ")
                .Append($"{condition.Clause,-6} {condition.Text}  <- {condition.Found}");
        }
    }
}
