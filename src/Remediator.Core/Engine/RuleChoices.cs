using Remediator.Core.Facts;
using Remediator.Core.Incidents;
using Remediator.Core.Playbooks;
using Remediator.Core.Rules;
using Remediator.Core.Safety;
using Remediator.Core.Worlds;

namespace Remediator.Core.Engine;

/// <summary>What the rules say about an incident: about each of its alerts, and a decision that stops beats one that runs.</summary>
internal static class RuleChoices
{
    /// <summary>
    /// Firing alerts decide, all of them, since any may be the one that stops; when none fires any more, those that did. Where there are
    /// more than can be looked at, nobody knows what the others say: people get it.
    /// </summary>
    public static Decision Decide(Incident incident, World world)
    {
        var alerts = incident.Alerts.Values.Any(a => a.Firing) ? incident.Alerts.Values.Where(a => a.Firing) : incident.Alerts.Values;
        var decision = alerts.OrderBy(a => a.StartsAt).ThenBy(a => a.Name, StringComparer.Ordinal)
            .Select(a => Decide(a.Name, a.Labels, a.StartsAt, world))
            .MaxBy(d => Rank(d.Kind))!;
        if (incident.Problem == FurtherProblems.Problem)
        {
            return FurtherProblems.Decide(decision);
        }

        return incident.Unlisted.IsEmpty || decision.Kind is DecisionKind.Escalate
            ? decision
            : decision with {
                Kind = DecisionKind.Escalate,
                Rule = "too-many-alerts",
                Playbook = null,
                Message = "more alerts are firing than can be examined one by one" };
    }

    public static Decision Decide(string name, IReadOnlyDictionary<string, string> labels, DateTimeOffset startsAt, World world)
    {
        var decision = world.Definitions.Rules.Decide(new Fact(name, labels, startsAt), world.View);
        return decision.Kind is DecisionKind.None ? decision with { Message = WhyNothing.Of(decision, name, world) } : decision;
    }

    /// <summary>False while the view cannot be trusted; without any cluster the rules still speak of alerts alone.</summary>
    public static bool SeesCluster(World world) =>
        world.ViewState is ViewState.NotConfigured || (world.ViewState is ViewState.Ready && world.IsFresh);

    /// <summary>
    /// Whose view is too old for a decision about this incident; null where all are good that it needs. Without any cluster the rules still
    /// speak of alerts alone.
    /// </summary>
    public static Sight? Doubt(Incident incident, World world) => Needs.OfDecision(world, incident).Select(world.SightOf).OfType<Sight>()
        .FirstOrDefault(s => s.State is not ViewState.NotConfigured && s.Doubt(world.Now, world.Settings.MaxViewAge) is not null);

    public static bool CanDecide(Incident incident, World world) => Doubt(incident, world) is null;

    /// <summary>Whether the playbook's own condition holds in the system of record.</summary>
    public static bool ProblemHolds(Playbook playbook, Incident incident, World world) =>
        FirstMissing(playbook.Problem, LiquidValues.Facts(incident, world)) is null;

    /// <summary>The first condition that does not hold, in words; null when all do.</summary>
    public static string? FirstMissing(IReadOnlyList<Condition> conditions, FactView view)
    {
        foreach (var condition in conditions)
        {
            if (condition.Evaluate("when", null, view) is { Ok: false } trace)
            {
                return $"{trace.Text} does not hold ({DoubtOfRollout(condition, view) ?? trace.InWords()})";
            }
        }

        return null;
    }

    /// <summary>What speaks for a rollout that is not proven to be at fault, where a condition asks for that.</summary>
    private static string? DoubtOfRollout(Condition condition, FactView view) =>
        condition.Text.Contains("rollout_at_fault", StringComparison.Ordinal)
            && view.Named("workload") is [var workload, ..]
            && workload["rollout_doubt"] is { Length: > 0 } doubt
            ? $"of the newest rollout: {doubt}"
            : null;

    private static int Rank(DecisionKind kind) => kind switch
    {
        DecisionKind.Escalate => 3,
        DecisionKind.Suppress => 2,
        DecisionKind.Run => 1,
        _ => 0,
    };
}
