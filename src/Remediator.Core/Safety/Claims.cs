using Remediator.Core.Incidents;
using Remediator.Core.Journal;
using Remediator.Core.Resources;

namespace Remediator.Core.Safety;

/// <summary>
/// What a run keeps to itself: its resource alone, and together with others everything above and below it. Two runs may share a node that
/// both have pods on, but nobody works on that node meanwhile, nor on a workload while its node is being worked on.
/// </summary>
public static class Claims
{
    /// <summary>The nodes of a workload's pods; the workloads that have pods on a node.</summary>
    public static IReadOnlyList<ResourceKey> Shared(World world)
    {
        var cluster = world.Resource.Cluster;
        var pods = world.Scope.Named("pod");
        return world.Resource.Kind == "node"
            ? [.. pods.Select(p => new ResourceKey(cluster, p["workload_kind"], p["namespace"], p["workload"])).Where(k => k.Kind.Length > 0 && k.Name.Length > 0).Distinct()]
            : [.. pods.Select(p => p["node"]).Where(n => n.Length > 0).Distinct().Select(n => new ResourceKey(cluster, "node", "", n))];
    }

    internal static Verdict Check(GuardedStep step)
    {
        var world = step.World;
        var shared = Shared(world).Select(s => s.ToString()).ToHashSet(StringComparer.Ordinal);
        var own = world.Resource.ToString();
        var taken = world.Held.Claims.FirstOrDefault(c => c.IncidentId != step.Incident.Id && (c.Resource == own || (!c.IsShared && shared.Contains(c.Resource))));
        return taken is null ? Verdict.Allowed : Verdict.Refused(Words(world, taken));
    }

    private static string Words(World world, Claim claim) => claim switch
    {
        { IsShared: true } => $"incident {claim.IncidentId} is being worked on above or below {world.Resource.Display}",
        _ => $"{ResourceKey.Parse(claim.Resource).Display} is being worked on (incident {claim.IncidentId})",
    };
}
