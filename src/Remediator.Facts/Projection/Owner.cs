using Remediator.Core.Resources;

namespace Remediator.Facts.Projection;

/// <summary>The workload that a pod belongs to: whose problem the pod's problem is.</summary>
/// <param name="Kind">deployment, statefulset, daemonset, job, cronjob, replicaset, pod, or a custom kind in lower case.</param>
internal readonly record struct Owner(string Kind, string Namespace, string Name)
{
    public ResourceKey Key(string cluster) => new(cluster, Kind, Namespace, Name);
}
