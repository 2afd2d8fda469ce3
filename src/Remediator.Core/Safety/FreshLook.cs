using Remediator.Core.Facts;
using Remediator.Core.Incidents;
using Remediator.Core.Language;
using Remediator.Core.Playbooks;
using Remediator.Core.Worlds;

namespace Remediator.Core.Safety;

/// <summary>
/// Where a playbook looks for itself, no act on what was seen before this step, before the last change, or too long ago. The last guard:
/// nobody looks while another one refuses.
/// </summary>
internal static class FreshLook
{
    public static Guard Guard { get; } = new("looked", GuardStage.Look, Check);

    public static Verdict Check(GuardedStep step) =>
        Doubt(step.World, step.Incident, step.Playbook) is { } doubt ? Verdict.Refused(doubt) : Verdict.Allowed;

    /// <returns>Why it is not known how things are; null where it is, or where the playbook does not look.</returns>
    public static string? Doubt(World world, Incident incident, Playbook playbook) =>
        playbook.Looks.Count == 0 ? null : incident.Looked switch
    {
        null => "it has not been looked at yet",
        var looked when looked.Playbook != playbook.Name => "it has not been looked at yet",
        { Failure: { } failure } => HeldReason.Of("how things are cannot be known", failure),
        var looked when looked.At <= Since(incident) => "it has not been looked at since this step began",
        var looked when incident.Run?.Phase is not RunPhase.Verifying && (world.Now - looked.At).Duration() > world.Settings.MaxViewAge =>
            $"it was looked at {(world.Now - looked.At).TotalSeconds:0} s ago",
        { Facts.IsEmpty: true } when !world.Scope.All.Any(f => FactSchema.IsKind(f.Name)) =>
            $"nothing shows that there is a {world.Resource.Display}",
        _ => null,
    };

    /// <summary>What was seen before it is not good for the step at hand.</summary>
    public static DateTimeOffset? Since(Incident incident) =>
        incident.Run is { } run ? run.PhaseSince > run.ChangedAt || run.ChangedAt is null ? run.PhaseSince : run.ChangedAt : null;
}
