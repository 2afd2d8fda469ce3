using Remediator.Core.Facts;
using Remediator.Facts.Objects;

namespace Remediator.Facts.Projection;

internal static class PodFacts
{
    public static IEnumerable<Fact> Of(PodState state, TimeSpan window, DateTimeOffset now)
    {
        var pod = state.Pod;
        var ready = pod.Status.Conditions.Of("Ready");
        yield return FactShapes.Pod.Make(
            ready?.LastTransitionTime ?? pod.Metadata.CreationTimestamp ?? now,
            pod.Metadata.Namespace, state.Owner.Name, state.Owner.Kind, pod.Metadata.Name, pod.Metadata.Uid, pod.Spec.NodeName, state.Zone,
            pod.Status.Phase,
            Texts.Of(state.Ready), Reason(pod), Texts.Of(pod.Metadata.DeletionTimestamp is not null), state.Revision,
            Texts.Minutes(pod.Metadata.CreationTimestamp, now), Texts.Of(state.Crashing), Texts.Of(state.Starting),
            Texts.Minutes(state.CrashingSince, now),
            Texts.Of(PodEnds.IsByNode(pod.Status.Phase, pod.Status.Reason, pod.Status.Message)), Gate(pod), UnreadySidecar(state),
            Texts.Minutes(state.UnreadySince, now), Texts.Minutes(pod.Metadata.DeletionTimestamp, now));

        foreach (var container in pod.Spec.InitContainers)
            yield return OfContainer(state, container, pod.Status.InitContainerStatuses, init: true, window, now);
        foreach (var container in pod.Spec.Containers)
            yield return OfContainer(state, container, pod.Status.ContainerStatuses, init: false, window, now);
        foreach (var volume in state.Finished ? [] : pod.Spec.Volumes)
        {
            var (claim, server) = (volume.PersistentVolumeClaim?.ClaimName ?? "", volume.Nfs is { } nfs ? StorageServer.Of(nfs) : "");
            if (claim.Length > 0 || server.Length > 0)
            {
                yield return FactShapes.Mount.Make(
                    pod.Metadata.CreationTimestamp ?? now, pod.Metadata.Namespace, state.Owner.Name, state.Owner.Kind, pod.Metadata.Name,
                    claim, pod.Spec.NodeName, state.Zone, server);
            }
        }
    }

    private static Fact OfContainer(
        PodState state, Container container, IReadOnlyList<ContainerStatus> statuses, bool init, TimeSpan window, DateTimeOffset now)
    {
        var status = Find(statuses, container.Name);
        var last = status?.State.Terminated ?? status?.LastState.Terminated;
        return FactShapes.Container.Make(
            status?.State.Running?.StartedAt ?? last?.FinishedAt ?? state.Pod.Metadata.CreationTimestamp ?? now,
            state.Pod.Metadata.Namespace, state.Owner.Name, state.Owner.Kind, state.Pod.Metadata.Name, container.Name,
            state.Pod.Spec.NodeName, state.Zone,
            state.Revision, Texts.Of(init), status is null ? "" : Texts.Of(status.Ready),
            status is null ? "" : Texts.Of(status.RestartCount),
            Texts.Of(status is not null && !state.IsOver && PodState.Runs(state.Pod, status).IsCrashing(now, window)),
            state.IsOver ? "" : status?.State.Waiting?.Reason ?? "",
            last?.Reason ?? "", last is null ? "" : Texts.Of(last.ExitCode), container.Image,
            Texts.Quantity(container.Resources.Limits, "memory"), Texts.Quantity(container.Resources.Requests, "memory"),
            Texts.Quantity(container.Resources.Limits, "cpu"), Kind(state, container, init), Missing(state, status));
    }

    /// <summary>The object without which it cannot be made.</summary>
    private static string Missing(PodState state, ContainerStatus? status) =>
        !state.IsOver && status?.State.Waiting is { Reason: "CreateContainerConfigError" } waiting
            ? MissingObjects.In(waiting.Message)
            : "";

    private static string Kind(PodState state, Container container, bool init) =>
        state.Injected.Contains(container.Name) ? "injected" : PodState.IsSidecar(container) && init ? "sidecar" : init ? "init" : "main";

    private static ContainerStatus? Find(IReadOnlyList<ContainerStatus> statuses, string name)
    {
        foreach (var status in statuses)
        {
            if (status.Name == name)
                return status;
        }

        return null;
    }

    /// <summary>Why the pod is not well: the pod's own reason, why it was not scheduled, or the first container's.</summary>
    private static string Reason(Pod pod) =>
        pod.Status.Reason is { Length: > 0 } own ? own
        : pod.Status.Conditions.Of("PodScheduled") is { Status: "False", Reason: { Length: > 0 } unscheduled } ? unscheduled
        : AllStatuses(pod).Select(s => s.State.Waiting?.Reason).FirstOrDefault(r => !string.IsNullOrEmpty(r)) ?? "";

    /// <summary>The first readiness gate that holds it back: its containers are ready, and nobody has set the gate's condition.</summary>
    private static string Gate(Pod pod) =>
        pod.Status.Conditions.Truth("ContainersReady") == "true" && pod.Status.Conditions.Truth("Ready") != "true"
            ? pod.Spec.ReadinessGates.Select(g => g.ConditionType).FirstOrDefault(g => pod.Status.Conditions.Truth(g) != "true") ?? ""
            : "";

    /// <summary>The first container that is not ready, where all such are sidecars or were injected.</summary>
    private static string UnreadySidecar(PodState state)
    {
        if (state.Ready || state.IsOver)
            return "";
        var sidecars = state.Pod.Spec.InitContainers.Where(PodState.IsSidecar).Select(c => c.Name).Concat(state.Injected).ToHashSet();
        var unready = state.Pod.Spec.InitContainers.Where(PodState.IsSidecar).Concat(state.Pod.Spec.Containers)
            .Where(c => (Find(state.Pod.Status.ContainerStatuses, c.Name) ?? Find(state.Pod.Status.InitContainerStatuses, c.Name))
                is not { Ready: true })
            .Select(c => c.Name)
            .ToList();
        return unready.Count > 0 && unready.TrueForAll(sidecars.Contains) ? unready[0] : "";
    }

    private static IEnumerable<ContainerStatus> AllStatuses(Pod pod) =>
        pod.Status.InitContainerStatuses.Concat(pod.Status.ContainerStatuses);
}
