using System.Globalization;
using k8s;
using k8s.Models;
using Remediator.Actions.Hosts.Images;
using Remediator.Actions.Hosts.Reach;
using Remediator.Actions.Hosts.SystemsManager;
using Remediator.Actions.Kubernetes.Api;
using Remediator.Actions.Kubernetes.Nodes;
using Remediator.Actions.Masking;
using Remediator.Core.Actions;
using Remediator.Core.Policies;

namespace Remediator.Actions.Hosts.DeleteImages;

/// <summary>
/// Deletes container images of a node that nothing uses, where its kubelet says that it could not itself, and dead containers of pods that
/// are gone. What was planned are images, each with all its names: one that is not the same any more is left, and so twice is as good as
/// once.
/// </summary>
internal sealed class DeleteImagesAction(Machines machines, ClusterApi api) : IChangeAction
{
    private const int Shown = 20;
    private static readonly HostScript Script = new("delete-images.sh", HostTrouble.Disk);

    public ActionDescriptor Descriptor { get; } = new()
    {
        Name = "host.delete-images",
        Class = ActionClass.Strong,
        Input = typeof(DeleteImagesInput),
        Summary = "Deletes container images of a node that no container and no pod there uses, if its kubelet says that it could not "
            + "itself, and containers that are dead for a day and of pods that are gone; by CRI, each image by itself. None that is "
            + "pinned, that sandboxes are made of, that was not pulled, or that is there for less than a day.",
        Kinds = Machines.Kinds,
        Deadline = TimeSpan.FromMinutes(3),
        Permissions =
        [
            ImagesHelper.Permission, .. SystemsManagerPermissions.All,
            new KubernetesPermission("", "nodes", "get"), new KubernetesPermission("", "pods", "list"),
            new KubernetesPermission("", "events", "list"),
        ],
    };

    public async Task<PlanResult> PlanAsync(ActionRequest request, CancellationToken cancellationToken)
    {
        var (host, mountPoint) = (machines.Of(request.Resource), Machines.MountPoint(request.Resource));
        if (host.Node.Length == 0)
            return PlanResult.Refused($"Host {host.Name} is no node, so it is not known which images are needed there.");
        if (!host.MayDeleteImages)
            return PlanResult.Refused(
                $"The policy lets no container image be deleted on host {host.Name}; 'images' of the host says whether one may.");
        if (await api.FindNodeAsync(NodeOf(request, host), request.NotAfter, cancellationToken) is not { } node)
            return PlanResult.Refused($"There is no node {host.Node}, which host {host.Name} should be.");
        var failure = await FailureAsync(request, host, cancellationToken);
        var answer = await RunAsync(request, "", "", "look", await NeededAsync(request, host, cancellationToken), cancellationToken);
        var (seen, identity) = (ImagesState.Read(answer), Machines.IdentityIn(answer));
        if (seen.Doubt(host) is { } doubt)
            return PlanResult.Refused(doubt);
        if (node.Status?.NodeInfo?.MachineID != identity["machine_id"])
            return PlanResult.Refused($"Node {host.Node} is another machine than host {host.Name}: their machine ids differ.");
        if (seen.Images.Count > 0 && seen.Containers.Count == 0 && failure is null)
            return PlanResult.Refused(
                $"The kubelet of node {host.Node} has not said lately that it could not delete images itself, so they are left to it.");
        var images = failure is null ? [] : seen.Images;
        IReadOnlyList<Leftover> all = [.. images, .. seen.Containers];
        if (all.Count == 0)
            return PlanResult.Refused($"Host {host.Name} has no container image that may go{Reasons(seen.Left)}.");
        var bytes = (images.Count > 0 ? seen.ImageBytes : 0) + seen.Containers.Sum(c => c.Bytes);
        return PlanResult.Planned(new()
        {
            Summary = $"delete {Count(images.Count, seen.Containers.Count)} of host {host.Name}, {Size(bytes)}"
                + (failure is null ? "" : $"; the kubelet could not itself ({failure})"),
            Changes = [.. Changes($"host {host.Name}", all)],
            Preconditions = identity,
            Parameters = new Dictionary<string, string>
            {
                ["plans"] = string.Join('\n', all.Select(i => i.Plan)),
                ["program"] = ImagesHelper.Digest,
            },
            Gains = [new($"bytes on {mountPoint}", bytes)],
        });
    }

    public async Task<ActionOutcome> ApplyAsync(ActionRequest request, ActionPlan plan, CancellationToken cancellationToken)
    {
        var (host, mountPoint) = (machines.Of(request.Resource), Machines.MountPoint(request.Resource));
        if (plan.Parameters["program"] != ImagesHelper.Digest)
            throw new ActionFailedException(
                FailureKind.Permanent, $"This was planned by another version of {ImagesHelper.Path}; nothing was done.");
        if (!host.MayDeleteImages)
            throw new ActionFailedException(
                FailureKind.Permanent, $"The policy lets no container image be deleted on host {host.Name} any more; nothing was done.");
        // pods that were bound since it was planned need theirs
        var needed = await NeededAsync(request, host, cancellationToken);
        var answer = await RunAsync(request, plan, "free", needed, cancellationToken);
        if (answer.Has("other"))
            throw new ActionFailedException(
                FailureKind.Permanent, $"Host {host.Name} was started again, or is another one, since this was planned; nothing was done.");
        if (answer.Has("running"))
            throw new ActionFailedException(FailureKind.Unknown, $"This act is still going on on host {host.Name}.");
        var seen = ImagesState.Read(answer);
        if (seen.Doubt(host) is { } doubt)
            throw new ActionFailedException(
                answer.Has("image-gone") || seen.Helper == "failed" ? FailureKind.Unknown : FailureKind.Permanent, doubt);
        var gone = answer.Of("image-gone").Where(f => f.Count == 2).Select(f => HostAnswer.Bytes(f[0], 1)).ToList();
        var won = HostAnswer.Bytes(answer.One("after"), 1) - HostAnswer.Bytes(answer.One("before"), 1);
        return new(
            $"{gone.Count} images and dead containers of host {host.Name} are deleted, {Size(gone.Sum())} by themselves"
                + $"{(seen.Left.Count > 0 ? $"; {seen.Left.Count} were left{Reasons(seen.Left)}" : "")}{answer.Over}.")
        {
            Gains = [new($"bytes on {mountPoint}", won)],
        };
    }

    public Task<IReadOnlyDictionary<string, string>?> IdentifyAsync(
        ActionRequest request, ActionPlan plan, CancellationToken cancellationToken) =>
        machines.IdentifyAsync(request, HostTrouble.Disk, cancellationToken);

    /// <summary>By what is there. Where some are left it goes on with those: each is compared again.</summary>
    public async Task<ProbeResult> ProbeAsync(ActionRequest request, ActionPlan plan, CancellationToken cancellationToken)
    {
        var host = machines.Of(request.Resource);
        var answer = await RunAsync(request, plan, "probe", [], cancellationToken);
        if (answer.Has("other"))
            return new(ProbeAnswer.Unknown, $"Host {host.Name} was started again meanwhile, or is another one.");
        if (ImagesState.Read(answer).Doubt(host) is not null || !answer.Has("images-there"))
            return new(ProbeAnswer.Unknown, "It cannot be seen which images are left.");
        var there = HostAnswer.Number(answer.One("images-there"));
        return there == 0
            ? new(ProbeAnswer.Happened, "None of the images is there any more as it was planned.")
            : new(ProbeAnswer.DidNotHappen, $"{there} of the images are still there.");
    }

    private static Core.Resources.ResourceKey NodeOf(ActionRequest request, ManagedHost host) =>
        new(request.Resource.Cluster, Core.Resources.ResourceKinds.Node, "", host.Node);

    private async Task<string?> FailureAsync(ActionRequest request, ManagedHost host, CancellationToken cancellationToken)
    {
        var events = await api.PagesAsync<Corev1Event, Corev1EventList>(
            $"list what the kubelet of node {host.Node} says of its images", request.NotAfter, (k, from, ct) =>
                k.CoreV1.ListNamespacedEventAsync(
                    "default", fieldSelector: $"involvedObject.kind=Node,involvedObject.name={host.Node}", limit: ClusterApi.PageSize,
                    continueParameter: from, cancellationToken: ct),
            e => OwnCollection.Reasons.Contains(e.Reason), cancellationToken);
        return OwnCollection.Failure(events, api.Time.GetUtcNow().UtcDateTime, request.DurationScale);
    }

    private async Task<IReadOnlyList<string>> NeededAsync(ActionRequest request, ManagedHost host, CancellationToken cancellationToken) =>
        BoundPods.Arguments(await api.PagesAsync<V1Pod, V1PodList>(
            $"list the pods on node {host.Node}", request.NotAfter, (k, from, ct) => k.CoreV1.ListPodForAllNamespacesAsync(
                fieldSelector: $"spec.nodeName={host.Node}", limit: ClusterApi.PageSize, continueParameter: from, cancellationToken: ct),
            _ => true, cancellationToken));

    private Task<HostAnswer> RunAsync(
        ActionRequest request, ActionPlan plan, string verb, IReadOnlyList<string> needed, CancellationToken cancellationToken) =>
        RunAsync(
            request, plan.Preconditions["boot_id"], plan.Preconditions["machine_id"], verb,
            [.. plan.Parameters["plans"].Split('\n'), .. needed], cancellationToken);

    private Task<HostAnswer> RunAsync(
        ActionRequest request, string bootId, string machineId, string verb, IReadOnlyList<string> arguments,
        CancellationToken cancellationToken) =>
        machines.RunAsync(
            request, Script, cancellationToken,
            [
                Machines.MarkOf(request), bootId, machineId, ImagesHelper.Digest, verb, Machines.MountPoint(request.Resource),
                .. arguments]);

    private static IEnumerable<Change> Changes(string host, IReadOnlyList<Leftover> all)
    {
        foreach (var one in all.Take(Shown))
            yield return new(host, one.Name, Size(one.Bytes), "deleted");
        if (all.Count > Shown)
            yield return new(host, $"{all.Count - Shown} more", Size(all.Skip(Shown).Sum(i => i.Bytes)), "deleted");
    }

    private static string Count(int images, int containers) => (images, containers) switch
    {
        (_, 0) => $"{images} container images that nothing uses",
        (0, _) => $"{containers} dead containers",
        _ => $"{images} container images that nothing uses and {containers} dead containers",
    };

    private static string Reasons(IReadOnlyList<(string Name, string Why)> left) => left.Count > 0
        ? $" ({EvidenceText.OneLine(string.Join("; ", left.Take(5).Select(l => $"{l.Name} {l.Why}")), 600)})"
        : "";

    private static string Size(long bytes) => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1048576.0:0.#} MiB");
}
