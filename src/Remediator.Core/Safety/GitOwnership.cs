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
        if (step is not { Step: not null, Action.ChangesManifest: true } || step.World.Scope.Named("workload") is not [var workload, ..])
        {
            return Verdict.Allowed;
        }

        var name = workload["managed_by_name"];
        var quoted = name.Length > 0 ? $" '{name}'" : "";
        (string Owner, string Where)? owned = workload["managed_by"] switch
        {
            "argocd" => ($"Argo CD (application{quoted})", "make the change in its git repository"),
            "flux" => ($"Flux (kustomization or release{quoted})", "make the change in its git repository"),
            "fleet" => ("Fleet", "make the change in its git repository"),
            "operator" => (name, $"make the change in {name}"),
            "flagger" => ("Flagger", "make the change in its canary"),
            "argo-rollouts" => ("Argo Rollouts", "make the change in its Rollout"),
            "config-sync" => ("Config Sync", "make the change in its git repository"),
            "kapp-controller" => ("kapp-controller", "make the change in its App"),
            _ => null,
        };
        return owned is not var (owner, where)
            ? Verdict.Allowed
            : Verdict.NeedsPerson(
                $"{step.World.Resource.Display} is managed by {owner}, which would revert what {step.Action.Name} changes: {where}");
    }
}
