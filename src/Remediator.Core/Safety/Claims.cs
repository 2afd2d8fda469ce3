using Remediator.Core.Actions;
using Remediator.Core.Facts;
using Remediator.Core.Journal;
using Remediator.Core.Resources;
using Remediator.Core.Worlds;

namespace Remediator.Core.Safety;

/// <summary>
/// What a run keeps to itself: its resource alone, and together with others everything above and below it. Two runs may share a node that
/// both have pods on, but nobody works on that node meanwhile, nor on a workload while its node is being worked on.
/// </summary>
public static class Claims
{
    /// <summary>
    /// Of a workload its nodes and volumes; of a node what runs and is mounted on it, and the machine that it is; of a volume or a file
    /// system who has it.
    /// </summary>
    public static IReadOnlyList<ResourceKey> Shared(World world)
    {
        var (pods, mounts) = (world.Scope.Named("pod"), world.Scope.Named("mount"));
        return [.. world.Resource.Kind switch
        {
            "node" => Workloads(pods).Concat(Volumes(mounts)).Concat(Machine(world.Scope.Named("node"))),
            "pvc" => Workloads(mounts).Concat(Nodes(mounts)),
            "filesystem" =>
                [Key("node", "", world.Resource.Name[..Math.Max(0, world.Resource.Name.IndexOf(':', StringComparison.Ordinal))])],
            _ => Nodes(pods).Concat(Volumes(mounts)),
        }];

        IEnumerable<ResourceKey> Nodes(IEnumerable<Fact> facts) => Distinct(facts.Select(f => Key("node", "", f["node"])));
        IEnumerable<ResourceKey> Workloads(IEnumerable<Fact> facts) =>
            Distinct(facts.Select(f => Key(f["workload_kind"], f["namespace"], f["workload"])));
        IEnumerable<ResourceKey> Volumes(IEnumerable<Fact> facts) =>
            Distinct(facts.Select(f => Key("pvc", f["namespace"], f["persistentvolumeclaim"])));
        // an alert that came before the node was known has its machine as the resource
        IEnumerable<ResourceKey> Machine(IEnumerable<Fact> facts) =>
            Distinct(facts.Select(f => Key("host", "", f["provider_id"][(f["provider_id"].LastIndexOf('/') + 1)..])));
        IEnumerable<ResourceKey> Distinct(IEnumerable<ResourceKey> keys) =>
            keys.Where(k => k.Kind.Length > 0 && k.Name.Length > 0).Distinct();
        ResourceKey Key(string kind, string space, string name) => new(world.Resource.Cluster, kind, space, name);
    }

    /// <summary>The resource, and what the act takes away besides.</summary>
    public static IReadOnlyList<ResourceKey> Alone(World world, ActionPlan? plan) =>
        plan?.Takes?.Key is { } taken && taken != world.Resource ? [world.Resource, taken] : [world.Resource];

    internal static Verdict Check(GuardedStep step)
    {
        var world = step.World;
        var shared = Shared(world).Select(s => s.ToString()).ToHashSet(StringComparer.Ordinal);
        var own = Alone(world, step.Incident.Run?.Plan).Select(s => s.ToString()).ToHashSet(StringComparer.Ordinal);
        var taken = world.Held.Claims.FirstOrDefault(
            c => c.IncidentId != step.Incident.Id && (own.Contains(c.Resource) || (!c.IsShared && shared.Contains(c.Resource))));
        return taken is null ? Verdict.Allowed : Verdict.Refused(Describe(world, taken));
    }

    private static string Describe(World world, Claim claim) => claim switch
    {
        { IsShared: true } => HeldReason.Of(
            $"another incident is being worked on, in what contains or belongs to {ResourceKey.Parse(claim.Resource).Display}",
            $"incident {claim.IncidentId}"),
        _ => HeldReason.Of($"{ResourceKey.Parse(claim.Resource).Display} is being worked on", $"incident {claim.IncidentId}"),
    };
}
