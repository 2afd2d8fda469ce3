using System.Globalization;
using System.Text.Json.Nodes;
using System.Text;
using Remediator.Actions.Kubernetes.Api;
using Remediator.Actions.Kubernetes.Pods;
using Remediator.Actions.Kubernetes.Revisions;
using Remediator.Actions.Kubernetes.Workloads;
using Remediator.Actions.Masking;
using Remediator.Core.Actions;
using Remediator.Core.Resources;
using k8s;
using k8s.Models;

namespace Remediator.Actions.Kubernetes.Describe;

/// <summary>Keeps how the resource is set up and how it is: what a person would look up first.</summary>
internal sealed class DescribeAction(ClusterApi api, WorkloadReader workloads) : IReadAction
{
    private const int Most = 16 * 1024;
    private const int MostRevisions = 5;

    private readonly RevisionReader _revisions = new(api, workloads);

    public ActionDescriptor Descriptor { get; } = new()
    {
        Name = "kubernetes.describe",
        Class = ActionClass.Read,
        Input = typeof(DescribeInput),
        Summary = "Records the resource's conditions, revisions, limits, probes, and the state of its containers.",
        Kinds = ResourceKinds.WithPods,
        Permissions = DescribePermissions.All,
    };

    public async Task<Evidence> ReadAsync(ActionRequest request, CancellationToken cancellationToken)
    {
        var now = api.Time.GetUtcNow();
        var text = new StringBuilder();
        var pods = await workloads.PodsAsync(request.Resource, request.NotAfter, cancellationToken);
        if (ResourceKinds.RolledOut.Contains(request.Resource.Kind))
            await AppendWorkloadAsync(text, request, cancellationToken);
        else if (pods.Count > 0)
            TemplateText.Append(text, new() { ["spec"] = JsonNode.Parse(KubernetesJson.Serialize(pods[0].Spec)) });
        PodText.Append(text, pods);

        var live = pods.Where(p => !p.IsTerminating()).ToList();
        var finding =
            PodFinding.Of(WorstContainers.Of(live, now.UtcDateTime, request.CrashWindow())) with
            {
                Further = await FurtherAsync(request, live, cancellationToken),
            };
        return finding.ToEvidence("State", EvidenceText.Head(text.ToString(), Most), now);
    }

    private async Task<IReadOnlyDictionary<string, string>> FurtherAsync(
        ActionRequest request, IReadOnlyList<V1Pod> live, CancellationToken cancellationToken)
    {
        var found = Diagnosis.Of(live, null);
        if (OtherController.Makes(request.Resource))
        {
            OtherController.Say(
                found, request.Resource,
                await workloads.ControllerAsync(request.Resource, live, request.NotAfter, cancellationToken), live);
        }

        return found;
    }

    private async Task AppendWorkloadAsync(StringBuilder text, ActionRequest request, CancellationToken cancellationToken)
    {
        var w = await workloads.FindAsync(request.Resource, request.NotAfter, cancellationToken);
        if (w is null)
        {
            text.Append(request.Resource.Display).Append(" does not exist\n");
            return;
        }

        text.Append(
            CultureInfo.InvariantCulture,
            $"{w.Display}: {w.Desired} desired, {w.Updated} updated, {w.Ready} ready, {w.Available} available");
        text.Append(w.Paused ? ", paused" : "").Append(w.RollingOut ? ", rolling out" : "").Append('\n');
        foreach (var (key, value) in w.Annotations.Where(
            a => a.Key.StartsWith("remediator.io/", StringComparison.Ordinal) || a.Key == Marks.ChangeCause))
            text.Append("annotation ").Append(key).Append('=').Append(value).Append('\n');
        foreach (var condition in (w.Json["status"]?["conditions"] as JsonArray ?? []).OfType<JsonObject>())
            text.Append("condition ")
                .Append(condition["type"])
                .Append('=')
                .Append(condition["status"])
                .Append(' ')
                .Append(condition["reason"])
                .Append(": ")
                .Append(condition["message"])
                .Append('\n');
        TemplateText.Append(text, w.Template);
        foreach (var revision in (await _revisions.ReadAsync(request, w, cancellationToken)).Take(MostRevisions))
        {
            text.Append(
                CultureInfo.InvariantCulture,
                $"{revision.Display}, {(revision.AvailableNow ? "available" : "not available")}, made "
                    + $"{revision.CreatedAt:yyyy-MM-ddTHH:mm:ssZ}: ");
            text.AppendJoin(", ", (revision.Template["spec"]?["containers"] as JsonArray ?? []).Select(c => $"{c?["name"]} {c?["image"]}"))
                .Append('\n');
        }
    }
}
