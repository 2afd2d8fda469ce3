using Remediator.Core.Events;
using Remediator.Core.Incidents;
using Remediator.Core.Playbooks;
using Remediator.Core.Resources;
using Remediator.Core.Rules;
using Remediator.Core.Safety;
using Remediator.Core.Worlds;

namespace Remediator.Core.Engine;

/// <summary>What makes a run pointless, seen on fresh facts.</summary>
internal static class NoLongerNeeded
{
    /// <summary>All views that would show the resource are fresh, and none does.</summary>
    public static Move? SinceItIsGone(Incident incident, Run run, Playbook playbook, World world) =>
        IsGone(incident, run, playbook, world)
            ? Escalations.Stop(
                incident,
                playbook,
                world,
                $"{world.Resource.Display} is no longer {(ResourceKinds.Of(world.Resource).MayBeOutside ? "known" : "in the cluster")}")
            : null;

    /// <summary>Other rules, or a problem that is gone.</summary>
    public static Move? AsTheFactsAre(Incident incident, Run run, Playbook playbook, World world)
    {
        var decision = RuleChoices.Decide(incident, world);
        if (decision.Kind is DecisionKind.None && run.ChangedAt is null && WhatIsGone(incident, playbook, world) is { } healed)
        {
            return Move.Happens(new Decided(decision), Healed(healed));
        }

        if (decision.Kind is not DecisionKind.Run || decision.Playbook != run.Playbook)
        {
            var now = decision.Kind is DecisionKind.Run ? $"run {decision.Playbook}" : decision.Kind.ToString().ToLowerInvariant();
            return Move.Happens([
                new Decided(decision),
                .. Escalations.Stop(incident, playbook, world, $"the rules say {now} now ({decision.Rule ?? "no rule matches"})").Events]);
        }

        if (WhatIsGone(incident, playbook, world) is not { } gone)
        {
            return null;
        }

        if (run.ChangedAt is null)
        {
            return Move.Happens(Healed(gone));
        }

        var patience = run.PhaseSince + world.Settings.Scaled(playbook.Ladder[Math.Max(run.Step - 1, 0)].Verify.Within);
        return world.Now < patience
            ? Holding.By(
                Stale.Guard, $"the last step could not be verified, but the problem does not show: {gone}", patience, incident, world)
            : Escalations.GiveUp(
                incident,
                playbook,
                world,
                "the last step could not be verified, but the problem does not show as its playbook describes it");
    }

    private static RunEnded Healed(string gone) => new(RunOutcome.Healed, $"nothing was changed; the problem is gone: {gone}");

    /// <summary>What of the problem no longer holds; null where it does, or where that cannot be seen.</summary>
    private static string? WhatIsGone(Incident incident, Playbook playbook, World world) =>
        FreshLook.Doubt(world, incident, playbook) is null
            ? RuleChoices.FirstMissing(playbook.Problem, LiquidValues.Facts(incident, world))
            : null;

    private static bool IsGone(Incident incident, Run run, Playbook playbook, World world) => !world.IsShown(playbook)
        && Needs.OfDecision(world, incident).Select(world.SightOf).ToList() is { Count: > 0 } sights
        && sights.TrueForAll(s => s is not null && s.Doubt(world.Now, world.Settings.MaxViewAge) is null && !(s.FreshAt <= run.ChangedAt));
}
