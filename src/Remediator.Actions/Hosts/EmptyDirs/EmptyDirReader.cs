using k8s;
using k8s.Models;
using Remediator.Actions.Hosts.Reach;
using Remediator.Actions.Hosts.SystemsManager;
using Remediator.Actions.Kubernetes.Api;
using Remediator.Actions.Kubernetes.Workloads;
using Remediator.Core.Actions;
using Remediator.Core.Policies;
using Remediator.Core.Resources;

namespace Remediator.Actions.Hosts.EmptyDirs;

/// <summary>Asks a machine what pods have in their emptyDir volumes, and the API server whose they are.</summary>
internal sealed class EmptyDirReader(Machines machines, ClusterApi api, WorkloadReader workloads)
{
    public static IReadOnlyList<Permission> Permissions { get; } =
    [
        EmptyDirState.Permission, .. SystemsManagerPermissions.All, .. WorkloadPermissions.ReadPods,
    ];

    /// <summary>The machine alone.</summary>
    public async Task<EmptyDirState> StateAsync(ActionRequest request, CancellationToken cancellationToken)
    {
        var (host, mountPoint) = (machines.Of(request.Resource), Machines.MountPoint(request.Resource));
        var answer = await machines.RunAsync(request, EmptyDirState.Script, cancellationToken, mountPoint);
        return EmptyDirState.Read(answer, host.Name, mountPoint);
    }

    /// <summary>All that have something there, the one that fills it most first, and of that one why it stays.</summary>
    public async Task<EmptyDirsSeen> ReadAsync(ActionRequest request, ManagedHost host, CancellationToken cancellationToken)
    {
        var state = await StateAsync(request, cancellationToken);
        if (state.Volumes.Count == 0)
            return new(state, [], null);
        var bound = await api.PagesAsync<V1Pod, V1PodList>(
            $"list the pods on node {host.Node}", request.NotAfter, (k, from, ct) => k.CoreV1.ListPodForAllNamespacesAsync(
                fieldSelector: $"spec.nodeName={host.Node}", limit: ClusterApi.PageSize, continueParameter: from, cancellationToken: ct),
            _ => true, cancellationToken);
        var pods = state.Volumes.GroupBy(v => v.Pod, StringComparer.Ordinal)
            .Select(g => new EmptyDirPod(g.Key, bound.FirstOrDefault(p => p.Metadata.Uid == g.Key), [.. g], state))
            .OrderByDescending(p => p.Share).ThenBy(p => p.Uid, StringComparer.Ordinal)
            .ToList();
        if (pods[0].Pod is { } worst && await OwnerAsync(request, worst, cancellationToken) is { } owner)
            pods[0] = pods[0] with { Owner = owner };
        return new(state, pods, await DoubtAsync(request, pods, cancellationToken));
    }

    private async Task<string?> DoubtAsync(ActionRequest request, List<EmptyDirPod> pods, CancellationToken cancellationToken)
    {
        var worst = pods[0];
        if (EvictionDoubt.OfPod(worst) is { } doubt)
            return doubt;
        var workload = await workloads.FindAsync(worst.Owner!.Value, request.NotAfter, cancellationToken);
        var all = await workloads.PodsAsync(worst.Owner.Value, request.NotAfter, cancellationToken);
        return EvictionDoubt.OfWorkload(worst, workload, all, pods);
    }

    private async Task<ResourceKey?> OwnerAsync(ActionRequest request, V1Pod pod, CancellationToken cancellationToken)
    {
        var resource = new ResourceKey(request.Resource.Cluster, ResourceKinds.Pod, pod.Metadata.NamespaceProperty, pod.Metadata.Name);
        return await workloads.ControllerAsync(resource, [pod], request.NotAfter, cancellationToken) is { } owner
            ? resource with { Kind = ResourceKinds.OfApi(owner.Kind, owner.ApiVersion ?? ""), Name = owner.Name }
            : null;
    }
}

/// <param name="Doubt">Why the first of them is not evicted; null where it may be, or there is none.</param>
internal sealed record EmptyDirsSeen(EmptyDirState State, IReadOnlyList<EmptyDirPod> Pods, string? Doubt)
{
    public EmptyDirPod? Worst => Pods.Count > 0 ? Pods[0] : null;
}
