using Remediator.Core.Facts;
using Remediator.Core.Resources;
using Remediator.Facts.Objects;

namespace Remediator.Facts.Projection;

/// <summary>Turns changes of the cluster's objects into changes of facts. One view after another, from one thread.</summary>
internal sealed class Projector
{
    private readonly ClusterTopology _topology;
    private readonly Ownership _ownership = new();
    private readonly NodeTable _nodes;
    private readonly VolumeTable _volumes;
    private readonly WorkloadTable _workloads;
    private readonly PodTable _pods;

    public Projector(RevisionRecords revisions, ClusterTopology topology)
    {
        _topology = topology;
        _nodes = new(topology);
        _volumes = new(topology);
        _workloads = new(topology, revisions);
        _pods = new(_ownership, _nodes, _workloads, topology, revisions.CrashWindow);
    }

    /// <summary>What is journalled of revisions has changed.</summary>
    public void RevisionsChanged() => _workloads.JudgeAll();

    /// <returns>Each fact is in at most one of them.</returns>
    public IReadOnlyList<FactChange> Project(ClusterChanges changes, DateTimeOffset now)
    {
        var diff = new FactDiff();
        var moved = _nodes.Apply(changes, diff, now);
        _volumes.Apply(changes, diff, now);
        foreach (var change in changes.Namespaces)
            _workloads.Set(change);
        var disowned = Controllers(changes);
        foreach (var change in changes.Revisions)
            _workloads.Set(change);
        _pods.Apply(changes.Pods, moved, disowned, diff, now);
        // after the pods: by theirs a budget finds the workloads that it protects
        foreach (var change in changes.DisruptionBudgets)
            _workloads.Set(change);
        _workloads.SetForbiddenBudgets(changes.DisruptionBudgetsAreForbidden);
        foreach (var change in changes.Autoscalers)
            _workloads.Set(change);
        _workloads.SetForbiddenAutoscalers(changes.AutoscalersAreForbidden);
        _workloads.Judge(diff, now);
        return diff.Changes;
    }

    /// <returns>Pods whose owner may have changed with their controller.</returns>
    private HashSet<PodState> Controllers(ClusterChanges changes)
    {
        var disowned = new HashSet<PodState>(ReferenceEqualityComparer.Instance);
        foreach (var change in changes.Deployments)
        {
            _ownership.SetDeployment(change);
            _workloads.Set(ResourceKinds.Deployment, change);
        }

        foreach (var change in changes.StatefulSets)
            _workloads.Set(ResourceKinds.StatefulSet, change);
        foreach (var change in changes.DaemonSets)
            _workloads.Set(ResourceKinds.DaemonSet, change);
        foreach (var change in changes.CronJobs)
            _workloads.Set(ResourceKinds.CronJob, change);
        foreach (var change in changes.Jobs)
        {
            var before = _ownership.SetJob(change);
            _workloads.SetJob(change.Key, before, change.Now);
            Disown(change, before, ResourceKinds.Job, Ownership.OfJob, disowned);
        }

        foreach (var change in changes.ReplicaSets)
        {
            var before = _ownership.SetReplicaSet(change);
            _workloads.SetReplicaSet(change.Key, before, change.Now);
            Disown(change, before, ResourceKinds.ReplicaSet, Ownership.OfReplicaSet, disowned);
        }

        return disowned;
    }

    /// <summary>
    /// A ReplicaSet or Job without a controller is a workload itself; one that has another owner than before takes its pods along.
    /// </summary>
    private void Disown(Changed<Workload> change, Workload? before, string kind, Func<Workload, Owner> ownerOf, HashSet<PodState> disowned)
    {
        var (was, now) = (before is null ? default(Owner?) : ownerOf(before), change.Now is null ? default(Owner?) : ownerOf(change.Now));
        var own = new Owner(kind, change.Key.Namespace, change.Key.Name);
        if (was == own || now == own)
            _workloads.Set(kind, now == own ? change : new(change.Key, null));
        if (was == now)
            return;

        _topology.SetOwner(own, was, now);
        foreach (var owner in new[] { was, own }.OfType<Owner>())
            disowned.UnionWith(_workloads.PodsOf(owner).Where(p => p.Pod.Metadata.Controller?.Name == change.Key.Name));
    }
}
