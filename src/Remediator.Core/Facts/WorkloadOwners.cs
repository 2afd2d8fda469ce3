namespace Remediator.Core.Facts;

/// <summary>Who puts an object back as it was when somebody else changes it.</summary>
public static class WorkloadOwners
{
    /// <param name="workload">The fact of a workload or a claim.</param>
    /// <returns>Its owner, and where to make a change, in words; null where a change in the cluster stays.</returns>
    public static (string Owner, string Where)? Of(Fact workload)
    {
        var name = workload["managed_by_name"];
        var quoted = name.Length > 0 ? $" '{name}'" : "";
        return workload["managed_by"] switch
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
    }
}
