using Remediator.Core.Worlds;

namespace Remediator.Core.Safety;

/// <summary>
/// What Argo CD or Flux would put back is not changed here but in git. To evict or to restart changes nothing that they own.
/// </summary>
internal static class GitOwnership
{
    public static Guard Guard { get; } = new("ownership", GuardStage.Owner, Check);

    public static Verdict Check(GuardedStep step)
    {
        if (step is not { Step: not null, Action.ChangesManifest: true } || step.World.Scope.Named("workload") is not [var workload, ..])
        {
            return Verdict.Allowed;
        }

        var name = workload["managed_by_name"] is { Length: > 0 } known ? $" '{known}'" : "";
        var owner = workload["managed_by"] switch
        {
            "argocd" => $"Argo CD (application{name})",
            "flux" => $"Flux (kustomization or release{name})",
            _ => null,
        };
        return owner is null
            ? Verdict.Allowed
            : Verdict.NeedsPerson(
                $"{step.World.Resource.Display} is managed by {owner}, which would revert what {step.Action.Name} changes: "
                    + $"make the change in its git repository");
    }
}
