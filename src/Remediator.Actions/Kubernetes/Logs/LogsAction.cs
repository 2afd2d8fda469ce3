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
            if (lastLines.Length == 0)
                lastLines = logs.Select(l => l.LastLines(LastLines)).FirstOrDefault(l => l.Length > 0) ?? [];
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
        if (LogHints.Of(lastLines) is { } hint)
            finding = finding with { Further = new Dictionary<string, string> { ["hint"] = hint } };
        return finding.ToEvidence("Logs", text.ToString(), now) with { Values = Values(chosen, lastLines) };
    }

    private static List<(V1Pod Pod, V1ContainerStatus Container)> Choose(
        IEnumerable<V1Pod> pods, LogChoice which, DateTime now, TimeSpan window) =>
        [.. from pod in pods
            from container in pod.Containers()
            where which switch
            {
                LogChoice.Crashing => container.IsCrashing(pod, now, window),
                LogChoice.Waiting => container.Waiting().Length > 0,
                _ => true,
            }
            orderby container.IsCrashing(pod, now, window) descending, container.RestartCount descending, pod.Metadata.Name
            select (pod, container)];

    private static Dictionary<string, string> Values(List<(V1Pod, V1ContainerStatus)> chosen, string[] lastLines)
    {
        var values = PodFinding.Of(chosen).Values();
        if (lastLines.Length > 0)
        {
            values["last_log_lines"] = EvidenceText.Tail(string.Join('\n', lastLines), 2048);
            values["last_log_line"] = EvidenceText.OneLine(lastLines[^1], 400);
        }

        return values;
    }
}
