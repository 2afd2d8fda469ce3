using System.Globalization;
using Remediator.Core.Resources;
using Remediator.Facts.Objects;

namespace Remediator.Facts.Projection;

/// <summary>One pod template of a workload: a ReplicaSet of a Deployment, a ControllerRevision of a StatefulSet or DaemonSet.</summary>
/// <param name="Id">What its pods carry: the template's hash, or the controller's revision.</param>
/// <param name="MaybeReused">An undo takes an old revision up again, with its old creation time.</param>
internal sealed record Revision(string Id, long Number, DateTimeOffset? CreatedAt, bool MaybeReused)
{
    public static Revision Of(Workload replicaSet) => new(
        replicaSet.Metadata.Label("pod-template-hash"),
        long.TryParse(
            replicaSet.Metadata.Annotation("deployment.kubernetes.io/revision"), NumberStyles.None, CultureInfo.InvariantCulture,
            out var number)
            ? number
            : 0,
        replicaSet.Metadata.CreationTimestamp,
        replicaSet.Metadata.Annotation("deployment.kubernetes.io/revision-history").Length > 0);

    public static Revision Of(ControllerRevision revision, string ownerKind) => new(
        ownerKind == ResourceKinds.DaemonSet ? revision.Metadata.Label("controller-revision-hash") : revision.Metadata.Name,
        revision.Revision, revision.Metadata.CreationTimestamp, false);
}
