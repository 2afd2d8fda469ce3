using Remediator.Facts.Objects;

namespace Remediator.Facts.Projection;

/// <summary>The objects of a cluster that have changed since the last view.</summary>
internal sealed record ClusterChanges
{
    public IReadOnlyList<Changed<Node>> Nodes { get; init; } = [];
    public IReadOnlyList<Changed<Namespace>> Namespaces { get; init; } = [];
    public IReadOnlyList<Changed<Pod>> Pods { get; init; } = [];
    public IReadOnlyList<Changed<Workload>> Deployments { get; init; } = [];
    public IReadOnlyList<Changed<Workload>> StatefulSets { get; init; } = [];
    public IReadOnlyList<Changed<Workload>> DaemonSets { get; init; } = [];
    public IReadOnlyList<Changed<Workload>> ReplicaSets { get; init; } = [];
    public IReadOnlyList<Changed<Workload>> Jobs { get; init; } = [];
    public IReadOnlyList<Changed<Workload>> CronJobs { get; init; } = [];
    public IReadOnlyList<Changed<ControllerRevision>> Revisions { get; init; } = [];
    public IReadOnlyList<Changed<PersistentVolumeClaim>> Claims { get; init; } = [];
    public IReadOnlyList<Changed<PersistentVolume>> Volumes { get; init; } = [];
    public IReadOnlyList<Changed<StorageClass>> StorageClasses { get; init; } = [];
    public IReadOnlyList<Changed<DisruptionBudget>> DisruptionBudgets { get; init; } = [];
    /// <summary>There may be some: they may not be read.</summary>
    public bool DisruptionBudgetsAreForbidden { get; init; }
    public IReadOnlyList<Changed<Autoscaler>> Autoscalers { get; init; } = [];
    /// <summary>There may be some: they may not be read.</summary>
    public bool AutoscalersAreForbidden { get; init; }
}
