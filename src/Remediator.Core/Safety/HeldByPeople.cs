using Remediator.Core.Alerts;
using Remediator.Core.Facts;
using Remediator.Core.Incidents;
using Remediator.Core.Language;
using Remediator.Core.Pages;
using Remediator.Core.Resources;
using Remediator.Core.Worlds;

namespace Remediator.Core.Safety;

/// <summary>
/// Somebody else has it in hand: an annotation, another tool that works on the node or switched it off, a maintenance window, a silence.
/// </summary>
internal static class HeldByPeople
{
    private static readonly TimeSpan LongestWork = TimeSpan.FromHours(1);

    public static Guard Guard { get; } = new("held", GuardStage.Hold, Check) { IsOfPeople = true };

    public static Verdict Check(GuardedStep step) =>
        Reasons(step).FirstOrDefault() ?? Verdict.Allowed;

    private static IEnumerable<Verdict> Reasons(GuardedStep step) =>
        OfObject(step.World).Concat(OfNodes(step.World)).Concat(OfWindows(step)).Concat(OfSilences(step));

    private static IEnumerable<Verdict> OfObject(World world)
    {
        if (world.Resource.Kind == ResourceKinds.Node || world.Scope.Named("workload") is not [var workload, ..])
        {
            yield break;
        }

        if (workload["deleting"] == "true")
        {
            yield return Held($"{world.Resource.Display} is being deleted", null, world);
        }

        if (HoldMark.Of(workload["hold"], world.Now) is { } own)
        {
            yield return Held($"{world.Resource.Display} carries {HoldMark.Name}: {own}", own.Until, world);
        }

        if (HoldMark.Of(workload["namespace_hold"], world.Now) is { } space)
        {
            yield return Held($"the namespace {world.Resource.Namespace} carries {HoldMark.Name}: {space}", space.Until, world);
        }
    }

    private static IEnumerable<Verdict> OfNodes(World world)
    {
        foreach (var (node, why) in Nodes(world))
        {
            if (HoldMark.Of(node["hold"], world.Now) is { } hold)
            {
                yield return Held(HeldReason.Of($"the node {node["node"]} carries {HoldMark.Name}: {hold}", why), hold.Until, world);
            }

            if (world.Resource.Kind == ResourceKinds.Node && node["cordoned"] == "true" && node["cordoned_by"] != "remediator")
            {
                yield return Held($"a person has cordoned {world.Resource.Display}", null, world);
            }

            if (SwitchedOff.Why(world.View, node) is { } off)
            {
                yield return Held(HeldReason.Of($"the node {node["node"]} is meant to be off: {off}", why), null, world);
            }

            if (node["taken_by"] is { Length: > 0 } taken)
            {
                yield return IsForgotten(node, world) is { } silent
                    ? Verdict.NeedsPerson(
                        $"the node {node["node"]} is in the hands of {taken}, and has not been ready for {silent.TotalMinutes:0} min: "
                            + "whether anybody still works on it cannot be seen from here")
                    : Held(HeldReason.Of($"the node {node["node"]} is being worked on by {taken}", why), null, world);
            }
        }
    }

    /// <summary>A tool that waits for a dead node to come back leaves its mark on it for ever (kubereboot/kured #478).</summary>
    /// <returns>For how long the node has not been ready; null where that is no longer than such work takes.</returns>
    private static TimeSpan? IsForgotten(Fact node, World world) =>
        world.Resource.Kind == ResourceKinds.Node
            && node["ready"] != "true"
            && world.Now - node.Since is var away && away >= world.Settings.Scaled(LongestWork)
            ? away
            : null;

    /// <summary>A node itself; of a workload, the nodes of those of its pods that do not work.</summary>
    private static IEnumerable<(Fact Node, string Why)> Nodes(World world)
    {
        if (world.Resource.Kind == ResourceKinds.Node)
        {
            return world.Scope.Named("node").Select(n => (n, ""));
        }

        var sick = world.Scope.Named("pod")
            .Where(p => p["node"].Length > 0 && p["phase"] != "Succeeded" && (p["ready"] != "true" || p["crashing"] == "true"))
            .ToLookup(p => p["node"], p => p["pod"]);
        return from pods in sick
               from node in world.View.Of(new(world.Resource.Cluster, ResourceKinds.Node, "", pods.Key), "node")
               select (node, $"pod {pods.First()} is on it");
    }

    private static IEnumerable<Verdict> OfWindows(GuardedStep step) =>
        from window in step.World.Definitions.Policy.Maintenance
        where window.Match.Matches(step.World.Labels(step.Playbook.Name))
        let end = window.EndAt(step.World.Now)
        where end is not null
        select Held($"maintenance until {end:u}: {window.Reason}", end, step.World);

    private static IEnumerable<Verdict> OfSilences(GuardedStep step)
    {
        var world = step.World;
        if (world.Silences is not { } reading)
        {
            return [];
        }

        return from alert in step.Incident.Alerts
               where alert.Value.Firing
               from @group in reading.For(AlertSource.Of(alert.Key))
               from verdict in OfSilences(@group, alert.Value, world)
               select verdict;
    }

    /// <summary>What was read is believed until it is too old: a group that does not answer has its silences all the same.</summary>
    private static IEnumerable<Verdict> OfSilences(GroupSilences group, OpenAlert alert, World world) =>
        group.Unknown(world.Now) is { } why
            ? [Verdict.Refused(HeldReason.Of("it is unknown whether somebody has silenced its alerts", why))]
            : from silence in @group.Silences
              where silence.CreatedBy != Silence.Ours && silence.Covers(alert.Own, world.Now)
              select Held(
                  $"silence {silence.Id} of {silence.CreatedBy} until {silence.EndsAt:u}: {silence.Comment}{Doubt(silence)}",
                  silence.EndsAt,
                  world);

    private static string Doubt(Silence silence) =>
        silence.Matchers.FirstOrDefault(m => m.Fault is not null) is { } unread
            ? $" (it may match: the pattern of {unread} cannot be read here, {unread.Fault})"
            : "";

    private static Verdict Held(string reason, DateTimeOffset? until, World world) => Verdict.Refused(reason, until - world.Now);
}
