using Remediator.Core.Actions;
using Remediator.Core.Playbooks;

namespace Remediator.Core.Safety;

/// <summary>The lowest of the global setting, the playbook's ceiling and what the object's own annotation allows.</summary>
public static class ModeCeiling
{
    public static Mode Effective(GuardedStep step) =>
        Lowest(step.World.Settings.Mode, step.Playbook.Mode, OfAnnotation(Annotation(step), step.Action?.Class ?? ActionClass.Mild));

    internal static Verdict Check(GuardedStep step) => Effective(step) switch
    {
        Mode.Off => Verdict.Refused($"{step.World.Resource.Display} has the annotation remediator.io/mode={Annotation(step)}"),
        Mode.Approve when step.Action is { Class: >= ActionClass.Strong } && step.Incident.Run?.Approved is null =>
            Verdict.Refused("a person has to release this step"),
        Mode.Observe when step.Step is not null => Verdict.Refused("the mode is observe"),
        _ => Verdict.Allowed,
    };

    private static string Annotation(GuardedStep step) =>
        step.World.Scope.Named("workload") is [var workload, ..] ? workload["mode"] : "";

    private static Mode OfAnnotation(string annotation, ActionClass action) => annotation switch
    {
        "" or "full" => Mode.Auto,
        "mild" => action > ActionClass.Mild ? Mode.Observe : Mode.Auto,
        "diagnose" => Mode.Observe,
        _ => Mode.Off,
    };

    private static Mode Lowest(params IEnumerable<Mode> modes) => modes.Min();
}
