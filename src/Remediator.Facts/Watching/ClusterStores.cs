using Remediator.Facts.Objects;
using Remediator.Facts.Projection;

namespace Remediator.Facts.Watching;

/// <summary>The stores of all kinds, and what is known of their watches.</summary>
internal sealed class ClusterStores(TimeProvider time)
{
    private readonly ObjectStore<Node> _nodes = new();
    private readonly ObjectStore<Namespace> _namespaces = new();
    private readonly ObjectStore<Pod> _pods = new();
    private readonly ObjectStore<Workload> _deployments = new();
    private readonly ObjectStore<Workload> _statefulSets = new();
    private readonly ObjectStore<Workload> _daemonSets = new();
    private readonly ObjectStore<Workload> _replicaSets = new();
    private readonly ObjectStore<Workload> _jobs = new();
    private readonly ObjectStore<Workload> _cronJobs = new();
    private readonly ObjectStore<ControllerRevision> _revisions = new();
    private readonly ObjectStore<PersistentVolumeClaim> _claims = new();
    private readonly ObjectStore<PersistentVolume> _volumes = new();
    private readonly ObjectStore<StorageClass> _storageClasses = new();
    private readonly ObjectStore<DisruptionBudget> _budgets = new();
    private readonly ObjectStore<Autoscaler> _autoscalers = new();
    private readonly Dictionary<WatchedKind, WatchHealth> _health = WatchedKind.All.ToDictionary(k => k, k => new WatchHealth(k, time));

    public IReadOnlyList<WatchStatus> Watches => [.. _health.Values.Select(h => h.Status)];

    public IReadOnlyList<IListWatch> ListWatches(WatchContext context)
    {
        IListWatch Of<T>(WatchedKind kind, ObjectStore<T> store)
            where T : class, IKubeObject => new ListWatch<T>(kind, store, _health[kind], context);

        return
        [
            Of(WatchedKind.Nodes, _nodes), Of(WatchedKind.Namespaces, _namespaces), Of(WatchedKind.Pods, _pods),
            Of(WatchedKind.Deployments, _deployments), Of(WatchedKind.StatefulSets, _statefulSets), Of(WatchedKind.DaemonSets, _daemonSets),
            Of(WatchedKind.ReplicaSets, _replicaSets), Of(WatchedKind.Jobs, _jobs), Of(WatchedKind.CronJobs, _cronJobs),
            Of(WatchedKind.ControllerRevisions, _revisions), Of(WatchedKind.Claims, _claims),
            Of(WatchedKind.Volumes, _volumes), Of(WatchedKind.StorageClasses, _storageClasses),
            Of(WatchedKind.DisruptionBudgets, _budgets),
            Of(WatchedKind.Autoscalers, _autoscalers),
        ];
    }

    /// <summary>What has changed since this was last asked.</summary>
    public ClusterChanges TakeChanges() => new()
    {
        Nodes = _nodes.TakeChanges(),
        Namespaces = _namespaces.TakeChanges(),
        Deployments = _deployments.TakeChanges(),
        StatefulSets = _statefulSets.TakeChanges(),
        DaemonSets = _daemonSets.TakeChanges(),
        ReplicaSets = _replicaSets.TakeChanges(),
        Jobs = _jobs.TakeChanges(),
        CronJobs = _cronJobs.TakeChanges(),
        Revisions = _revisions.TakeChanges(),
        Claims = _claims.TakeChanges(),
        Volumes = _volumes.TakeChanges(),
        StorageClasses = _storageClasses.TakeChanges(),
        DisruptionBudgets = _budgets.TakeChanges(),
        DisruptionBudgetsAreForbidden = _budgets.IsForbidden,
        Autoscalers = _autoscalers.TakeChanges(),
        AutoscalersAreForbidden = _autoscalers.IsForbidden,
        Pods = _pods.TakeChanges(),
    };

    /// <summary>Lets everything count as changed, for who begins anew.</summary>
    public void ForgetTaken()
    {
        _nodes.ForgetTaken();
        _namespaces.ForgetTaken();
        _pods.ForgetTaken();
        _deployments.ForgetTaken();
        _statefulSets.ForgetTaken();
        _daemonSets.ForgetTaken();
        _replicaSets.ForgetTaken();
        _jobs.ForgetTaken();
        _cronJobs.ForgetTaken();
        _revisions.ForgetTaken();
        _claims.ForgetTaken();
        _volumes.ForgetTaken();
        _storageClasses.ForgetTaken();
        _budgets.ForgetTaken();
        _autoscalers.ForgetTaken();
    }
}
