using Remediator.Core.Facts;
using Remediator.Core.Worlds;

namespace Remediator.Core.Safety;

/// <summary>
/// What somebody else would put back is not changed here but where it is owned. To evict or to restart changes nothing that they own.
/// </summary>
internal static class GitOwnership
{
    public static Guard Guard { get; } = new("ownership", GuardStage.Owner, Check);

    public static Verdict Check(GuardedStep step)
    {
        if (step is not { Step: not null, Action.ChangesManifest: true } || step.World.Own is not { } changed)
        {
            return Verdict.Allowed;
        }

        return WorkloadOwners.Of(changed) is not var (owner, where)
            ? Verdict.Allowed
            : Verdict.NeedsPerson(
                $"{step.World.Resource.Display} is managed by {owner}, which would revert what {step.Action.Name} changes: {where}");
    }
}
