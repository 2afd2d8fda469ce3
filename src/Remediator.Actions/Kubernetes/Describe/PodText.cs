using System.Globalization;
using System.Text;
using Remediator.Core.Language;
using k8s.Models;
using Remediator.Actions.Kubernetes.Pods;

namespace Remediator.Actions.Kubernetes.Describe;

/// <summary>Pods in a few lines each: where they are, and how their containers are.</summary>
internal static class PodText
{
    private const int Most = 20;

    public static void Append(StringBuilder text, IReadOnlyList<V1Pod> pods)
    {
        text.Append("pods: ").Append(pods.Count).Append('\n');
        foreach (var pod in pods.OrderByDescending(p => p.Restarts()).ThenBy(p => p.Metadata.Name, StringComparer.Ordinal).Take(Most))
        {
            text.Append("  ")
                .Append(pod.Metadata.Name)
                .Append(" on ")
                .Append(pod.Spec.NodeName ?? "no node")
                .Append(", ")
                .Append(pod.Status?.Phase);
            text.Append(pod.IsReady() ? ", ready" : ", not ready")
                .Append(pod.IsTerminating() ? ", going away" : "")
                .Append(pod.Status?.Reason is { } reason ? $", {reason}" : "")
                .Append('\n');
            foreach (var condition in pod.Status?.Conditions?.Where(
                c => c.Status != "True" && c.Reason is not (null or "ContainersNotReady"))
                ?? [])
                text.Append("    ")
                    .Append(condition.Type)
                    .Append('=')
                    .Append(condition.Status)
                    .Append(' ')
                    .Append(condition.Reason)
                    .Append(": ")
                    .Append(condition.Message)
                    .Append('\n');
            foreach (var container in pod.Containers())
                text.Append("    ")
                    .Append(pod.IsInit(container) ? "init container " : "container ")
                    .Append(container.Name)
                    .Append(": ")
                    .Append(State(container))
                    .Append('\n');
        }

        if (pods.Count > Most)
            text.Append("  (").Append(Plural.Of(pods.Count - Most, "further pod")).Append(' ').Append(Plural.Are(pods.Count - Most))
                .Append(" left out)\n");
    }

    private static string State(V1ContainerStatus container)
    {
        var now = container.State switch
        {
            { Running: not null } => container.Ready ? "running, ready" : "running, not ready",
            { Waiting: { } waiting } => $"waiting, {waiting.Reason}{(waiting.Message is { Length: > 0 } message ? $": {message}" : "")}",
            { Terminated: { } end } => $"ended, {End(end)}",
            _ => "unknown",
        };
        var before = container.LastState?.Terminated is { } last ? $"; its last run ended, {End(last)}" : "";
        return string.Create(CultureInfo.InvariantCulture, $"{now}, {Plural.Of(container.RestartCount, "restart")}{before}");
    }

    private static string End(V1ContainerStateTerminated end) => string.Create(CultureInfo.InvariantCulture,
        $"{end.Reason}, exit code {end.ExitCode}, {end.FinishedAt:yyyy-MM-ddTHH:mm:ssZ}"
            + $"{(end.Message is { Length: > 0 } message ? $": {message.ReplaceLineEndings(" ")}" : "")}");
}
