using Remediator.Facts.Objects;

namespace Remediator.Facts.Projection;

/// <summary>Follows controller references up to the workload that people know: pod, ReplicaSet, Deployment; pod, Job, CronJob.</summary>
internal sealed class Ownership(ClusterObjects objects)
{
    private readonly Dictionary<ObjectName, Workload> _replicaSets = objects.ReplicaSets.ToDictionary(r => r.Metadata.Key);
    private readonly Dictionary<ObjectName, Workload> _jobs = objects.Jobs.ToDictionary(j => j.Metadata.Key);
    private readonly HashSet<ObjectName> _deployments = [.. objects.Deployments.Select(d => d.Metadata.Key)];

    public Owner Of(Pod pod)
    {
        var meta = pod.Metadata;
        return meta.Controller switch
        {
            null or { Kind: "Node" } => new("pod", meta.Namespace, meta.Name),
            { Kind: "ReplicaSet" } set => OfReplicaSet(meta.Namespace, set.Name, meta.Label("pod-template-hash")),
            { Kind: "Job" } job => OfJob(meta.Namespace, job.Name),
            var other => new(Lower(other.Kind), meta.Namespace, other.Name),
        };
    }

    public IEnumerable<(ObjectName Name, Owner Owner)> ReplicaSets => _replicaSets.Values.Select(s => (s.Metadata.Key, OfReplicaSet(s)));

    public IEnumerable<(ObjectName Name, Owner Owner)> Jobs => _jobs.Keys.Select(j => (j, OfJob(j.Namespace, j.Name)));

    public Owner OfReplicaSet(Workload set) => OfReplicaSet(set.Metadata.Namespace, set.Metadata.Name, set.Metadata.Label("pod-template-hash"));

    private Owner OfJob(string space, string name) =>
        _jobs.TryGetValue(new(space, name), out var job) && job.Metadata.Controller is { } controller
            ? new(Lower(controller.Kind), space, controller.Name)
            : new("job", space, name);

    /// <summary>A pod may be known before its ReplicaSet; then the hash in the name tells the Deployment, if there is one.</summary>
    private Owner OfReplicaSet(string space, string name, string hash)
    {
        if (_replicaSets.TryGetValue(new(space, name), out var set))
            return set.Metadata.Controller is { } controller ? new(Lower(controller.Kind), space, controller.Name) : new("replicaset", space, name);

        var suffix = "-" + hash;
        return hash.Length > 0 && name.EndsWith(suffix, StringComparison.Ordinal) && _deployments.Contains(new(space, name[..^suffix.Length]))
            ? new("deployment", space, name[..^suffix.Length])
            : new("replicaset", space, name);
    }

    /// <summary>The few kinds that there are, without a new text for each pod.</summary>
    private static string Lower(string kind) => kind switch
    {
        "Deployment" => "deployment",
        "StatefulSet" => "statefulset",
        "DaemonSet" => "daemonset",
        "CronJob" => "cronjob",
        _ => kind.ToLowerInvariant(),
    };
}
