using System.Text;
using Remediator.Actions.Kubernetes.Api;
using Remediator.Actions.Kubernetes.Pods;
using Remediator.Actions.Kubernetes.Workloads;
using Remediator.Actions.Masking;
using Remediator.Core.Actions;
using Remediator.Core.Resources;
using k8s.Models;

namespace Remediator.Actions.Kubernetes.Logs;

/// <summary>Keeps the ends of the logs of the containers that are worst off.</summary>
internal sealed class LogsAction(ClusterApi api, WorkloadReader workloads) : IReadAction
{
    private const int MostContainers = 6;
    private const int LastLines = 10;

    /// <summary>What went wrong comes before the traces of the stack that tell where.</summary>
    private const int LinesForHints = 60;

    private readonly LogReader _logs = new(api);

    public ActionDescriptor Descriptor { get; } = new()
    {
        Name = "kubernetes.logs",
        Class = ActionClass.Read,
        Input = typeof(LogsInput),
        Summary = "Records the last lines of the containers' logs, including those of the previous run.",
        Kinds = ResourceKinds.WithPods,
        Permissions = LogsPermissions.All,
    };

    public async Task<Evidence> ReadAsync(ActionRequest request, CancellationToken cancellationToken)
    {
        var input = (LogsInput)request.Input;
        var now = api.Time.GetUtcNow();
        var pods = await workloads.PodsAsync(request.Resource, request.NotAfter, cancellationToken);
        var chosen = Choose(pods, input.Which, now.UtcDateTime, request.CrashWindow());

        var text = new StringBuilder();
        string[] lastLines = [];
        HashSet<string> kept = new(StringComparer.Ordinal), lost = new(StringComparer.Ordinal);
        foreach (var (pod, container) in chosen.Take(MostContainers))
        {
            var logs = await _logs.ReadAsync(request, pod, container, cancellationToken);
            foreach (var log in logs)
                text.Append("== pod ")
                    .Append(pod.Metadata.Name)
                    .Append(", container ")
                    .Append(container.Name)
                    .Append(", ")
                    .Append(log.Run)
                    .Append('\n')
                    .Append(log.Text.TrimEnd())
                    .Append("\n\n");
            if (input.Which is LogChoice.Failed && KeptLogs.Owner(pod) is { } owner)
                (logs.Any(l => l.IsUnread) ? lost : kept).Add(owner);
            if (lastLines.Length == 0)
                lastLines = logs.Select(l => l.LastLines(LinesForHints)).FirstOrDefault(l => l.Length > 0) ?? [];
        }

        if (chosen.Count == 0)
            text.Append("No container of ")
                .Append(request.Resource.Display)
                .Append(" is ")
                .Append(input.Which is LogChoice.All ? "there" : input.Which.ToString().ToLowerInvariant())
                .Append(" now.\n");
        if (chosen.Count > MostContainers)
            text.Append("The logs of ").Append(chosen.Count - MostContainers).Append(" further containers are left out.\n");
        var finding = PodFinding.Of(chosen);
        var hint = LogHint.Of(lastLines);
        // what memory has ended waits for nobody
        var server = hint?.Name is "dependency" or "credentials" && finding.Reason != "OOMKilled"
            ? LogHint.ServerIn(lastLines, request.Resource.Namespace)
            : "";
        finding = finding with { Further = Further(hint, server, [.. kept.Except(lost)]) };
        return finding.ToEvidence("Logs", text.ToString(), now) with { Values = Values(finding, hint, lastLines) };
    }

    private static List<(V1Pod Pod, V1ContainerStatus Container)> Choose(
        IEnumerable<V1Pod> pods, LogChoice which, DateTime now, TimeSpan window) =>
        which is LogChoice.Failed
            ? KeptLogs.Failed(pods)
            : [.. from pod in pods
                from container in pod.Containers()
                where which switch
                {
                    LogChoice.Crashing => container.IsCrashing(pod, now, window),
                    LogChoice.Waiting => container.Waiting().Length > 0,
                    _ => true,
                }
                // of pods that only do not get ready, those that do would tell nothing
                orderby container.IsCrashing(pod, now, window) descending, pod.IsReady(), container.Ready,
                    container.RestartCount descending, pod.Metadata.Name
                select (pod, container)];

    private static Dictionary<string, string> Further(LogHint? hint, string server, IReadOnlyCollection<string> kept)
    {
        Dictionary<string, string> labels = new(StringComparer.Ordinal);
        if (hint is not null)
            labels["hint"] = hint.Name;
        if (server.Length > 0)
            labels["waits_for"] = $"server {server}";
        if (kept.Count > 0)
            labels[KeptLogs.Label] = KeptLogs.Text(kept);
        return labels;
    }

    private static Dictionary<string, string> Values(PodFinding finding, LogHint? hint, string[] lastLines)
    {
        var values = finding.Values();
        if (hint is not null)
            values["hint_line"] = EvidenceText.OneLine(hint.Line, 300);
        if (lastLines.Length > 0)
        {
            values["last_log_lines"] = EvidenceText.Tail(string.Join('\n', lastLines.TakeLast(LastLines)), 2048);
            values["last_log_line"] = EvidenceText.OneLine(lastLines[^1], 400);
        }

        return values;
    }
}
