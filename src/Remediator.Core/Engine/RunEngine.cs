using Remediator.Core.Events;
using Remediator.Core.Incidents;
using Remediator.Core.Playbooks;
using Remediator.Core.Resources;
using Remediator.Core.Rules;
using Remediator.Core.Safety;
using Remediator.Core.Worlds;

namespace Remediator.Core.Engine;

/// <summary>The way of one run: evidence, then rung by rung choose, guard, plan, guard again, act, verify.</summary>
internal static class RunEngine
{
    private const int MaxPlanFailures = 5;

    /// <summary>A plan says what was true when it was made; an older one is made again.</summary>
    private static readonly TimeSpan PlanIsGoodFor = TimeSpan.FromSeconds(10);

    /// <summary>A run that is refused for so long is handed to people, with the guard's words.</summary>
    private static readonly TimeSpan PatienceInARun = TimeSpan.FromMinutes(30);

    public static Move Next(ResourceState state, Incident incident, World world)
    {
        Playbook playbook;
        try
        {
            playbook = world.Parse(incident.Run!.Source);
        }
        catch (FormatException e)
        {
            return Escalations.GiveUpWithoutPlaybook(
                incident, world, $"this version cannot read the playbook that the run began with: {e.Message}");
        }

        try
        {
            return Next(state, incident, incident.Run, playbook, world);
        }
        catch (FormatException e)
        {
            return Escalations.GiveUp(incident, playbook, world, $"a value does not fit: {e.Message}");
        }
    }

    private static Move Next(ResourceState state, Incident incident, Run run, Playbook playbook, World world)
    {
        var soon = world.Now + JobOrders.LookAgain(world);
        return run.Phase switch
        {
            RunPhase.Evidence when playbook.Evidence.Count == 0 => Move.Happens(new EvidenceCollected([])),
            RunPhase.Evidence => Move.WaitsFor(JobOrders.Evidence(incident, playbook, world), soon),
            RunPhase.Choosing => run.Step < playbook.Ladder.Count
                ? Choose(state, incident, run, playbook, playbook.Ladder[run.Step], world)
                : Symptoms.Wait(incident, world)
                    ?? Escalations.GiveUp(incident, playbook, world, "every step of the ladder was tried or skipped"),
            RunPhase.AwaitingApproval => Await(state, incident, run, playbook, playbook.Ladder[run.Step], world),
            RunPhase.Acting => Acting(incident, run, playbook.Ladder[run.Step], world),
            RunPhase.Watching or RunPhase.Cancelling => ActEngine.Next(state, incident, run, playbook, playbook.Ladder[run.Step], world),
            RunPhase.Probing => Move.WaitsFor(JobOrders.Probe(incident, run, playbook.Ladder[run.Step], world), soon),
            RunPhase.Verifying when FreshLook.Doubt(world, incident, playbook) is { } doubt => LookFirst(incident, playbook, world, doubt),
            RunPhase.Verifying => Move.WaitsFor(JobOrders.Verify(incident, run, playbook.Ladder[run.Step], world), soon),
            _ => TakeBack(state, incident, run, playbook, playbook.Ladder[run.Step], world),
        };
    }

    /// <summary>
    /// Needs no permit, since it gives back, but an intent in the journal like any other act. Whether one that was lost has happened the
    /// action sees for itself, so it is intended again.
    /// </summary>
    internal static Move TakeBack(ResourceState state, Incident incident, Run run, Playbook playbook, LadderStep step, World world)
    {
        var takeover = run.NotAfter + world.Settings.TakeoverMargin;
        if (run.InProgress is { NeedsPush: false })
        {
            return Move.WaitsFor(JobOrders.Watch(incident, run, step, world), world.Now + JobOrders.LookAgain(world));
        }

        if (run.InProgress is null && world.Now < takeover)
        {
            return Move.WaitsUntil(takeover);
        }

        return Guards.Stop(new(world, state, incident, playbook, step, null)) is { } stop
            ? IdleIncident.Hold(incident, stop, world)
            : Move.Happens(new UndoIntended(
                run.ActionId!,
                run.Plan?.Summary ?? step.Name,
                world.Now + Deadline(world.Actions.TryGet(step.Use, out var action) ? action.Descriptor.Deadline : TimeSpan.Zero, world)));
    }

    private static Move Choose(ResourceState state, Incident incident, Run run, Playbook playbook, LadderStep step, World world)
    {
        var guarded = new GuardedStep(
            world, state, incident, playbook, step, world.Actions.TryGet(step.Use, out var action) ? action.Descriptor : null);
        if (guarded.Action is null)
        {
            return Escalations.GiveUp(incident, playbook, world, $"this version has no action '{step.Use}'");
        }

        var refusal = Guards.FirstRefusal(guarded);
        if (IsGone(incident, run, playbook, world))
        {
            return Gone(world);
        }

        if (refusal is { Guard.Name: "paused" or "protected" or "stale" } blind)
        {
            return Refuse(incident, playbook, world, blind);
        }

        if (NoLongerNeeded(incident, run, playbook, world) is { } over)
        {
            return over;
        }

        // a step that is begun is brought to its end, and no other follows it once people have the resource, but for one that a person
        // released
        if (!run.IsApproved(world.Now) && state.Incidents.Find(i => i.Id != incident.Id && i.Escalation is not null) is { } people)
        {
            return Move.Happens(
                new RunEnded(RunOutcome.Stopped, $"incident {people.Id} ({people.Problem}) is with people on this resource"));
        }

        if (refusal is { } bigger && (bigger.Guard.Name == "held" || Symptoms.Is(bigger.Guard)))
        {
            return Refuse(incident, playbook, world, bigger);
        }

        // nobody looks while anything else is in the way
        if (FreshLook.Doubt(world, incident, playbook) is { } doubt)
        {
            return refusal is null or { Guard.Name: "mode" or FreshLook.Name }
                ? LookFirst(incident, playbook, world, doubt)
                : Refuse(incident, playbook, world, refusal.Value);
        }

        if (RuleChoices.FirstMissing(step.When, LiquidValues.Facts(incident, world)) is { } missing)
        {
            return Move.Happens(new StepPassedOver(run.Step, step.Name, missing));
        }

        if (incident.Done.Exists(d => d.Use == step.Use && d.Run != run.Id))
        {
            return Move.Happens(new StepPassedOver(run.Step, step.Name, $"an earlier run of this incident has done {step.Use} already"));
        }

        // before a person is asked to release what would be refused then; a later rung may do without
        if (refusal is null or { Guard.Name: "mode" or "ownership" } && GitOwnership.Check(guarded) is { IsAllowed: false } owned)
        {
            return Move.Happens(
                new Held("ownership", owned.Refusal!, world.Now), new StepRefused(run.Step, step.Name, step.Use, owned.Refusal!));
        }

        var mode = ModeCeiling.Effective(world, playbook, guarded.Action.Class);
        if (refusal is { } no && (no.Guard.Name != "mode" || mode is Mode.Off))
        {
            return Refuse(incident, playbook, world, no);
        }

        if (run.Plan is null || (world.Now - run.PlannedAt).Duration() > PlanIsGoodFor)
        {
            return Plan(incident, run, playbook, step, world);
        }

        if (mode is Mode.Observe or Mode.Off)
        {
            var under = ModeCeiling.Under(world, playbook);
            return Move.Happens(
                new WouldAct(run.Step, step.Name, step.Use, run.Plan, under),
                new RunEnded(RunOutcome.Observed, $"the mode allows no more ({under})"));
        }

        if (refusal is not null || (run.Approved is { } approved && !SamePlan(approved, run.Plan)))
        {
            return Move.Happens(new ApprovalRequested(
                run.Step, step.Name, step.Use, run.Plan, world.Now + world.Settings.Scaled(step.ApprovalWithin),
                world.Definitions.Policy.PeopleToRelease(world.Labels(run.Playbook))));
        }

        var intent = Intent(run, step, guarded, world);
        return Move.Happens([intent, .. PageHandoff.Begin(guarded, intent)]);
    }

    /// <summary>What makes the run pointless, seen on fresh facts: other rules, or a problem that is gone.</summary>
    private static Move? NoLongerNeeded(Incident incident, Run run, Playbook playbook, World world)
    {
        var decision = RuleChoices.Decide(incident, world);
        if (decision.Kind is DecisionKind.None && run.ChangedAt is null && Gone(incident, playbook, world) is { } healed)
        {
            return Move.Happens(new Decided(decision), new RunEnded(RunOutcome.Healed, $"nothing was changed; the problem is gone: {healed}"));
        }

        if (decision.Kind is not DecisionKind.Run || decision.Playbook != run.Playbook)
        {
            var now = decision.Kind is DecisionKind.Run ? $"run {decision.Playbook}" : decision.Kind.ToString().ToLowerInvariant();
            return Move.Happens(
                new Decided(decision), new RunEnded(RunOutcome.Stopped, $"the rules say {now} now ({decision.Rule ?? "no rule matches"})"));
        }

        if (Gone(incident, playbook, world) is not { } gone)
        {
            return null;
        }

        if (run.ChangedAt is null)
        {
            return Move.Happens(new RunEnded(RunOutcome.Healed, $"nothing was changed; the problem is gone: {gone}"));
        }

        var patience = run.PhaseSince + world.Settings.Scaled(playbook.Ladder[Math.Max(run.Step - 1, 0)].Verify.Within);
        return world.Now < patience
            ? IdleIncident.Hold(
                incident, "stale", $"the last step could not be verified, but the problem does not show: {gone}", patience, world)
            : Escalations.GiveUp(
                incident,
                playbook,
                world,
                "the last step could not be verified, but the problem does not show as its playbook describes it");
    }

    /// <summary>What of the problem no longer holds; null where it does, or where that cannot be seen.</summary>
    private static string? Gone(Incident incident, Playbook playbook, World world) => FreshLook.Doubt(world, incident, playbook) is null
        ? RuleChoices.FirstMissing(playbook.Problem, LiquidValues.Facts(incident, world))
        : null;

    private static Move Plan(Incident incident, Run run, Playbook playbook, LadderStep step, World world)
    {
        if (run.PlanFailures >= MaxPlanFailures)
        {
            return Escalations.GiveUp(incident, playbook, world, $"'{step.Name}' could not be planned {run.PlanFailures} times", step.Name);
        }

        var retry = run.PhaseSince + world.Settings.Tick;
        return run.PlanFailures > 0 && world.Now < retry
            ? Move.WaitsUntil(retry)
            : Move.WaitsFor(JobOrders.Plan(incident, run, step, world), world.Now + JobOrders.LookAgain(world));
    }

    private static Move LookFirst(Incident incident, Playbook playbook, World world, string doubt) =>
        Looking.Next(incident, playbook, world) ?? Refuse(incident, playbook, world, (FreshLook.Guard, Verdict.Refused(doubt)));

    private static bool IsGone(Incident incident, Run run, Playbook playbook, World world) => !world.IsShown(playbook)
        && Needs.OfDecision(world, incident).Select(world.SightOf).ToList() is { Count: > 0 } sights
        && sights.TrueForAll(s => s is not null && s.Doubt(world.Now, world.Settings.MaxViewAge) is null && !(s.FreshAt <= run.ChangedAt));

    private static Move Gone(World world) =>
        Move.Happens(new RunEnded(
            RunOutcome.Stopped,
            $"{world.Resource.Display} is no longer {(ResourceKinds.Of(world.Resource).MayBeOutside ? "known" : "in the cluster")}"));

    private static Move Refuse(Incident incident, Playbook playbook, World world, (Guard Guard, Verdict Verdict) refusal) =>
        refusal.Verdict.Final || IsTooLong(incident, world, refusal.Guard)
            ? Escalations.GiveUp(incident, playbook, world, $"{refusal.Guard.Name}: {refusal.Verdict.Refusal}")
            : IdleIncident.Hold(incident, refusal, world);

    private static bool IsTooLong(Incident incident, World world, Guard guard) =>
        guard.Name is not ("paused" or "held")
            && !Symptoms.Is(guard)
            && incident.Hold is { } hold
            && hold.Guard == guard.Name
            && world.Now - hold.Since > world.Settings.Scaled(PatienceInARun);

    private static Move Await(ResourceState state, Incident incident, Run run, Playbook playbook, LadderStep step, World world)
    {
        if (world.Now >= run.ApprovalUntil)
        {
            if (Symptoms.Wait(incident, world) is not null)
            {
                return Move.Happens(
                    new RunEnded(RunOutcome.Stopped, $"nobody approved '{step.Name}' in time, and now a larger problem holds it"));
            }

            return Escalations.GiveUp(
                incident, playbook, world, $"nobody approved '{step.Name}' in time: {run.Plan?.Summary}", run.Plan?.Summary);
        }

        if (IsGone(incident, run, playbook, world))
        {
            return Gone(world);
        }

        var guarded = new GuardedStep(world, state, incident, playbook, step, null);
        return Stale.Check(guarded).IsAllowed && NoLongerNeeded(incident, run, playbook, world) is { Events.Count: > 0 } over
            ? over
            : Move.WaitsUntil(
                run.ApprovalUntil!.Value < world.Now + world.Settings.Tick ? run.ApprovalUntil.Value : world.Now + world.Settings.Tick);
    }

    /// <summary>
    /// The act goes on elsewhere. If its outcome never comes, the target is asked, once its deadline and the margin are over.
    /// </summary>
    private static Move Acting(Incident incident, Run run, LadderStep step, World world)
    {
        var takeover = run.NotAfter + world.Settings.TakeoverMargin;
        return world.Now < takeover
            ? Move.WaitsUntil(takeover)
            : Move.WaitsFor(
                run.InProgress is null ? JobOrders.Probe(incident, run, step, world) : JobOrders.Watch(incident, run, step, world),
                world.Now + JobOrders.LookAgain(world));
    }

    private static ActionIntended Intent(Run run, LadderStep step, GuardedStep guarded, World world) => new()
    {
        ActionId = run.ActionId ?? $"{run.Id}-{run.Step}",
        Step = run.Step,
        Name = step.Name,
        Use = step.Use,
        Plan = run.Plan!,
        NotAfter = world.Now + Deadline(guarded.Action!.Deadline, world),
        Attempt = run.Attempt + 1,
        Temporary = guarded.Action!.Temporary,
        Permits = [.. Budget.Limits(world, run.Playbook, run.Plan).Select(b => b.Budget)],
    };

    internal static TimeSpan Deadline(TimeSpan deadline, World world)
    {
        var scaled = world.Settings.Scaled(deadline);
        return scaled < ShortestDeadline ? ShortestDeadline : scaled;
    }

    private static readonly TimeSpan ShortestDeadline = TimeSpan.FromSeconds(5);

    /// <summary>
    /// The same object would change in the same way. The summary may also tell how things stand, such as a count of restarts that grows
    /// while a person decides.
    /// </summary>
    private static bool SamePlan(Actions.ActionPlan a, Actions.ActionPlan b) =>
        a.Preconditions.GetValueOrDefault("uid") == b.Preconditions.GetValueOrDefault("uid") && a.Takes?.Resource == b.Takes?.Resource
        && a.Changes.SequenceEqual(b.Changes) && (a.Changes.Count > 0 || a.Summary == b.Summary);
}
