using Remediator.Core.Actions;
using Remediator.Core.Events;
using Remediator.Core.Incidents;
using Remediator.Core.Playbooks;
using Remediator.Core.Safety;
using Remediator.Core.Worlds;

namespace Remediator.Core.Engine;

/// <param name="Refusal">Of the first guard that refuses; each check answers those of one <see cref="GuardStage"/>.</param>
internal sealed record StepAtHand(GuardedStep Guarded, Run Run, LadderStep Step, GuardRefusal? Refusal)
{
    public Incident Incident => Guarded.Incident;
    public Playbook Playbook => Guarded.Playbook;
    public World World => Guarded.World;
}

/// <summary>
/// What a run does about the step at hand. The checks are asked in this order and the first that answers decides: their order is the
/// argument that what is done is safe. Only where none answers, the step is begun.
/// </summary>
internal static class StepChoice
{
    private const int MaxPlanFailures = 5;

    private static readonly IReadOnlyList<Func<StepAtHand, Move?>> Checks =
    [
        ThisVersionLacksItsAction,
        ItsResourceIsGone,
        NothingCanBeConcluded,
        ItsRunIsNoLongerNeeded,
        PeopleHaveItsResource,
        PeopleOrALargerProblemHoldIt,
        ItHasToBeLookedAtFirst,
        ItsConditionsDoNotHold,
        AnEarlierRunDidTheSame,
        ItIsNeverTakenHere,
        ItIsTooEarly,
        ItsOwnerWouldRevertIt,
        AGuardRefusesIt,
        ItHasToBePlannedFirst,
        TheModeOnlyObserves,
        APersonHasToReleaseIt,
    ];

    public static Move Next(ResourceState state, Incident incident, Run run, Playbook playbook, LadderStep step, World world)
    {
        var action = world.Actions.TryGet(step.Use, out var known) ? known.Descriptor : null;
        var guarded = new GuardedStep(world, state, incident, playbook, step, action);
        var atHand = new StepAtHand(guarded, run, step, Guards.FirstRefusal(guarded));
        return Move.FirstOf(Checks, atHand) ?? Begin(atHand);
    }

    /// <summary>Has the resource looked at; until the look is made, the step waits for it.</summary>
    public static Move LookFirst(Incident incident, Playbook playbook, World world, string doubt) =>
        Looking.Next(incident, playbook, world)
            ?? Holding.OrGiveUp(new(FreshLook.Guard, Verdict.Refused(doubt)), incident, playbook, world);

    private static Move? ThisVersionLacksItsAction(StepAtHand step) => step.Guarded.Action is null
        ? Escalations.GiveUp(step.Incident, step.Playbook, step.World, $"this version has no action '{step.Step.Use}'")
        : null;

    private static Move? ItsResourceIsGone(StepAtHand step) =>
        NoLongerNeeded.SinceItIsGone(step.Incident, step.Run, step.Playbook, step.World);

    private static Move? NothingCanBeConcluded(StepAtHand step) => Refused(step, GuardStage.Sight);

    private static Move? ItsRunIsNoLongerNeeded(StepAtHand step) =>
        NoLongerNeeded.AsTheFactsAre(step.Incident, step.Run, step.Playbook, step.World);

    /// <summary>
    /// A step that is begun is brought to its end, and no other follows it once people have the resource, but for one that a person
    /// released.
    /// </summary>
    private static Move? PeopleHaveItsResource(StepAtHand step) =>
        !step.Run.IsApproved(step.World.Now)
            && step.Guarded.State.Incidents.Find(i => i.Id != step.Incident.Id && i.Escalation is not null) is { } other
            ? Escalations.Stop(
                step.Incident, step.Playbook, step.World, $"incident {other.Id} ({other.Problem}) is with people on this resource")
            : null;

    private static Move? PeopleOrALargerProblemHoldIt(StepAtHand step) => Refused(step, GuardStage.Hold);

    /// <summary>Nobody looks while anything else is in the way.</summary>
    private static Move? ItHasToBeLookedAtFirst(StepAtHand step) =>
        FreshLook.Doubt(step.World, step.Incident, step.Playbook) is not { } doubt ? null
        : step.Refusal?.Guard.Stage is null or GuardStage.Look or GuardStage.Release
            ? LookFirst(step.Incident, step.Playbook, step.World, doubt)
        : Refused(step);

    private static Move? ItsConditionsDoNotHold(StepAtHand step) =>
        RuleChoices.FirstMissing(step.Step.When, LiquidValues.Facts(step.Incident, step.World)) is { } missing
            ? Move.Happens(new StepPassedOver(step.Run.Step, step.Step.Name, missing))
            : null;

    private static Move? AnEarlierRunDidTheSame(StepAtHand step) =>
        step.Incident.Done.Exists(d => d.Use == step.Step.Use && d.Run != step.Run.Id)
            ? Move.Happens(new StepPassedOver(
                step.Run.Step, step.Step.Name, $"an earlier run of this incident has done {step.Step.Use} already"))
            : null;

    private static Move? ItIsNeverTakenHere(StepAtHand step) => Wait(step) is { Time: null, Why: var why }
        ? Move.Happens(new StepPassedOver(step.Run.Step, step.Step.Name, why))
        : null;

    /// <summary>Much ends by itself, or by somebody else; a stronger step waits longer than a mild one.</summary>
    private static Move? ItIsTooEarly(StepAtHand step)
    {
        if (Wait(step).Time is not { Ticks: > 0 } wait)
            return null;
        var (world, decided) = (step.World, step.Incident.Choice?.Since ?? step.Incident.OpenedAt);
        var due = SickSince.Of(world, decided) + world.Settings.Scaled(wait);
        var tick = world.Now + world.Settings.Tick;
        return world.Now < due ? Move.WaitsUntil(due < tick ? due : tick) : null;
    }

    private static StepWait Wait(StepAtHand step) =>
        Waits.Of(step.Playbook, step.Step, LiquidValues.Facts(step.Incident, step.World));

    /// <summary>Before a person is asked to release what would be refused then; a later rung may do without.</summary>
    private static Move? ItsOwnerWouldRevertIt(StepAtHand step)
    {
        var owned = step.Refusal?.Guard.Stage switch
        {
            GuardStage.Owner => step.Refusal,
            null or GuardStage.Release => Guards.OfOwners(step.Guarded),
            _ => null,
        };
        return owned is null ? null : Move.Happens(
            new Held(owned.Guard.Name, owned.Reason, step.World.Now),
            new StepRefused(step.Run.Step, step.Step.Name, step.Step.Use, owned.Reason));
    }

    /// <summary>Nobody can release what is off.</summary>
    private static Move? AGuardRefusesIt(StepAtHand step) =>
        step.Refusal is { } refusal && (refusal.Guard.Stage is not GuardStage.Release || ModeOf(step) is Mode.Off) ? Refused(step) : null;

    private static Move? ItHasToBePlannedFirst(StepAtHand step)
    {
        var (incident, run, world) = (step.Incident, step.Run, step.World);
        if (run.FreshPlan(world.Now) is not null)
        {
            return null;
        }

        if (run.PlanFailures >= MaxPlanFailures)
        {
            return Escalations.GiveUp(incident, step.Playbook, world, $"'{step.Step.Name}' could not be planned {run.PlanFailures} times");
        }

        var retry = run.PhaseSince + world.Settings.Tick;
        return run.PlanFailures > 0 && world.Now < retry
            ? Move.WaitsUntil(retry)
            : Move.WaitsFor(JobOrders.Plan(incident, run, step.Step, world), world.Now + JobOrders.LookAgain(world));
    }

    private static Move? TheModeOnlyObserves(StepAtHand step)
    {
        if (ModeOf(step) is not (Mode.Observe or Mode.Off))
        {
            return null;
        }

        var under = ModeCeiling.Under(step.World, step.Playbook);
        if (step.Run.ChangedAt is not null)
        {
            return Escalations.GiveUp(
                step.Incident,
                step.Playbook,
                step.World,
                $"something was changed, and the mode allows no more meanwhile ({under})",
                $"{step.Run.Plan!.Summary}; what was changed for a while is taken back once the problem is gone");
        }

        return Move.Happens(
            new WouldAct(step.Run.Step, step.Step.Name, step.Step.Use, step.Run.Plan!, under),
            new RunEnded(RunOutcome.Observed, $"the mode allows no more ({under})"));
    }

    private static Move? APersonHasToReleaseIt(StepAtHand step)
    {
        var (run, world) = (step.Run, step.World);
        return step.Refusal is not null || (run.Approved is { } approved && !IsSame(approved, run.Plan!))
            ? Move.Happens(new ApprovalRequested(
                run.Step, step.Step.Name, step.Step.Use, run.Plan!, world.Now + world.Settings.Scaled(step.Step.ApprovalWithin),
                world.Definitions.Policy.PeopleToRelease(world.Labels(run.Playbook)),
                ModeCeiling.LoweredByRecord(world, step.Playbook) ?? ""))
            : null;
    }

    private static Move Begin(StepAtHand step)
    {
        var (run, world, action) = (step.Run, step.World, step.Guarded.Action!);
        var intent = new ActionIntended
        {
            ActionId = run.ActionId ?? $"{run.Id}-{run.Step}",
            Step = run.Step,
            Name = step.Step.Name,
            Use = step.Step.Use,
            Plan = run.Plan!,
            NotAfter = world.Now + RunEngine.Deadline(action.Deadline, world),
            Attempt = run.Attempt + 1,
            Temporary = action.Temporary,
            Permits = [.. Permits.Limits(step.Incident, world).Select(b => b.Budget)],
        };
        return Move.Happens([intent, .. PageHandoff.Begin(step.Guarded, intent)]);
    }

    private static Move? Refused(StepAtHand step, GuardStage stage) => step.Refusal?.Guard.Stage == stage ? Refused(step) : null;

    private static Move Refused(StepAtHand step) => Holding.OrGiveUp(step.Refusal!, step.Incident, step.Playbook, step.World);

    private static Mode ModeOf(StepAtHand step) => ModeCeiling.Effective(
        step.World, step.Playbook, step.Incident, Members.ClassOf(step.World, step.Incident, step.Guarded.Action!));

    /// <summary>
    /// The same object would change in the same way. The summary may also tell how things stand, such as a count of restarts that grows
    /// while a person decides.
    /// </summary>
    private static bool IsSame(ActionPlan a, ActionPlan b) =>
        TargetIdentity.IsSame(a, b) && a.Takes?.Resource == b.Takes?.Resource
        && a.Changes.SequenceEqual(b.Changes) && (a.Changes.Count > 0 || a.Summary == b.Summary);
}
