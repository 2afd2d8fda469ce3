using System.Globalization;
using k8s.Models;
using Remediator.Actions.Hosts.Descriptors;
using Remediator.Actions.Hosts.Reach;
using Remediator.Actions.Hosts.SystemsManager;
using Remediator.Actions.Kubernetes.Pods;
using Remediator.Actions.Kubernetes.Workloads;
using Remediator.Actions.Masking;
using Remediator.Core.Actions;
using Remediator.Core.Resources;

namespace Remediator.Actions.Hosts.PodDescriptors;

/// <summary>
/// Asks the machines that the pods of a workload run on what their processes have open. A pod that cannot be looked at is no failure: this
/// says why, and no step takes it for one that has room.
/// </summary>
internal sealed class PodDescriptorReader(Machines machines, WorkloadReader workloads)
{
    /// <summary>Each is a login; of more pods none is looked at.</summary>
    public const int MostPods = 60;

    private const int AtOnce = 8;

    private readonly DescriptorReader _reader = new(machines);

    public static IReadOnlyList<string> Kinds { get; } =
        [ResourceKinds.Deployment, ResourceKinds.StatefulSet, ResourceKinds.DaemonSet];

    public static IReadOnlyList<Permission> Permissions { get; } =
        [.. WorkloadPermissions.ReadPods, DescriptorReader.Permission, .. SystemsManagerPermissions.All];

    /// <param name="container">Empty for all containers.</param>
    /// <returns>Of each pod that runs and is not going away.</returns>
    public async Task<IReadOnlyList<PodSeen>> ReadAsync(ActionRequest request, string container, CancellationToken cancellationToken)
    {
        var pods = (await workloads.PodsAsync(request.Resource, request.NotAfter, cancellationToken))
            .Where(p => p.Status?.Phase == "Running" && !p.IsTerminating())
            .OrderBy(p => p.Metadata.Name, StringComparer.Ordinal)
            .ToList();
        if (pods.Count > MostPods)
        {
            var why = string.Create(
                CultureInfo.InvariantCulture,
                $"{request.Resource.Display} has {pods.Count} running pods, and at most {MostPods} are looked at");
            return [.. pods.Take(MostPods).Select(p => new PodSeen(p, null, "", why))];
        }

        using var places = new SemaphoreSlim(AtOnce);
        return await Task.WhenAll(pods.Select(async pod =>
        {
            await places.WaitAsync(cancellationToken);
            try
            {
                return await ReadAsync(request, pod, container, 0, cancellationToken);
            }
            finally
            {
                places.Release();
            }
        }));
    }

    /// <param name="seconds">Between two counts; 0 for one.</param>
    public async Task<PodSeen> ReadAsync(
        ActionRequest request, V1Pod pod, string container, int seconds, CancellationToken cancellationToken)
    {
        var ids = pod.Containers().Where(c => c.State?.Running is not null && (container.Length == 0 || c.Name == container))
            .Select(PodSeen.IdOf).Where(i => i.Length > 0).ToList();
        if (ids.Count == 0)
            return new(pod, null, "", container.Length > 0
                ? $"its container {EvidenceText.OneLine(container, 100)} is not seen to run"
                : "none of its containers is seen to run");

        var host = "";
        try
        {
            var machine = machines.OfNode(pod.Spec?.NodeName ?? "");
            host = machine.Name;
            var state = await _reader.ReadContainersAsync(machine, request, ids, seconds, cancellationToken);
            return new(pod, state, host, state is null ? $"host {host} shows no process of it" : "");
        }
        catch (ActionFailedException e)
        {
            return new(pod, null, host, EvidenceText.OneLine(e.Message, 900));
        }
    }
}
