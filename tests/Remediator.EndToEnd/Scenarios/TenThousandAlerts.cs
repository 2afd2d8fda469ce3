using System.Collections.Concurrent;
using Remediator.Core.Events;
using Remediator.EndToEnd.Harness;

namespace Remediator.EndToEnd.Scenarios;

[Trait("Needs", "Cluster")]
public sealed class TenThousandAlerts
{
    private const int Deployments = 2000;
    private const int AlertsEach = 4;
    private const int Repeats = 2000;
    private const int AtOnce = 32;

    [Fact]
    public async Task AsFastAsOneClientCan_EveryAcknowledgedOne_IsInTheJournalOnce()
    {
        await using var scenario = await Scenario.StartAsync("flood");
        var space = scenario.Sandbox.Namespace;
        var since = TimeProvider.System.GetUtcNow();
        var alerts = Enumerable.Range(0, Deployments * AlertsEach)
            .Select(n => (Deployment: $"app-{n % Deployments}", Name: $"SomethingElse{n / Deployments}"))
            .ToList();
        // repeats come while the first copy may still wait, or be decided already
        var posts = alerts.Concat(alerts.Take(Repeats)).ToList();
        var acknowledged = new ConcurrentDictionary<(string, string), bool>();
        var refused = 0;
        var start = TimeProvider.System.GetTimestamp();

        await Parallel.ForEachAsync(posts,
        new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = TestContext.Current.CancellationToken },
        async (post, _) =>
        {
            // as Alertmanager does
            await scenario.AwaitAsync($"an acknowledgement of {post}", async () =>
            {
                using var answer =
                    await scenario.Engine.PostAsync(WebhookBody.Firing(since, WebhookBody.Unknown(space, post.Deployment, post.Name)));
                if (!answer.IsSuccessStatusCode)
                    Interlocked.Increment(ref refused);
                return answer.IsSuccessStatusCode;
            });
            acknowledged[post] = true;
        });

        Assert.Equal(10_000, posts.Count);
        Assert.Equal(alerts.Count, acknowledged.Count);
        TestContext.Current.TestOutputHelper!.WriteLine(
            $"{acknowledged.Count} acknowledged, {refused} refused, {TimeProvider.System.GetElapsedTime(start).TotalSeconds:0.0} s");
        await scenario.AwaitAsync("an empty inbox", scenario.IsInboxEmptyAsync, TimeSpan.FromMinutes(20));
        var journalled = (await scenario.ExportAsync())
            .OfType<AlertObserved>()
            .Select(o => (o.Alert.Labels["deployment"], o.Alert.Name))
            .ToList();
        Assert.Equal(journalled.Count, journalled.Distinct().Count());
        Assert.Equal(acknowledged.Keys.Order(), journalled.Order());
    }
}
