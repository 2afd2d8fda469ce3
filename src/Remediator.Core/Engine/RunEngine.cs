using Remediator.Core.Events;
using Remediator.Core.Incidents;
using Remediator.Core.Playbooks;
using Remediator.Core.Safety;
using Remediator.Core.Worlds;

namespace Remediator.Core.Engine;

/// <summary>The way of one run: evidence, then rung by rung choose, guard, plan, guard again, act, verify.</summary>
internal static class RunEngine
{
    private static readonly TimeSpan ShortestDeadline = TimeSpan.FromSeconds(5);

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
                ? StepChoice.Next(state, incident, run, playbook, playbook.Ladder[run.Step], world)
                : Symptoms.Wait(incident, world)
                    ?? Escalations.GiveUp(
                        incident,
                        playbook,
                        world,
                        playbook.Ladder.Count == 0
                            ? "its playbook finds out why, and changes nothing"
                            : "every step of the ladder was tried or skipped"),
            RunPhase.AwaitingApproval => Await(state, incident, run, playbook, playbook.Ladder[run.Step], world),
            RunPhase.Acting => Acting(incident, run, playbook.Ladder[run.Step], world),
            RunPhase.Watching or RunPhase.Cancelling => ActEngine.Next(state, incident, run, playbook, playbook.Ladder[run.Step], world),
            RunPhase.Probing => Move.WaitsFor(JobOrders.Probe(incident, run, playbook.Ladder[run.Step], world), soon),
            RunPhase.Verifying when FreshLook.Doubt(world, incident, playbook) is { } doubt =>
                StepChoice.LookFirst(incident, playbook, world, doubt),
            RunPhase.Verifying => Move.WaitsFor(JobOrders.Verify(incident, run, playbook, playbook.Ladder[run.Step], world), soon),
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
        if (world.Now < takeover)
        {
            // its call is out, and what is seen meanwhile may be as it was before the call
            return Move.WaitsUntil(takeover);
        }

        if (run.InProgress is { NeedsPush: false })
        {
            return Move.WaitsFor(JobOrders.Watch(incident, run, step, world), world.Now + JobOrders.LookAgain(world));
        }

        return Guards.Stop(new(world, state, incident, playbook, step, null)) is { } stop
            ? Holding.By(stop, incident, world)
            : Move.Happens(new UndoIntended(
                run.ActionId!,
                run.Plan?.Summary ?? step.Name,
                world.Now + Deadline(world.Actions.TryGet(step.Use, out var action) ? action.Descriptor.Deadline : TimeSpan.Zero, world)));
    }

    private static Move Await(ResourceState state, Incident incident, Run run, Playbook playbook, LadderStep step, World world)
    {
        if (world.Now >= run.ApprovalUntil && incident.Escalation is null)
        {
            if (Symptoms.Wait(incident, world) is not null)
            {
                return Move.Happens(
                    new RunEnded(RunOutcome.Stopped, $"nobody approved '{step.Name}' in time, and now a larger problem holds it"));
            }

            return Escalations.StillReleasable(
                incident,
                playbook,
                world,
                $"nobody approved '{step.Name}' in time: {run.Plan?.Summary}",
                $"{run.Plan?.Summary}; {WaitingSteps.Command(incident)} releases it, for as long as the problem is there");
        }

        if (NoLongerNeeded.SinceItIsGone(incident, run, playbook, world) is { } gone)
        {
            return gone;
        }

        var guarded = new GuardedStep(world, state, incident, playbook, step, null);
        return Stale.Check(guarded).IsAllowed && NoLongerNeeded.AsTheFactsAre(incident, run, playbook, world) is { Events.Count: > 0 } over
            ? over
            : Move.WaitsUntil(
                incident.Escalation is null && run.ApprovalUntil!.Value < world.Now + world.Settings.Tick
                    ? run.ApprovalUntil.Value
                    : world.Now + world.Settings.Tick);
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

    internal static TimeSpan Deadline(TimeSpan deadline, World world)
    {
        var scaled = world.Settings.Scaled(deadline);
        return scaled < ShortestDeadline ? ShortestDeadline : scaled;
    }
}
