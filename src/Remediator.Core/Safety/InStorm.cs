using Remediator.Core.Facts;
using Remediator.Core.Journal;
using Remediator.Core.Resources;
using Remediator.Core.Worlds;

namespace Remediator.Core.Safety;

/// <summary>
/// Nothing is repaired one by one while much is sick at once, nor for some time after. What the facts show now applies at once; that it
/// ended only a moment ago is known from the storm's own incident, which all replicas and every restart see.
/// </summary>
internal static class InStorm
{
    /// <summary>
    /// So long after a resource was first held, the storm's own incident may not be in the list of open ones yet, as this replica has read
    /// it.
    /// </summary>
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(5);

    public static Guard Guard { get; } = new("storm", GuardStage.Hold, Check) { LargerProblem = (world, _) => Check(world) };

    public static Verdict Check(GuardedStep step) => Check(step.World) is { IsAllowed: true } && HeldJustNow(step)
        ? Verdict.Refused("a storm may just have ended, and its cool-down is not known yet", Settling)
        : Check(step.World);

    private static bool HeldJustNow(GuardedStep step) =>
        Guard.HoldOf(step.Incident) is { } hold && (step.World.Now - hold.Since).Duration() < Settling;

    public static Verdict Check(World world)
    {
        if (Storms.In(world.View, world.Definitions.Policy.Storm, world.Resource, world.Now)
            .FirstOrDefault(s => Concerns(world, s.Scope)) is { } storm)
        {
            return Verdict.Refused(
                $"{storm.Seen}: the cause is elsewhere, so nothing is repaired until that is "
                    + $"over{Of(world.OpenIncident(storm.Scope, Storms.Problem))}");
        }

        return world.Open.FirstOrDefault(i => i.Problem == Storms.Problem
            && i.KnownStatus is IncidentStatus.Storm or IncidentStatus.CoolingDown
            && Concerns(world, i.Resource)) is { } open
            ? Verdict.Refused(
                $"the storm of {open.Resource.Display} has to be over for "
                    + $"{world.Settings.Scaled(world.Definitions.Policy.Storm.Cooldown).TotalMinutes:0.#} min before "
                    + $"anything is changed there{Of(open)}")
            : Verdict.Allowed;
    }

    /// <summary>
    /// A workload is concerned by its namespace, by the server of its files, by the zones of all its pods, and by any zone while one of
    /// them has no place.
    /// </summary>
    private static bool Concerns(World world, ResourceKey scope) => scope.Kind switch
    {
        ResourceKinds.Cluster => !world.IsOutside,
        ResourceKinds.FileServer => SickStorage.IsMounted(world.View, scope.Name, world.Scope.Named("mount")),
        ResourceKinds.Namespace => scope == Storms.Namespace(world.Resource.Cluster, world.Resource.Namespace),
        _ => (world.Resource.Kind == ResourceKinds.Node ? world.Scope.Named("node") : world.Scope.Named("pod"))
            .Any(f => f["zone"] == scope.Name || (f.Name == "pod" && HasNoPlace(f))),
    };

    private static bool HasNoPlace(Fact pod) => pod["node"].Length == 0 && pod["phase"] is "Pending" or "";

    private static string Of(IncidentRow? incident) => incident is null ? "" : $" (incident {incident.Id})";
}
