using Remediator.Core.Incidents;
using Remediator.Core.Language;
using Remediator.Core.Worlds;

namespace Remediator.Core.Safety;

/// <summary>
/// While something that this resource depends on is broken or being worked on, its own repair would change nothing: it waits, and says for
/// what.
/// </summary>
internal static class RootCauseBusy
{
    /// <summary>A cause that nobody works on and nobody was told of is told as this resource's trouble, after so long.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromHours(1);

    public static Guard Guard { get; } = new("root cause busy", GuardStage.Hold, Check) { LargerProblem = Check };

    public static Verdict Check(GuardedStep step) => Check(step.World, step.Incident);

    public static Verdict Check(World world, Incident incident) => Causes.Of(world) switch
    {
        null => NamedCauses.MayBeShared(world, incident) is { } alone ? Verdict.Refused(alone) : Verdict.Allowed,
        { IsKnown: false } cause when Waited(incident, world) >= world.Settings.Scaled(Patience) =>
            Verdict.NeedsPerson(HeldReason.Of(
                $"{cause.Words}; that has lasted for {Waited(incident, world).TotalMinutes:0} min, and nobody was told of it", cause.Now)),
        var cause => Verdict.Refused(HeldReason.Of($"{cause.Words}; nothing is done here before that is over", cause.Now)),
    };

    private static TimeSpan Waited(Incident incident, World world) =>
        Guard.HoldOf(incident) is { } hold ? world.Now - hold.Since : TimeSpan.Zero;
}
