using Remediator.Core.Events;
using Remediator.Core.Incidents;
using Remediator.Core.Language;
using Remediator.Core.Playbooks;
using Remediator.Core.Worlds;

namespace Remediator.Core.Engine;

/// <summary>An incident waits, and its journal says for what. The same wait is written once.</summary>
public static class Holding
{
    /// <summary>The definitions in force have no playbook for it.</summary>
    internal const string Definitions = "definitions";

    /// <summary>Another incident has the resource.</summary>
    internal const string Busy = "busy";

    /// <summary>A run that is refused for so long is handed to people, with the guard's words.</summary>
    private static readonly TimeSpan PatienceInARun = TimeSpan.FromMinutes(30);

    /// <summary>One that comes and goes all the time is not written down each time.</summary>
    private static readonly TimeSpan ShortestHold = TimeSpan.FromMinutes(1);

    /// <summary>What holds an incident and is no guard.</summary>
    public static IReadOnlyList<string> BesideGuards { get; } = [Definitions, Busy, RepairVerdict.Name];

    internal static Move By(GuardRefusal refusal, Incident incident, World world) => By(
        refusal.Guard.Name, refusal.Reason, world.Now + (refusal.Verdict.RetryAfter ?? world.Settings.Tick), incident, world);

    internal static Move By(Guard guard, string reason, DateTimeOffset retryAt, Incident incident, World world) =>
        By(guard.Name, reason, retryAt, incident, world);

    internal static Move By(string holder, string reason, DateTimeOffset retryAt, Incident incident, World world)
    {
        var known = incident.Hold is { } hold && hold.Guard == holder && HeldReason.IsSame(hold.Reason, reason);
        var next = retryAt - world.Now > world.Settings.Tick ? world.Now + world.Settings.Tick : retryAt;
        return known ? Move.HoldsUntil(next) : Move.Happens(new Held(holder, reason, retryAt));
    }

    /// <summary>
    /// An incident that only waits for a time, or whose repair is being verified, is held by nothing any more: otherwise it would look as
    /// if it were held for as long as nothing else happens to it.
    /// </summary>
    internal static Move OrOver(Move move, Incident incident, World world)
    {
        if (incident.Hold is not { } hold
            || move.Holds
            || move.Events.Count > 0
            || hold.Guard == RepairVerdict.Name
            || move.Job is not (null or VerifyRepair))
        {
            return move;
        }

        var over = hold.Since + world.Settings.Scaled(ShortestHold);
        return world.Now >= over ? Move.Happens(new HoldEnded(hold.Guard)) : move with { Until = move.Until < over ? move.Until : over };
    }

    /// <summary>A run waits only where waiting can help, and for some time.</summary>
    internal static Move OrGiveUp(GuardRefusal refusal, Incident incident, Playbook playbook, World world) =>
        refusal.Verdict.Final || IsTooLong(refusal.Guard, incident, world)
            ? Escalations.GiveUp(incident, playbook, world, refusal.Message)
            : By(refusal, incident, world);

    private static bool IsTooLong(Guard guard, Incident incident, World world) =>
        !guard.MayLast
            && guard.HoldOf(incident) is { } hold
            && world.Now - hold.Since > world.Settings.Scaled(PatienceInARun);
}
