using System.Net;
using k8s;
using k8s.Models;
using Remediator.Actions.Kubernetes.Api;
using Remediator.Core.Actions;

namespace Remediator.Actions.Kubernetes.Pods;

/// <summary>The Eviction API: the API server itself sees to it that disruption budgets hold.</summary>
internal sealed class EvictionApi(ClusterApi api)
{
    /// <summary>policy/v1 came with 1.22; before that evictions are policy/v1beta1. The server says which it takes.</summary>
    public async Task<string> VersionAsync(DateTimeOffset notAfter, CancellationToken cancellationToken)
    {
        var resources = await api.ReadAsync(
            "ask which Eviction API there is", notAfter, (k, ct) => k.CoreV1.GetAPIResourcesAsync(ct), cancellationToken);
        var eviction = resources.Resources.FirstOrDefault(r => r.Name == "pods/eviction")
            ?? throw new ActionFailedException(FailureKind.Permanent, "This API server has no Eviction API.");
        return eviction.Group is { Length: > 0 } group ? $"{group}/{eviction.Version}" : "policy/v1beta1";
    }

    /// <param name="version">From <see cref="VersionAsync"/>.</param>
    /// <param name="dryRun">The answer is as if it were done, webhooks of admission are told so, and nothing is changed.</param>
    public Task EvictAsync(
        string version, string space, string pod, V1DeleteOptions options, bool dryRun, DateTimeOffset notAfter,
        CancellationToken cancellationToken)
    {
        options.DryRun = dryRun ? ["All"] : null;
        var eviction = new V1Eviction
        {
            ApiVersion = version,
            Kind = "Eviction",
            Metadata = new() { Name = pod, NamespaceProperty = space },
            DeleteOptions = options,
        };
        return api.WriteAsync($"evict pod {space}/{pod}", notAfter, (k, ct) => k.CoreV1.CreateNamespacedPodEvictionAsync(
            eviction, pod, space, dryRun: dryRun ? "All" : null, fieldManager: Marks.FieldManager, cancellationToken: ct),
            cancellationToken);
    }

    /// <summary>Why the API server evicts a pod not now, or not at all, in its own words.</summary>
    public static string Why(ActionFailedException refusal)
    {
        var budget = refusal.StatusObject()?.Details?.Causes?.FirstOrDefault(c => c.Reason == "DisruptionBudget")?.Message;
        return budget is not null ? $"its disruption budget forbids it. {budget}"
            : HasSeveralBudgets(refusal) ? "it has more than one disruption budget, and then the API server evicts nothing"
            : refusal.Message;
    }

    /// <summary>
    /// A pod that several budgets select is never evicted; the API server says so with status 500 (kubernetes/kubernetes,
    /// <c>pkg/registry/core/pod/storage/eviction.go</c>).
    /// </summary>
    public static bool HasSeveralBudgets(ActionFailedException refusal) =>
        refusal.Status() is HttpStatusCode.InternalServerError
            && refusal.StatusObject()?.Message?.Contains("more than one PodDisruptionBudget", StringComparison.Ordinal) == true;
}
