using Remediator.Core.Actions;
using Remediator.Core.Events;
using Remediator.Core.Incidents;
using Remediator.Core.Language;
using Remediator.Core.Playbooks;
using Remediator.Core.Safety;
using Remediator.Core.Worlds;

namespace Remediator.Core.Engine;

/// <summary>
/// What comes of a verdict on a repair. Good is not enough while the playbook's problem still shows, or while alerts fire whose end the
/// playbook asks for. What could not be seen at all ends the run without a verdict: it is neither credited nor held against the playbook.
/// </summary>
internal static class RepairVerdict
{
    /// <summary>Beside the guards, what holds an incident: its repair looks good, and something says that it is not.</summary>
    internal const string Name = "verification";

    public static IEnumerable<Event> Report(
        Incident incident, Run run, Playbook playbook, LadderStep step, World world, JobOutcome outcome) =>
        outcome is RepairChecked { Check: var check } ? Report(incident, run, playbook, step, world, check) : [];

    private static IEnumerable<Event> Report(
        Incident incident, Run run, Playbook playbook, LadderStep step, World world, CheckResult check) => check switch
    {
        { Good: true } when Against(incident, playbook, step, world) is { } against =>
            Again(incident, run, step, world, $"{check.Observed}, but {against}"),
        // what was changed for a time only is taken back first, and who was told of it hears its end
        { Good: true } when incident.Temporary is not null || incident.Escalation is not null =>
            [new VerificationPassed(run.Step, check.Observed), new RunEnded(RunOutcome.Verified, check.Observed)],
        { Good: true } =>
        [
            new VerificationPassed(run.Step, check.Observed), new RunEnded(RunOutcome.Verified, check.Observed),
            new IncidentClosed(CloseReason.Verified, check.Observed),
        ],
        { Open: true } => [new RunEnded(RunOutcome.Stopped, check.Observed)],
        _ => [Failed(run, step, world, check.Observed)],
    };

    private static string? Against(Incident incident, Playbook playbook, LadderStep step, World world) =>
        playbook.Looks.Count == 0 && IsSeen(incident, world) && RuleChoices.ProblemHolds(playbook, incident, world)
            ? $"its problem still shows: {playbook.Problem[0].Text}"
        : step.Verify.AlertEnds && incident.IsFiring ? "its alert still fires"
        : null;

    /// <summary>As it is since the repair.</summary>
    private static bool IsSeen(Incident incident, World world) => Needs.OfDecision(world, incident).Select(world.SightOf).All(
        s => s is not null && s.Doubt(world.Now, world.Settings.MaxViewAge) is null && !(s.FreshAt <= incident.Run?.ChangedAt));

    /// <summary>
    /// An alert looks back, and a view follows with a delay: it is looked at anew for as long as it may take to become good.
    /// </summary>
    private static IEnumerable<Event> Again(Incident incident, Run run, LadderStep step, World world, string seen)
    {
        var longest = step.Verify.Within > step.Verify.Stable ? step.Verify.Within : step.Verify.Stable;
        var until = (incident.Hold is { Guard: Name } hold ? hold.Since : world.Now) + world.Settings.Scaled(longest);
        if (incident.Hold?.Guard != Name)
        {
            return [new Held(Name, HeldReason.Of("the repair looks good, and is not verified yet", seen), until)];
        }

        return world.Now < until ? [] : [Failed(run, step, world, seen)];
    }

    private static VerificationFailed Failed(Run run, LadderStep step, World world, string observed) => new(
        run.Step, observed, step.UndoOnFailure && world.Actions.TryGet(step.Use, out var action) && action is IUndoableAction);
}
