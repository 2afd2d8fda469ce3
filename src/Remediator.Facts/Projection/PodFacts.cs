using Remediator.Core.Facts;
using Remediator.Facts.Objects;

namespace Remediator.Facts.Projection;

/// <summary>One pod with what was worked out about it.</summary>
internal sealed record PodState(Pod Pod, Owner Owner, string Zone, string Revision, bool Ready, bool Crashing, bool Waiting)
{
    /// <summary>True where nothing differs but what the facts of the pod themselves tell.</summary>
    public bool IsSame(PodState other) =>
        ReferenceEquals(Pod, other.Pod) && Owner == other.Owner && Zone == other.Zone && Crashing == other.Crashing;

    public bool Finished => Pod.Status.Phase is "Succeeded" or "Failed";
}

internal static class PodFacts
{
    /// <param name="crashedSince">Restarts after this time make a container a crashing one.</param>
    public static PodState Judge(Pod pod, Owner owner, string zone, DateTimeOffset crashedSince) => new(
        pod, owner, zone, Revision(pod),
        Ready: pod.Status.Conditions.Truth("Ready") == "true",
        Crashing: AllStatuses(pod).Any(s => Crashing(s, crashedSince)),
        Waiting: AllStatuses(pod).Any(s => s.State.Waiting is { Reason: not ("" or "ContainerCreating" or "PodInitializing") }));

    public static IEnumerable<Fact> Of(PodState state, DateTimeOffset crashedSince, DateTimeOffset now)
    {
        var pod = state.Pod;
        var ready = pod.Status.Conditions.Of("Ready");
        yield return FactShapes.Pod.Make(
            ready?.LastTransitionTime ?? pod.Metadata.CreationTimestamp ?? now,
            pod.Metadata.Namespace, state.Owner.Name, state.Owner.Kind, pod.Metadata.Name, pod.Metadata.Uid, pod.Spec.NodeName, state.Zone,
            pod.Status.Phase,
            Texts.Of(state.Ready), Reason(pod), Texts.Of(pod.Metadata.DeletionTimestamp is not null), state.Revision,
            Texts.Minutes(pod.Metadata.CreationTimestamp, now), Texts.Of(state.Crashing));

        foreach (var container in pod.Spec.InitContainers)
            yield return OfContainer(state, container, pod.Status.InitContainerStatuses, init: true, crashedSince, now);
        foreach (var container in pod.Spec.Containers)
            yield return OfContainer(state, container, pod.Status.ContainerStatuses, init: false, crashedSince, now);
        foreach (var volume in state.Finished ? [] : pod.Spec.Volumes)
        {
            if (volume.PersistentVolumeClaim is { } claim)
            {
                yield return FactShapes.Mount.Make(
                    pod.Metadata.CreationTimestamp ?? now, pod.Metadata.Namespace, state.Owner.Name, state.Owner.Kind, pod.Metadata.Name,
                    claim.ClaimName, pod.Spec.NodeName, state.Zone);
            }
        }
    }

    /// <summary>
    /// True when restarts grew since then. In CrashLoopBackOff they grow by definition, though the back-off may outlast the window.
    /// </summary>
    public static bool Crashing(ContainerStatus status, DateTimeOffset since) =>
        status.RestartCount > 0
        && (status.State.Waiting?.Reason == "CrashLoopBackOff"
            || status.State.Terminated?.FinishedAt >= since
            || status.LastState.Terminated?.FinishedAt >= since
            || (status.LastState.Terminated is not null && status.State.Running?.StartedAt >= since));

    private static Fact OfContainer(
        PodState state, Container container, IReadOnlyList<ContainerStatus> statuses, bool init, DateTimeOffset crashedSince,
        DateTimeOffset now)
    {
        var status = Find(statuses, container.Name);
        var last = status?.State.Terminated ?? status?.LastState.Terminated;
        return FactShapes.Container.Make(
            status?.State.Running?.StartedAt ?? last?.FinishedAt ?? state.Pod.Metadata.CreationTimestamp ?? now,
            state.Pod.Metadata.Namespace, state.Owner.Name, state.Owner.Kind, state.Pod.Metadata.Name, container.Name,
            state.Pod.Spec.NodeName, state.Zone,
            state.Revision, Texts.Of(init), status is null ? "" : Texts.Of(status.Ready),
            status is null ? "" : Texts.Of(status.RestartCount),
            Texts.Of(status is not null && Crashing(status, crashedSince)), status?.State.Waiting?.Reason ?? "",
            last?.Reason ?? "", last is null ? "" : Texts.Of(last.ExitCode), container.Image,
            Texts.Quantity(container.Resources.Limits, "memory"), Texts.Quantity(container.Resources.Requests, "memory"),
            Texts.Quantity(container.Resources.Limits, "cpu"));
    }

    private static ContainerStatus? Find(IReadOnlyList<ContainerStatus> statuses, string name)
    {
        foreach (var status in statuses)
        {
            if (status.Name == name)
                return status;
        }

        return null;
    }

    /// <summary>Deployments' pods carry their template's hash, pods of StatefulSets and DaemonSets their controller's revision.</summary>
    private static string Revision(Pod pod) =>
        pod.Metadata.Label("pod-template-hash") is { Length: > 0 } hash ? hash : pod.Metadata.Label("controller-revision-hash");

    /// <summary>Why the pod is not well: the pod's own reason, why it was not scheduled, or the first container's.</summary>
    private static string Reason(Pod pod) =>
        pod.Status.Reason is { Length: > 0 } own ? own
        : pod.Status.Conditions.Of("PodScheduled") is { Status: "False", Reason: { Length: > 0 } unscheduled } ? unscheduled
        : AllStatuses(pod).Select(s => s.State.Waiting?.Reason).FirstOrDefault(r => !string.IsNullOrEmpty(r)) ?? "";

    private static IEnumerable<ContainerStatus> AllStatuses(Pod pod) =>
        pod.Status.InitContainerStatuses.Concat(pod.Status.ContainerStatuses);
}
