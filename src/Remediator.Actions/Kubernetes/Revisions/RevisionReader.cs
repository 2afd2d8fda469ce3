using System.Globalization;
using System.Text.Json.Nodes;
using k8s.Models;
using Remediator.Actions.Kubernetes.Pods;
using Remediator.Actions.Kubernetes.Workloads;
using Remediator.Core.Actions;

namespace Remediator.Actions.Kubernetes.Revisions;

/// <summary>Reads the revisions that a workload still has, newest first.</summary>
internal sealed class RevisionReader(WorkloadReader workloads)
{
    public async Task<IReadOnlyList<Revision>> ReadAsync(ActionRequest request, Workload workload, CancellationToken cancellationToken)
    {
        if (workload.Kind == WorkloadKinds.Deployment)
            return Sorted((await workloads.OwnedAsync(workload, "replicasets", request.NotAfter, cancellationToken)).Select(OfReplicaSet));

        var revisions = await workloads.OwnedAsync(workload, "controllerrevisions", request.NotAfter, cancellationToken);
        var pods = await workloads.PodsAsync(request.Resource, request.NotAfter, cancellationToken);
        return Sorted(revisions.Select(r => OfControllerRevision(r, pods)));
    }

    private static Revision OfReplicaSet(JsonObject set)
    {
        var template = (set["spec"]?["template"]?.DeepClone() as JsonObject) ?? [];
        (template["metadata"]?["labels"] as JsonObject)?.Remove("pod-template-hash");
        return new(
            Text(set, "name"), Text(set, "uid"), Label(set, "pod-template-hash"),
            long.TryParse(set["metadata"]?["annotations"]?["deployment.kubernetes.io/revision"]?.ToString(), CultureInfo.InvariantCulture, out var number) ? number : 0,
            CreatedAt(set), template, (set["status"]?["availableReplicas"]?.GetValue<long>() ?? 0) > 0);
    }

    private static Revision OfControllerRevision(JsonObject revision, IReadOnlyList<V1Pod> pods)
    {
        var template = (revision["data"]?["spec"]?["template"]?.DeepClone() as JsonObject) ?? [];
        template.Remove("$patch");
        var hash = Label(revision, "controller-revision-hash");
        return new(
            Text(revision, "name"), Text(revision, "uid"), hash, revision["revision"]?.GetValue<long>() ?? 0, CreatedAt(revision), template,
            pods.Any(p => p.IsReady() && !p.IsTerminating() && p.Metadata.Labels?.TryGetValue("controller-revision-hash", out var of) == true && of == hash));
    }

    private static IReadOnlyList<Revision> Sorted(IEnumerable<Revision> revisions) => [.. revisions.Where(r => r.Template.Count > 0).OrderByDescending(r => r.Number)];

    private static string Text(JsonObject o, string field) => o["metadata"]?[field]?.GetValue<string>() ?? "";

    private static string Label(JsonObject o, string label) => o["metadata"]?["labels"]?[label]?.GetValue<string>() ?? "";

    private static DateTimeOffset? CreatedAt(JsonObject o) =>
        DateTimeOffset.TryParse(Text(o, "creationTimestamp"), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at) ? at : null;
}
