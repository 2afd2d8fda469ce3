using System.Net;
using k8s;
using k8s.Models;
using Remediator.Actions.Kubernetes.Api;
using Remediator.Actions.Kubernetes.Workloads;
using Remediator.Core.Actions;

namespace Remediator.Actions.Kubernetes.RaiseMemoryLimit;

/// <summary>Whether the cluster has room for higher limits, as far as it can be known.</summary>
internal sealed class MemoryRoom(ClusterApi api)
{
    /// <summary>Why there is none; null where nothing speaks against it.</summary>
    public async Task<string?> RefusalAsync(
        ActionRequest request, LiveWorkload workload, IReadOnlyList<V1Pod> pods, IReadOnlyList<MemoryRaise> raises,
        CancellationToken cancellationToken) =>
        await NodesAsync(request, pods, raises, cancellationToken)
        ?? await LimitRangesAsync(request, pods, raises, cancellationToken)
        ?? await QuotasAsync(request, workload, raises, cancellationToken);

    private async Task<string?> NodesAsync(
        ActionRequest request, IReadOnlyList<V1Pod> pods, IReadOnlyList<MemoryRaise> raises, CancellationToken cancellationToken)
    {
        var needed = raises.Max(r => r.ToBytes.Bytes);
        foreach (var name in pods.Select(p => p.Spec.NodeName)
            .Where(n => !string.IsNullOrEmpty(n))
            .Distinct(StringComparer.Ordinal)
            .Take(20))
        {
            V1Node node;
            try
            {
                node = await api.ReadAsync($"read node {name}", request.NotAfter, (k, ct) =>
                    k.CoreV1.ReadNodeAsync(name, cancellationToken: ct), cancellationToken);
            }
            catch (ActionFailedException e) when (e.Status() is HttpStatusCode.NotFound)
            {
                continue;
            }

            if (node.Status?.Conditions?.Any(c => c.Type == "MemoryPressure" && c.Status == "True") == true)
                return $"node {name} is under memory pressure itself; a higher limit would make that worse";
            if (Memory(node.Status?.Allocatable) is { } allocatable && needed > allocatable)
                return $"node {name} has only {new Quantity(allocatable)} allocatable";
        }

        return null;
    }

    private async Task<string?> LimitRangesAsync(
        ActionRequest request, IReadOnlyList<V1Pod> pods, IReadOnlyList<MemoryRaise> raises, CancellationToken cancellationToken)
    {
        var space = request.Resource.Namespace;
        var ranges = await api.ReadAsync($"list limit ranges in namespace {space}", request.NotAfter, (k, ct) =>
            k.CoreV1.ListNamespacedLimitRangeAsync(space, cancellationToken: ct), cancellationToken);
        foreach (var (range, limit) in ranges.Items.SelectMany(r => r.Spec.Limits.Select(l => (r.Metadata.Name, l))))
        {
            var asked = limit.Type switch
            {
                "Container" => raises.Max(r => r.ToBytes.Bytes),
                "Pod" => PodTotal(pods, raises),
                _ => 0,
            };
            if (Memory(limit.Max) is { } most && asked > most)
                return $"limit range {range} allows a {limit.Type.ToLowerInvariant()} at most {new Quantity(most)}";
            if (limit.MaxLimitRequestRatio?.ContainsKey("memory") == true)
                return $"limit range {range} ties limits to requests";
        }

        return null;
    }

    private async Task<string?> QuotasAsync(
        ActionRequest request, LiveWorkload workload, IReadOnlyList<MemoryRaise> raises, CancellationToken cancellationToken)
    {
        var space = request.Resource.Namespace;
        var quotas = await api.ReadAsync($"list quotas in namespace {space}", request.NotAfter, (k, ct) =>
            k.CoreV1.ListNamespacedResourceQuotaAsync(space, cancellationToken: ct), cancellationToken);
        var more = raises.Sum(r => r.ToBytes.Bytes - r.FromBytes.Bytes) * workload.Desired;
        foreach (var quota in quotas.Items)
        {
            if (Memory(quota.Spec?.Hard, "limits.memory") is { } hard
                && (Memory(quota.Status?.Used, "limits.memory") ?? hard) + more > hard)
                return $"quota {quota.Metadata.Name} leaves no room for {new Quantity(more)} more";
        }

        return null;
    }

    private static long PodTotal(IReadOnlyList<V1Pod> pods, IReadOnlyList<MemoryRaise> raises) =>
        pods.Select(p => p.Spec.Containers.Sum(
            c => raises.FirstOrDefault(r => r.Container == c.Name)?.ToBytes.Bytes ?? Memory(c.Resources?.Limits) ?? 0))
            .DefaultIfEmpty()
            .Max();

    private static long? Memory(IDictionary<string, ResourceQuantity>? amounts, string name = "memory") =>
        amounts?.TryGetValue(name, out var amount) == true && Quantity.TryParse(amount.ToString(), null, out var quantity)
            ? quantity.Bytes
            : null;
}
