using Remediator.Core.Incidents;
using Remediator.Core.Journal;
using Remediator.Core.Language;
using Remediator.Core.Records;
using Remediator.Core.Resources;
using Remediator.Core.Worlds;

namespace Remediator.Core.Safety;

/// <summary>
/// A repair that is wrong is wrong for all of a burst: the first goes alone, more follow as they are proven to help, and after some
/// failures in a row nothing more is tried in that scope. What is in flight is counted by the transaction, as budgets are.
/// </summary>
public static class SlowStart
{
    private const int MostDoublings = 16;
    private const int Named = 3;

    public static Guard Guard { get; } = new("slow start", GuardStage.Room, Check) { IsToldOnce = true };

    /// <summary>The places that a repair takes, one in each scope.</summary>
    public static IReadOnlyList<BudgetLimit> Limits(World world, Incident incident)
    {
        var scopes = ScopesOf(world, incident);
        var goesOn = GoesOn(world, incident);
        return [.. scopes.Select(s => goesOn ? new(s.Budget, int.MaxValue) { Takes = Place(s, scopes) } : Limit(world, s, scopes))];
    }

    /// <summary>Where nothing more is tried now; null where something may be.</summary>
    internal static StoppedScope? Stopped(World world, SlowStartScope scope)
    {
        var policy = world.Definitions.Policy.SlowStart;
        var failed = world.SlowStart.Of(scope).FailedIn(world.Settings.Scaled(policy.RetryAfter), world.Now);
        return failed.Count < policy.Failures ? null : new(scope, failed, failed[^1].At + world.Settings.Scaled(policy.RetryAfter));
    }

    internal static Verdict Check(GuardedStep step)
    {
        var (world, incident) = (step.World, step.Incident);
        if (GoesOn(world, incident))
        {
            return Verdict.Allowed;
        }

        // what a person has released is tried all the same, in its turn
        if (incident.Run?.IsApproved(world.Now) is not true && FirstStopped(world, incident) is { } stopped)
        {
            return Verdict.Refused(Words(world, stopped), stopped.Until - world.Now);
        }

        return step.Step is null
            ? Verdict.Allowed
            : ScopesOf(world, incident).Zip(Limits(world, incident))
                .Select(l => Check(world, incident, l.First, l.Second))
                .FirstOrDefault(v => !v.IsAllowed) ?? Verdict.Allowed;
    }

    internal static StoppedScope? FirstStopped(World world, Incident incident) =>
        ScopesOf(world, incident).Select(s => Stopped(world, s)).FirstOrDefault(s => s is not null);

    private static Verdict Check(World world, Incident incident, SlowStartScope scope, BudgetLimit limit)
    {
        var others = world.Held.Permits.Where(p => p.Budget == limit.Budget && p.IncidentId != incident.Id).ToList();
        return limit.CountWith(world.Resource, others.Select(o => o.Resource)) <= limit.AtOnce
            ? Verdict.Allowed
            : Verdict.Refused(HeldReason.Of(
                $"waits for its turn in the slow start of {scope.Words}: width {limit.AtOnce}{limit.Meaning}, "
                    + $"{Proven(world, scope)} proven",
                string.Join(", ", others.Take(Named).Select(o => $"incident {o.IncidentId}"))));
    }

    /// <summary>
    /// Never 0. A rule has places, its namespaces or zones: each of them begins slowly by itself, so that the rule has room for one more
    /// than its width, and a single fault elsewhere does not wait for a burst. Places where it has failed keep theirs.
    /// </summary>
    private static BudgetLimit Limit(World world, SlowStartScope scope, IReadOnlyList<SlowStartScope> all)
    {
        var policy = world.Definitions.Policy.SlowStart;
        var width = policy.First << Math.Min(Proven(world, scope), MostDoublings);
        if (Place(scope, all) is not { } place)
        {
            return new(scope.Budget, width);
        }

        var failed = world.SlowStart.Of(scope).FailedIn(world.Settings.Scaled(policy.RetryAfter), world.Now).Select(f => f.Place).ToList();
        return new(scope.Budget, width + Math.Max(1, failed.Count))
        {
            Takes = place,
            Unhealthy = failed,
            Meaning = failed.Count > 0 ? $" places, {failed.Count} of which failed" : " places",
        };
    }

    private static int Proven(World world, SlowStartScope scope) =>
        world.SlowStart.Of(scope).ProvenIn(world.Settings.Scaled(world.Definitions.Policy.SlowStart.BurstEndsAfter), world.Now);

    private static ResourceKey? Place(SlowStartScope scope, IReadOnlyList<SlowStartScope> all) =>
        scope.IsRule ? all.FirstOrDefault(s => !s.IsRule)?.Key : null;

    /// <summary>Those of a resource whose repair a rule asks for; the rule comes last.</summary>
    private static IReadOnlyList<SlowStartScope> ScopesOf(World world, Incident incident)
    {
        var (resource, labels) = (world.Resource, world.Labels(incident.Run?.Playbook ?? incident.Choice?.Playbook ?? ""));
        var dead = IsDeadNode(world, incident);
        SlowStartScope Scope(string kind, string name) => new(new ResourceKey(resource.Cluster, kind, "", name).Bounded(), dead);
        IEnumerable<SlowStartScope> places = resource switch
        {
            { Namespace.Length: > 0 } => [Scope(ResourceKinds.Namespace, resource.Namespace)],
            { Kind: ResourceKinds.Node } =>
            [
                .. labels["zone"].Select(z => Scope(ResourceKinds.Zone, z)),
                .. labels["node_group"].Select(g => Scope(SlowStartScope.NodeGroup, g)),
            ],
            _ => [],
        };
        return [.. places, Scope(SlowStartScope.Rule, incident.Choice?.Rule ?? incident.Problem)];
    }

    /// <summary>Two signals say so that do not depend on each other: an alert, and what the cluster shows of the node.</summary>
    private static bool IsDeadNode(World world, Incident incident) =>
        world.Resource.Kind == ResourceKinds.Node
            && incident.IsFiring
            && world.Scope.Named("node") is [var node, ..]
            && node["ready"] is "false" or "unknown";

    /// <summary>A run that has its places keeps them: a ladder is not left in the middle because others have failed.</summary>
    private static bool GoesOn(World world, Incident incident) =>
        world.Held.Permits.Any(p => p.IncidentId == incident.Id && SlowStartScope.Of(p.Budget) is not null);

    private static string Words(World world, StoppedScope stopped) => HeldReason.Of(
        $"{Plural.Of(stopped.Failed.Count, "repair")} in a row did not help in {stopped.Scope.Words}: nothing more is tried there before "
            + $"{stopped.Until:u}, unless a person allows it{Incident(world, stopped.Scope)}",
        string.Join(", ", stopped.Failed.TakeLast(Named).Select(f => $"incident {f.Incident}")));

    private static string Incident(World world, SlowStartScope scope) =>
        world.OpenIncident(scope.Home, scope.Problem) is { } open ? $" (remediator allow-repair {open.Id})" : "";
}

/// <param name="Failed">In a row, newest last.</param>
/// <param name="Until">When one more is tried, if no person has allowed it before.</param>
internal sealed record StoppedScope(SlowStartScope Scope, IReadOnlyList<FailedRepair> Failed, DateTimeOffset Until);
