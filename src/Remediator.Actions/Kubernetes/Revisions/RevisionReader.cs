using System.Globalization;
using System.Text.Json.Nodes;
using Remediator.Actions.Kubernetes.Api;
using Remediator.Actions.Kubernetes.Pods;
using Remediator.Actions.Kubernetes.Workloads;
using Remediator.Core.Actions;
using Remediator.Core.Resources;
using k8s.Models;

namespace Remediator.Actions.Kubernetes.Revisions;

/// <summary>Reads the revisions that a workload still has, newest first.</summary>
internal sealed class RevisionReader(ClusterApi api, WorkloadReader workloads)
{
    private const string PodTemplateHash = "pod-template-hash";
    private const string RevisionHash = "controller-revision-hash";

    public async Task<IReadOnlyList<WorkloadRevision>> ReadAsync(
        ActionRequest request, LiveWorkload workload, CancellationToken cancellationToken) =>
        await ReadAsync(
            request, workload, await workloads.PodsAsync(request.Resource, request.NotAfter, cancellationToken), cancellationToken);

    /// <param name="pods">Of the workload.</param>
    public async Task<IReadOnlyList<WorkloadRevision>> ReadAsync(
        ActionRequest request, LiveWorkload workload, IReadOnlyList<V1Pod> pods, CancellationToken cancellationToken)
    {
        var ofDeployment = workload.Kind == ResourceKinds.Deployment;
        var objects =
            await workloads.OwnedAsync(workload, ofDeployment ? "replicasets" : "controllerrevisions", request.NotAfter, cancellationToken);
        var serving = Serving(pods, api.Time.GetUtcNow().UtcDateTime, request.CrashWindow());
        return [.. objects.Select(o => ofDeployment ? OfReplicaSet(o, serving) : OfControllerRevision(o, serving))
            .Where(r => r.Template.Count > 0)
            .OrderByDescending(r => r.Number)];
    }

    /// <summary>Revisions with a pod that is ready and does not restart: one in a crash loop is ready too, again and again.</summary>
    private static HashSet<string> Serving(IEnumerable<V1Pod> pods, DateTime now, TimeSpan window) =>
        [.. pods.Where(p => p.IsReady() && !p.IsTerminating() && !p.IsCrashing(now, window) && !p.HasEndedSince(now - window))
            .Select(HashOf)
            .OfType<string>()];

    /// <summary>The revision that a pod is of; null where it carries none.</summary>
    public static string? HashOf(V1Pod pod) =>
        pod.Metadata.Labels?.FirstOrDefault(l => l.Key is PodTemplateHash or RevisionHash).Value;

    private static WorkloadRevision OfReplicaSet(JsonObject set, HashSet<string> serving)
    {
        var template = (set["spec"]?["template"]?.DeepClone() as JsonObject) ?? [];
        (template["metadata"]?["labels"] as JsonObject)?.Remove(PodTemplateHash);
        var number = long.TryParse(
            set["metadata"]?["annotations"]?["deployment.kubernetes.io/revision"]?.ToString(), CultureInfo.InvariantCulture,
            out var written)
            ? written
            : 0;
        var hash = Label(set, PodTemplateHash);
        return new(Text(set, "name"), Text(set, "uid"), hash, number, CreatedAt(set), template, serving.Contains(hash))
        {
            Cause = Cause(set),
        };
    }

    private static WorkloadRevision OfControllerRevision(JsonObject revision, HashSet<string> serving)
    {
        var template = (revision["data"]?["spec"]?["template"]?.DeepClone() as JsonObject) ?? [];
        template.Remove("$patch");
        var hash = Label(revision, RevisionHash);
        return new(
            Text(revision, "name"), Text(revision, "uid"), hash, revision["revision"]?.GetValue<long>() ?? 0, CreatedAt(revision), template,
            serving.Contains(hash))
        {
            Cause = Cause(revision),
        };
    }

    private static string? Cause(JsonObject o) => o["metadata"]?["annotations"]?[Marks.ChangeCause]?.GetValue<string>();

    private static string Text(JsonObject o, string field) => o["metadata"]?[field]?.GetValue<string>() ?? "";

    private static string Label(JsonObject o, string label) => o["metadata"]?["labels"]?[label]?.GetValue<string>() ?? "";

    private static DateTimeOffset? CreatedAt(JsonObject o) =>
        DateTimeOffset.TryParse(Text(o, "creationTimestamp"), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at)
            ? at
            : null;
}
