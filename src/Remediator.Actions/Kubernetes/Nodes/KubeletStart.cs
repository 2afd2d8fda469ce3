using k8s;
using k8s.Models;
using Remediator.Actions.Kubernetes.Api;
using Remediator.Actions.Kubernetes.Pods;
using Remediator.Core.Actions;

namespace Remediator.Actions.Kubernetes.Nodes;

/// <summary>
/// A kubelet that starts reports pods as ready until their first probe (kubernetes/kubernetes #135795), and disruption budgets believe it.
/// </summary>
internal static class KubeletStart
{
    /// <summary>Until then probes with usual periods have spoken.</summary>
    private static readonly TimeSpan ProbesSpeakWithin = TimeSpan.FromMinutes(2);

    /// <summary>What a pod's readiness on this node says is not to be believed yet.</summary>
    public static async Task<bool> IsTooFreshAsync(
        this ClusterApi api, ActionRequest request, V1Node node, IEnumerable<V1Pod> pods, CancellationToken cancellationToken)
    {
        var since = api.Time.GetUtcNow().UtcDateTime - SpokenAfter(pods) * request.DurationScale;
        if (node.Ready() is { Status: "True", LastTransitionTime: { } ready } && ready > since)
            return true;
        var starts = await api.PagesAsync<Corev1Event, Corev1EventList>(
            $"list the starts of the kubelet of {request.Resource.Display}", request.NotAfter, (k, from, ct) =>
                k.CoreV1.ListNamespacedEventAsync(
                    "default", fieldSelector: $"involvedObject.kind=Node,involvedObject.name={node.Metadata.Name},reason=Starting",
                    limit: ClusterApi.PageSize, continueParameter: from, cancellationToken: ct),
            e => e.Source?.Component == "kubelet" || e.ReportingComponent == "kubelet", cancellationToken);
        return starts.Any(e => ResourceEvents.At(e) > since);
    }

    /// <summary>The longest time that a readiness probe of one of the pods needs for its answer, and two minutes at least.</summary>
    public static TimeSpan SpokenAfter(IEnumerable<V1Pod> pods) =>
        pods.SelectMany(p => p.Spec?.Containers ?? []).Select(c => c.ReadinessProbe).OfType<V1Probe>()
            .Select(p => TimeSpan.FromSeconds((p.InitialDelaySeconds ?? 0) + ((p.PeriodSeconds ?? 10) * (p.FailureThreshold ?? 3))))
            .Append(ProbesSpeakWithin).Max();
}
