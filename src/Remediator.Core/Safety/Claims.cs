using Remediator.Core.Actions;
using Remediator.Core.Journal;
using Remediator.Core.Language;
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
        var kind = ResourceKinds.Of(world.Resource);
        var own = kind.Own.ToDictionary(o => o.Label, o => o.Value(world.Resource));
        return
        [
            .. kind.SharedWith
                .SelectMany(r => r.Fact.Length == 0 ? [r.Key(l => own[l])] : world.Scope.Named(r.Fact).Select(f => r.Key(l => f[l])))
                .Where(k => k.Kind.Length > 0 && k.Name.Length > 0).Select(k => k with { Cluster = world.Resource.Cluster }).Distinct(),
        ];
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
