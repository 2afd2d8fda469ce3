using k8s.Models;
using Remediator.Actions.Masking;
using Remediator.Core.Facts;

namespace Remediator.Actions.Kubernetes.Pods;

/// <summary>What holds a workload's pods back or ends them, from their status and their events.</summary>
internal static class Diagnosis
{
    private static readonly TimeSpan Near = TimeSpan.FromMinutes(5);

    /// <summary>Of several, what the registry or the node says tells more than that something could not be reached.</summary>
    private static readonly string[] PullFailures = ["platform", "node", "rate-limit", "credentials", "unreachable", "not-found"];

    /// <param name="pods">Live ones.</param>
    /// <param name="events">Null where no events were read: then only what the status proves is said.</param>
    public static Dictionary<string, string> Of(IReadOnlyList<V1Pod> pods, IReadOnlyList<Corev1Event>? events)
    {
        var labels = new Dictionary<string, string>(StringComparer.Ordinal);
        var pulls = pods.SelectMany(p => PullErrors(p, events ?? [])).ToList();
        // a fault that passes may hide the registry's answer, so that beside one nothing is certain
        var passing = pulls.Exists(KubeletMessages.IsPullTransient);
        var invalid = pods.SelectMany(p => p.Containers()).Any(c => c.Waiting() == "InvalidImageName");
        Say(labels, "image_not_found", invalid || (!passing && pulls.Exists(KubeletMessages.IsImageNotFound)), events);
        Say(labels, "pull_transient", !invalid && passing, events);
        if (pulls.Exists(KubeletMessages.IsWrongPlatform))
            labels["wrong_platform"] = "true";
        var failures = pulls.Select(KubeletMessages.PullFailure).ToHashSet(StringComparer.Ordinal);
        if (Array.Find(PullFailures, failures.Contains) is { } failure)
            labels["pull_failure"] = failure;
        if (pods.Select(NotPulled).FirstOrDefault(i => i is not null) is { } image)
            labels["image"] = image;
        if (PullWords.Of(labels, invalid, pulls.Count > 0 ? Told(pods, events) : null) is { } says)
            labels["pull_says"] = says;
        if (OutOfMemory.In(pods) is { } oom)
            oom.Say(labels);
        Say(labels, "killed_by_probe", events is not null && pods.Any(p => KilledByProbe(p, events)), events);
        if (pods.SelectMany(p => HeldBack(p, events ?? [])).Select(MissingObjects.In).FirstOrDefault(m => m.Length > 0)
            is { } missing)
            labels["missing_object"] = missing;
        if (Told(pods, events) is { } said)
        {
            labels["message"] = said;
            if (KubeletMessages.IsRefusedByKubelet(said))
                labels["refused_by_kubelet"] = "true";
        }

        return labels;
    }

    /// <summary>That it is tried again says nothing of the reason, which events may tell.</summary>
    private static string? Told(IReadOnlyList<V1Pod> pods, IReadOnlyList<Corev1Event>? events)
    {
        var words = pods.SelectMany(p => HeldBack(p, events ?? [])).Where(w => w.Length > 0).ToList();
        return words.Find(w => !IsOfWaiting(w)) ?? (events is null ? null : words.FirstOrDefault());
    }

    /// <summary>What is in the way of pods, from their events too.</summary>
    /// <param name="known">Facts of the workload.</param>
    public static Dictionary<string, string> Of(
        IReadOnlyList<V1Pod> pods, IReadOnlyList<Corev1Event> events, FactView known, DateTime now)
    {
        var labels = Of(pods, events);
        if ((Blocking.Of(pods, events, now) ?? Blocking.NotEnding(known.Named("pod"))) is { } blocking)
        {
            labels["blocked_by"] = blocking.By;
            labels["blocked"] = blocking.Sentence;
            if (blocking.Object.Length > 0)
                labels["blocking_object"] = blocking.Object;
            if (blocking.Shared.Length > 0)
                labels["waits_for"] = blocking.Shared;
            if (!labels.ContainsKey("message")
                && pods.SelectMany(p => p.Status?.Conditions ?? []).FirstOrDefault(
                    c => c is { Type: "PodScheduled", Status: "False" })?.Message is { Length: > 0 } unscheduled)
                labels["message"] = unscheduled;
        }

        if (ProbeFailure(pods, events) is { } failure)
            labels["probe_failure"] = failure;
        if (WayBack.Of(known) is { } back)
            labels["way_back"] = back;
        if (WayBack.NotBlamed(known) is { } notBlamed)
            labels["not_blamed"] = notBlamed;
        foreach (var autoscaler in known.Named("hpa"))
        {
            if (autoscaler["at_maximum"] == "true")
                labels["autoscaler"] =
                    $"autoscaler {autoscaler["horizontalpodautoscaler"]} is at its maximum of {autoscaler["max"]} replicas";
            if (autoscaler["why_not"] is { Length: > 0 } whyNot)
                labels["autoscaler_why_not"] = EvidenceText.OneLine(whyNot, 300);
        }

        if (NodeOf(known.Named("pod")) is { } node)
            labels["node"] = node;
        foreach (var label in new[] { "gate", "unready_sidecar" })
        {
            if (known.Named("pod").Select(p => p[label]).FirstOrDefault(v => v.Length > 0) is { } held)
                labels[label] = held;
        }

        return labels;
    }

    /// <summary>The one node on which what fails is: what crashes, or else what is not ready.</summary>
    private static string? NodeOf(IReadOnlyList<Fact> pods)
    {
        var there = pods.Where(p => p["terminating"] != "true" && p["phase"] is "Pending" or "Running" && p["node"].Length > 0).ToList();
        var failing = there.Where(p => p["crashing"] == "true").ToList() is { Count: > 0 } crashing
            ? crashing
            : there.Where(p => p["ready"] != "true");
        return failing.Select(p => p["node"]).Distinct().ToList() is [var only] ? only : null;
    }

    private static void Say(Dictionary<string, string> labels, string label, bool value, IReadOnlyList<Corev1Event>? events)
    {
        if (value || events is not null)
            labels[label] = value ? "true" : "false";
    }

    /// <summary>The image that a container of it waits for.</summary>
    private static string? NotPulled(V1Pod pod) =>
        pod.Containers().FirstOrDefault(c => c.Waiting() is
            "ErrImagePull" or "ImagePullBackOff" or "RegistryUnavailable" or "InvalidImageName" or "ErrImageNeverPull") is { } waiting
            ? (pod.Spec?.Containers ?? []).Concat(pod.Spec?.InitContainers ?? []).FirstOrDefault(c => c.Name == waiting.Name)?.Image
            : null;

    /// <summary>What the newest failed probe of a pod that is not ready has said.</summary>
    private static string? ProbeFailure(IReadOnlyList<V1Pod> pods, IReadOnlyList<Corev1Event> events) =>
        pods.Where(p => !p.IsReady() && !p.IsOver()).SelectMany(p => Of(p, events))
            .Where(e => e.Reason == "Unhealthy" && !string.IsNullOrEmpty(e.Message))
            .MaxBy(ResourceEvents.At) is { } probe
            ? EvidenceText.OneLine(probe.Message, 300)
            : null;

    private static IEnumerable<string> PullErrors(V1Pod pod, IReadOnlyList<Corev1Event> events)
    {
        var waiting = pod.Containers().Where(c => c.Waiting() is "ErrImagePull" or "ImagePullBackOff" or "RegistryUnavailable").ToList();
        return waiting.Count == 0
            ? []
            : [
                .. waiting.Select(c => c.State.Waiting.Message ?? ""),
                .. Of(pod, events).Where(e => e.Reason is "Failed" or "FailedToPull").Select(e => e.Message ?? "")];
    }

    private static IEnumerable<string> HeldBack(V1Pod pod, IReadOnlyList<Corev1Event> events)
    {
        var waiting = pod.Containers().Where(c => c.State?.Waiting is not null && c.Waiting() != "CrashLoopBackOff").ToList();
        return waiting.Count == 0
            ? []
            : [
                .. waiting.Select(c => c.State.Waiting.Message ?? ""),
                .. Of(pod, events).Where(e => e.Type == "Warning").Reverse().Select(e => e.Message ?? "")];
    }

    private static bool IsOfWaiting(string message) =>
        message.StartsWith("Back-off ", StringComparison.Ordinal) && !message.Contains(": ", StringComparison.Ordinal);

    /// <summary>
    /// The kubelet says so, or a liveness probe failed shortly before a container ended by a signal, which a process may answer by ending
    /// as if it were done. An OOM kill is a signal too.
    /// </summary>
    private static bool KilledByProbe(V1Pod pod, IReadOnlyList<Corev1Event> events)
    {
        var ends = pod.Containers()
            .Select(c => c.LastEnd())
            .OfType<V1ContainerStateTerminated>()
            .Where(e => e.Reason != "OOMKilled" && e.FinishedAt is not null)
            .ToList();
        return Of(pod, events).Any(e =>
            ends.Any(end => (ResourceEvents.At(e) - end.FinishedAt!.Value).Duration() < Near
                && ((e.Reason == "Killing" && KubeletMessages.IsProbeKill(e.Message ?? ""))
                    || (e.Reason == "Unhealthy" && KubeletMessages.IsProbeFailure(e.Message ?? "") && end.ExitCode is 137 or 143 or 0))));
    }

    private static IEnumerable<Corev1Event> Of(V1Pod pod, IReadOnlyList<Corev1Event> events) =>
        events.Where(e => e.InvolvedObject?.Uid == pod.Metadata.Uid);
}
