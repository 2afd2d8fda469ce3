using System.Net;
using System.Text;
using k8s;
using k8s.Models;
using Remediator.Actions.Kubernetes.Api;
using Remediator.Actions.Masking;
using Remediator.Core.Actions;

namespace Remediator.Actions.Kubernetes.Logs;

/// <summary>Reads the ends of one container's logs.</summary>
internal sealed class LogReader(ClusterApi api)
{
    /// <summary>The most that is kept of one log, and the most that is read to get at its end.</summary>
    private const int Kept = 16 * 1024;
    private const int MostRead = 4 * 1024 * 1024;

    /// <summary>With these a kubelet answers as if it were the log, once the runtime has forgotten the container.</summary>
    private const string NotThere = "unable to retrieve container logs for ";

    /// <summary>The run that ended badly first.</summary>
    public async Task<IReadOnlyList<ContainerLog>> ReadAsync(
        ActionRequest request, V1Pod pod, V1ContainerStatus container, CancellationToken cancellationToken)
    {
        // while a container waits to be started again, its log is that of its last run
        var betweenRuns = container.State?.Running is null;
        List<ContainerLog> logs = [];
        if (((LogsInput)request.Input).Previous && !betweenRuns && container.LastState?.Terminated is not null)
            logs.Add(await ReadAsync(request, pod, container, "the run before", true, cancellationToken));
        logs.Add(await ReadAsync(request, pod, container, betweenRuns ? "last run" : "present run", false, cancellationToken));
        return logs;
    }

    private async Task<ContainerLog> ReadAsync(
        ActionRequest request, V1Pod pod, V1ContainerStatus container, string run, bool previous, CancellationToken cancellationToken)
    {
        var (space, name, lines) = (request.Resource.Namespace, pod.Metadata.Name, ((LogsInput)request.Input).Lines);
        try
        {
            var end =
                await api.ReadAsync($"read the log of container {container.Name} of pod {space}/{name}", request.NotAfter, async (k, ct) =>
            {
                await using var stream = await k.CoreV1.ReadNamespacedPodLogAsync(
                    name, space, container.Name, previous: previous, tailLines: lines, cancellationToken: ct);
                return await EndOfAsync(stream, ct);
            }, cancellationToken);
            return end.Length == 0 ? new(run, "(empty)", true)
                : end.StartsWith(NotThere, StringComparison.Ordinal) && end.TrimEnd().IndexOfAny(['\n', ' '], NotThere.Length) < 0
                    ? new(run, $"({EvidenceText.OneLine(end, 200)})", true) { IsUnread = true }
                : new(run, EvidenceText.Tail(end, Kept), false);
        }
        catch (ActionFailedException e) when (e.Status() is HttpStatusCode.BadRequest or HttpStatusCode.NotFound)
        {
            return new(run, "(no log)", true);
        }
        catch (ActionFailedException e)
        {
            return new(run, $"({e.Message})", true) { IsUnread = true };
        }
    }

    private static async Task<string> EndOfAsync(Stream stream, CancellationToken cancellationToken)
    {
        var end = new byte[2 * Kept];
        var (used, total, cut) = (0, 0, false);
        while (total < MostRead && await stream.ReadAsync(end.AsMemory(used), cancellationToken) is var count and > 0)
        {
            total += count;
            used += count;
            if (used < end.Length)
                continue;

            end.AsSpan(Kept).CopyTo(end);
            used = Kept;
            cut = true;
        }

        var start = cut ? Math.Max(0, Array.IndexOf(end, (byte)'\n', 0, used) + 1) : 0;
        return Encoding.UTF8.GetString(end.AsSpan(start, used - start));
    }
}
