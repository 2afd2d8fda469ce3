using Remediator.Facts.Objects;

namespace Remediator.Facts.Projection;

/// <summary>All objects of a cluster at one moment.</summary>
internal sealed record ClusterObjects
{
    public IReadOnlyList<Node> Nodes { get; init; } = [];
    public IReadOnlyList<Namespace> Namespaces { get; init; } = [];
    public IReadOnlyList<Pod> Pods { get; init; } = [];
    public IReadOnlyList<Workload> Deployments { get; init; } = [];
    public IReadOnlyList<Workload> StatefulSets { get; init; } = [];
    public IReadOnlyList<Workload> DaemonSets { get; init; } = [];
    public IReadOnlyList<Workload> ReplicaSets { get; init; } = [];
    public IReadOnlyList<Workload> Jobs { get; init; } = [];
    public IReadOnlyList<Workload> CronJobs { get; init; } = [];
    public IReadOnlyList<ControllerRevision> Revisions { get; init; } = [];
    public IReadOnlyList<PersistentVolumeClaim> Claims { get; init; } = [];
    public IReadOnlyList<StorageClass> StorageClasses { get; init; } = [];
    public IReadOnlyList<DisruptionBudget> DisruptionBudgets { get; init; } = [];
    /// <summary>There may be some: they may not be read.</summary>
    public bool DisruptionBudgetsAreForbidden { get; init; }
}
