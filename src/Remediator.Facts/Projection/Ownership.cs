using Remediator.Core.Resources;
using Remediator.Facts.Objects;

namespace Remediator.Facts.Projection;

/// <summary>Follows controller references up to the workload that people know: pod, ReplicaSet, Deployment; pod, Job, CronJob.</summary>
internal sealed class Ownership
{
    private readonly Dictionary<ObjectName, Workload> _replicaSets = [];
    private readonly Dictionary<ObjectName, Workload> _jobs = [];
    private readonly HashSet<ObjectName> _deployments = [];

    public void SetDeployment(Changed<Workload> deployment)
    {
        if (deployment.Now is null)
            _deployments.Remove(deployment.Key);
        else
            _deployments.Add(deployment.Key);
    }

    /// <returns>The one that was known.</returns>
    public Workload? SetReplicaSet(Changed<Workload> set) => Set(_replicaSets, set);

    /// <returns>The one that was known.</returns>
    public Workload? SetJob(Changed<Workload> job) => Set(_jobs, job);

    /// <summary>False while the controller of a pod is not known, or known no more: then its owner is a guess.</summary>
    public bool IsSettled(Pod pod) => pod.Metadata.Controller switch
    {
        { ResourceKind: ResourceKinds.ReplicaSet } set => _replicaSets.ContainsKey(new(pod.Metadata.Namespace, set.Name)),
        { ResourceKind: ResourceKinds.Job } job => _jobs.ContainsKey(new(pod.Metadata.Namespace, job.Name)),
        _ => true,
    };

    /// <summary>What a pod was made of; null where that is not known.</summary>
    public TemplateSpec? TemplateOf(Pod pod) =>
        pod.Metadata.Controller is { ResourceKind: ResourceKinds.ReplicaSet } set
            && _replicaSets.TryGetValue(new(pod.Metadata.Namespace, set.Name), out var known)
            && known.Spec.Template.Spec is { Containers.Count: > 0 } template
            ? template
            : null;

    public Owner Of(Pod pod)
    {
        var meta = pod.Metadata;
        return meta.Controller switch
        {
            null or { ResourceKind: ResourceKinds.Node } => new(ResourceKinds.Pod, meta.Namespace, meta.Name),
            { ResourceKind: ResourceKinds.ReplicaSet } set =>
                _replicaSets.TryGetValue(new(meta.Namespace, set.Name), out var known) ? OfReplicaSet(known) : Guess(meta, set.Name),
            { ResourceKind: ResourceKinds.Job } job => _jobs.TryGetValue(new(meta.Namespace, job.Name), out var known)
                ? OfJob(known)
                : new(ResourceKinds.Job, meta.Namespace, job.Name),
            var other => new(other.ResourceKind, meta.Namespace, other.Name),
        };
    }

    public static Owner OfReplicaSet(Workload set) => Of(set, ResourceKinds.ReplicaSet);

    public static Owner OfJob(Workload job) => Of(job, ResourceKinds.Job);

    private static Owner Of(Workload workload, string kind) => workload.Metadata is { Controller: { } controller } meta
        ? new(controller.ResourceKind, meta.Namespace, controller.Name)
        : new(kind, workload.Metadata.Namespace, workload.Metadata.Name);

    /// <summary>A pod may be known before its ReplicaSet; then the hash in the name tells the Deployment, if there is one.</summary>
    private Owner Guess(ObjectMeta pod, string set)
    {
        var suffix = "-" + pod.Label("pod-template-hash");
        return suffix.Length > 1
            && set.EndsWith(suffix, StringComparison.Ordinal)
            && _deployments.Contains(new(pod.Namespace, set[..^suffix.Length]))
            ? new(ResourceKinds.Deployment, pod.Namespace, set[..^suffix.Length])
            : new(ResourceKinds.ReplicaSet, pod.Namespace, set);
    }

    private static Workload? Set(Dictionary<ObjectName, Workload> known, Changed<Workload> change)
    {
        known.Remove(change.Key, out var before);
        if (change.Now is { } now)
            known[change.Key] = now;
        return before;
    }
}
