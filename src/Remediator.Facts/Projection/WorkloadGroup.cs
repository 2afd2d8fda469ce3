using Remediator.Core.Facts;
using Remediator.Core.Resources;
using Remediator.Facts.Objects;

namespace Remediator.Facts.Projection;

/// <summary>A workload with all that belongs to it, and its facts.</summary>
internal sealed class WorkloadGroup(Owner owner)
{
    public Owner Owner => owner;

    /// <summary>Null for a bare pod, and for a kind that is not watched.</summary>
    public Workload? Object { get; set; }

    /// <summary>
    /// Revisions may outlive their workload; they alone are none, unless their controller is not watched and they want pods.
    /// </summary>
    public bool Exists => Object is not null || Pods.Count > 0 || WantedBySets > 0;

    /// <summary>How many pods the ReplicaSets of a controller that is not watched want, or one that no controller has.</summary>
    public int? WantedBySets => ResourceKinds.Find(owner.Kind) is { RollsOut: true } || ReplicaSets.Count == 0
        ? null
        : ReplicaSets.Values.Sum(s => s.Spec.Replicas ?? 1);

    public bool IsEmpty => !Exists && ReplicaSets.Count == 0 && ControllerRevisions.Count == 0 && Jobs.Count == 0;

    public List<PodState> Pods { get; } = [];

    public Dictionary<ObjectName, Workload> ReplicaSets { get; } = [];

    /// <summary>The runs of a cron job; of a job by itself, this one.</summary>
    public Dictionary<ObjectName, Workload> Jobs { get; } = [];

    public Dictionary<ObjectName, ControllerRevision> ControllerRevisions { get; } = [];

    public IEnumerable<Revision> Revisions =>
        ReplicaSets.Values.Select(Revision.Of).Concat(ControllerRevisions.Values.Select(r => Revision.Of(r, owner.Kind)));

    /// <summary>The labels and annotations of the workload: a bare pod is its own.</summary>
    public ObjectMeta Metadata =>
        Object?.Metadata ?? (owner.Kind == ResourceKinds.Pod && Pods.Count > 0 ? Pods[0].Pod.Metadata : NoMetadata);

    /// <summary>What a selector of its pods is compared with.</summary>
    public IReadOnlyDictionary<string, string> PodLabels =>
        Object?.Spec.Template.Metadata.Labels is { Count: > 0 } labels ? labels
        : Pods.Count > 0 ? Pods[0].Pod.Metadata.Labels
        : ObjectMeta.NoLabels;

    /// <summary>When it was first seen to crash or to serve nothing; null while it does not.</summary>
    public DateTimeOffset? SickSince { get; set; }

    /// <summary>As they are in the last view.</summary>
    public Fact[] Facts { get; set; } = [];

    /// <summary>When it is looked at without any change; -1 when it is gone.</summary>
    public int Second { get; set; } = -1;

    private static ObjectMeta NoMetadata { get; } = new();
}
