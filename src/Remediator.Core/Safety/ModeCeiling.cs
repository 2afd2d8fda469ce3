using Remediator.Core.Actions;
using Remediator.Core.Incidents;
using Remediator.Core.Playbooks;
using Remediator.Core.Policies;
using Remediator.Core.Worlds;

namespace Remediator.Core.Safety;

/// <summary>
/// The lowest of the global setting, what the policy allows here, the playbook's ceiling, what its record leaves of that, and what the
/// object's own annotation allows.
/// </summary>
public static class ModeCeiling
{
    public static Guard Guard { get; } = new("mode", GuardStage.Release, Check);

    /// <param name="action">What is to be done; mild where that is not known yet.</param>
    public static Mode Effective(World world, Playbook playbook, ActionClass action = ActionClass.Mild) =>
        Lowest(OfScope(world, playbook), OfFile(world, playbook), OfRecord(world, playbook), OfAnnotation(Annotation(world), action));

    /// <summary>
    /// In a ladder that has changed something already, what its playbook did elsewhere meanwhile does not end it: it is not left half-done,
    /// and a person releases each further step.
    /// </summary>
    public static Mode Effective(World world, Playbook playbook, Incident incident, ActionClass action = ActionClass.Mild) => Lowest(
        OfScope(world, playbook), OfFile(world, playbook), OfAnnotation(Annotation(world), action),
        WasLoweredMeanwhile(world, playbook, incident) ? Mode.Approve : OfRecord(world, playbook));

    /// <summary>
    /// Why people are asked, or nothing is done, although its file and the policy would allow it; null where its record lowers nothing.
    /// </summary>
    public static string? LoweredByRecord(World world, Playbook playbook) =>
        world.Standing(playbook.Name) is { Because: { } incident } standing
        && standing.Ceiling < Lowest(OfScope(world, playbook), OfFile(world, playbook))
            ? $"its record lowered playbook '{playbook.Name}' to {Text(standing.Ceiling)} at {standing.Since:yyyy-MM-dd HH:mm}Z because of "
                + $"incident {incident} ({standing.Reason})"
            : null;

    /// <summary>What setting and policy allow, whatever is to be done.</summary>
    /// <param name="playbook">Null where none is at hand.</param>
    public static Mode OfScope(World world, Playbook? playbook) =>
        Lowest([world.Settings.Mode, .. OfPolicy(world, playbook).Select(m => m.Ceiling)]);

    /// <summary>Everything that the mode depends on, in words.</summary>
    public static string Under(World world, Playbook? playbook) =>
        string.Join(", ", Parts(world, playbook));

    internal static Verdict Check(GuardedStep step) => Effective(step.World, step.Playbook, step.Incident, ClassOf(step)) switch
    {
        Mode.Off => Verdict.Refused($"{step.World.Resource.Display} may not be changed ({Under(step.World, step.Playbook)})"),
        Mode.Approve when !IsReleased(step)
            && (ClassOf(step) >= ActionClass.Strong || WasLoweredMeanwhile(step.World, step.Playbook, step.Incident)) =>
            Verdict.Refused("a person has to approve this step"),
        Mode.Auto when IsOfHelm(step) && !IsReleased(step) =>
            Verdict.Refused("a person has to approve this step: the next upgrade of its Helm release would undo it"),
        Mode.Auto when RolledWith(step) is { Length: > 0 } others && !IsReleased(step) =>
            Verdict.Refused(
                $"a person has to approve this step: {others} of the same release were rolled out with it, and are not taken back"),
        Mode.Observe when step.Step is not null => Verdict.Refused("the mode is observe"),
        _ => Verdict.Allowed,
    };

    /// <summary>By its record, not by people, and below asking them.</summary>
    private static bool WasLoweredMeanwhile(World world, Playbook playbook, Incident incident) =>
        incident.Run?.ChangedAt is not null && world.Standing(playbook.Name) is { Because: not null, Ceiling: < Mode.Approve };

    private static ActionClass ClassOf(GuardedStep step) =>
        step.Action is { } action ? Members.ClassOf(step.World, step.Incident, action) : ActionClass.Mild;

    private static bool IsOfHelm(GuardedStep step) => step is { Step: not null, Action.ChangesManifest: true }
        && step.World.Own?["managed_by"] == "helm";

    private static string RolledWith(GuardedStep step) => step is { Step: not null, Action.Disrupts: Disrupts.FailingRollout }
        && step.World.Scope.Named("workload") is [var workload, ..] ? workload["rolled_with"] : "";

    private static IEnumerable<string> Parts(World world, Playbook? playbook)
    {
        yield return $"setting {Text(world.Settings.Mode)}";
        foreach (var mode in OfPolicy(world, playbook))
        {
            yield return $"policy {Text(mode.Ceiling)} for {mode.Match}";
        }

        if (playbook is not null)
        {
            yield return $"playbook {Text(OfFile(world, playbook))}";
        }

        if (playbook is not null && world.Standing(playbook.Name) is { } standing && standing.Ceiling < playbook.Mode)
        {
            yield return $"its record {Text(standing.Ceiling)} since {standing.Since:yyyy-MM-dd HH:mm}Z";
        }

        if (Annotation(world) is { Length: > 0 } annotation)
        {
            yield return $"remediator.io/mode={annotation}";
        }
    }

    private static IEnumerable<PolicyMode> OfPolicy(World world, Playbook? playbook)
    {
        var labels = world.Labels(playbook?.Name ?? "");
        return world.Definitions.Policy.Modes.Where(m => m.Match.Matches(labels));
    }

    /// <summary>A run keeps the playbook that it began with, and none of what its file no longer allows.</summary>
    private static Mode OfFile(World world, Playbook playbook) =>
        Lowest(playbook.Mode, world.Definitions.Playbooks.GetValueOrDefault(playbook.Name, playbook).Mode);

    /// <summary>By as many people as have to by now.</summary>
    private static bool IsReleased(GuardedStep step) =>
        step.Incident.Run is { } run
            && run.IsApproved(step.World.Now)
            && run.Approvers.Count + 1 >= step.World.Definitions.Policy.PeopleToRelease(step.World.Labels(run.Playbook));

    private static Mode OfRecord(World world, Playbook playbook) => world.Standing(playbook.Name)?.Ceiling ?? Mode.Auto;

    private static string Text(Mode mode) => mode.ToString().ToLowerInvariant();

    private static string Annotation(World world) => world.Scope.Named("workload") is [var workload, ..] ? workload["mode"] : "";

    private static Mode OfAnnotation(string annotation, ActionClass action) => annotation switch
    {
        "" or "full" => Mode.Auto,
        "mild" => action > ActionClass.Mild ? Mode.Observe : Mode.Auto,
        "diagnose" => Mode.Observe,
        _ => Mode.Off,
    };

    private static Mode Lowest(params IEnumerable<Mode> modes) => modes.Min();
}
