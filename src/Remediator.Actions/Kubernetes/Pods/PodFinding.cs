using System.Globalization;
using k8s.Models;
using Remediator.Actions.Masking;
using Remediator.Core.Actions;
using Remediator.Core.Facts;

namespace Remediator.Actions.Kubernetes.Pods;

/// <summary>What the container that is worst off says of itself.</summary>
internal sealed record PodFinding
{
    public static PodFinding None { get; } = new();

    public string Pod { get; init; } = "";
    public string Container { get; init; } = "";
    /// <summary>Why it waits, where its image or configuration holds it back; else how its last run ended.</summary>
    public string Reason { get; init; } = "";
    public string ExitCode { get; init; } = "";
    /// <summary>How long it ran until memory ended it; null where something else did, or where that is not known.</summary>
    public TimeSpan? OomAfter { get; init; }
    /// <summary>Labels of the evidence that only some actions can tell.</summary>
    public IReadOnlyDictionary<string, string> Further { get; init; } = new Dictionary<string, string>();

    /// <param name="containers">Worst first.</param>
    public static PodFinding Of(IReadOnlyList<(V1Pod Pod, V1ContainerStatus Container)> containers)
    {
        if (containers.Count == 0)
            return None;

        var (pod, container) = containers[0];
        var end = container.LastEnd();
        return new()
        {
            Pod = pod.Metadata.Name,
            Container = container.Name,
            Reason = container.Waiting() is { Length: > 0 } waiting and not "CrashLoopBackOff"
                ? waiting
                : end?.Reason ?? container.Waiting(),
            ExitCode = end?.ExitCode.ToString(CultureInfo.InvariantCulture) ?? "",
            OomAfter = end is { Reason: "OOMKilled", StartedAt: { Year: > 1970 } began } && end.FinishedAt > began
                ? end.FinishedAt - began
                : null,
        };
    }

    public Dictionary<string, string> Values()
    {
        var values = new Dictionary<string, string>(Further, StringComparer.Ordinal);
        foreach (var (key, value) in new[] { ("pod", Pod), ("container", Container), ("reason", Reason), ("exit_code", ExitCode) })
        {
            if (value.Length > 0)
                values[key] = EvidenceText.OneLine(value, 400);
        }

        if (OomAfter is { } after)
            values["oom_after_seconds"] = after.TotalSeconds.ToString("0", CultureInfo.InvariantCulture);
        return values;
    }

    /// <param name="text">Bounded and masked already.</param>
    public Evidence ToEvidence(string title, string text, DateTimeOffset now)
    {
        var values = Values();
        return new(title, text) { Values = values, Facts = values.Count == 0 ? [] : [new Fact("evidence", values, now)] };
    }
}
