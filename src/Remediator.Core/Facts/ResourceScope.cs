using Remediator.Core.Resources;

namespace Remediator.Core.Facts;

/// <summary>The labels by which facts belong to a resource.</summary>
internal sealed record ResourceScope(string[] Labels, string[] Values)
{
    private static readonly string[] Workload = ["namespace", "workload", "workload_kind"];
    private static readonly string[] Claim = ["namespace", "persistentvolumeclaim"];

    public string IndexKey { get; } = string.Join(',', Labels);

    /// <returns>Null for resources that nothing is known of.</returns>
    public static ResourceScope? Of(ResourceKey resource) => resource.Kind switch
    {
        "deployment" or "statefulset" or "daemonset" or "replicaset" or "job" or "cronjob" or "pod" =>
            new(Workload, [resource.Namespace, resource.Name, resource.Kind]),
        "node" => new(["node"], [resource.Name]),
        "pvc" => new(Claim, [resource.Namespace, resource.Name]),
        "namespace" => new(["namespace"], [resource.Name]),
        _ => null,
    };
}
