using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;
using Remediator.Core.Alerts;
using Remediator.Crash.Tests.Histories;
using Remediator.Crash.Tests.Plans;

namespace Remediator.Crash.Tests.Runs;

/// <summary>
/// Posts as Alertmanager does: a group for each namespace, when it changes and again from time to time. The same body is tried for some
/// time, then it is made anew from what fires now; only what was answered with 200 counts as taken in.
/// </summary>
internal sealed class Alertmanager(AlertSource source, CrashPlan plan, Func<HttpClient?> webhook, TimeSpan lag, TimeProvider time)
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Retry = TimeSpan.FromMilliseconds(150);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan SameBody = TimeSpan.FromSeconds(6);

    private readonly ConcurrentDictionary<string, IReadOnlyList<FiredAlert>> _told = new(StringComparer.Ordinal);

    public ConcurrentQueue<AcceptedAlert> Accepted { get; } = [];

    /// <summary>Everything there is to tell was taken in.</summary>
    public bool IsIdle => plan.Resources.All(r => source.Of(r.Name).SequenceEqual(_told.GetValueOrDefault(r.Name, [])));

    public Task RunAsync(CancellationToken stopping) => Task.WhenAll(plan.Resources.Select(r => TellAsync(r.Name, stopping)));

    private async Task TellAsync(string space, CancellationToken stopping)
    {
        var toldAt = time.GetTimestamp();
        try
        {
            while (true)
            {
                await Task.Delay(Look, time, stopping);
                var now = source.Of(space);
                var before = _told.GetValueOrDefault(space, []);
                var isNews = !now.SequenceEqual(before);
                if (!isNews && (time.GetElapsedTime(toldAt) < plan.RepeatEvery || !now.Any(a => a.EndsAt is null)))
                    continue;

                await Task.Delay(lag, time, stopping);
                if (!await PostAsync([.. now.Where(a => a.EndsAt is null || !before.Contains(a))], stopping))
                    continue;

                _told[space] = now;
                toldAt = time.GetTimestamp();
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // the run is over
        }
    }

    /// <returns>False when it was not taken for so long that it has grown old.</returns>
    private async Task<bool> PostAsync(IReadOnlyList<FiredAlert> group, CancellationToken stopping)
    {
        var began = time.GetTimestamp();
        var body = Body(group);
        for (var copy = 0; copy < plan.Copies; copy++)
        {
            while (!await TryPostAsync(body, stopping))
            {
                if (time.GetElapsedTime(began) > SameBody)
                    return false;

                await Task.Delay(Retry, time, stopping);
            }

            foreach (var alert in group)
                Accepted.Enqueue(new(
                    alert.Fingerprint, alert.StartsAt, alert.EndsAt is null ? AlertStatus.Firing : AlertStatus.Resolved,
                    $"{alert.Namespace}/{alert.Pod}"));
        }

        return true;
    }

    private async Task<bool> TryPostAsync(byte[] body, CancellationToken stopping)
    {
        if (webhook() is not { } client)
            return false;

        using var patience = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        patience.CancelAfter(Patience);
        try
        {
            using var content = new ByteArrayContent(body) { Headers = { ContentType = new("application/json") } };
            using var answer = await client.PostAsync("/api/v1/alerts/alertmanager", content, patience.Token);
            return answer.StatusCode is HttpStatusCode.OK;
        }
        catch (Exception e) when (
            e is HttpRequestException or ObjectDisposedException || (e is OperationCanceledException && !stopping.IsCancellationRequested))
        {
            return false;
        }
    }

    private static byte[] Body(IReadOnlyList<FiredAlert> group) => JsonSerializer.SerializeToUtf8Bytes(new
    {
        version = "4",
        groupKey = $"{{}}:{{namespace=\"{group[0].Namespace}\"}}",
        truncatedAlerts = 0,
        status = group.Any(a => a.EndsAt is null) ? "firing" : "resolved",
        receiver = "remediator",
        groupLabels = new { },
        commonLabels = new { },
        commonAnnotations = new { },
        externalURL = "http://alertmanager:9093",
        alerts = group.Select(a => new
        {
            status = a.EndsAt is null ? "firing" : "resolved",
            labels = new Dictionary<string, string>
            {
                ["alertname"] = "KubePodCrashLooping",
                ["container"] = "app",
                ["job"] = "kube-state-metrics",
                ["namespace"] = a.Namespace,
                ["pod"] = a.Pod,
                ["severity"] = "warning",
            },
            annotations = new { },
            startsAt = a.StartsAt,
            endsAt = a.EndsAt ?? default,
            generatorURL = "http://prometheus:9090/graph",
            fingerprint = a.Fingerprint,
        }),
    });
}
