using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using k8s.Models;
using Remediator.EndToEnd.Harness;

namespace Remediator.EndToEnd.Scenarios;

/// <summary>
/// Three replicas as they ship, 200 alerts a second, and every 20 s one of them dies. A nightly run goes on for five minutes.
/// </summary>
[Trait("Needs", "Cluster")]
[Collection(nameof(Installation))]
public sealed class ReplicasUnderFire
{
    private const int Body = 50;
    private const int Names = 2000;

    private static readonly TimeSpan BetweenBodies = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan BetweenKills = TimeSpan.FromSeconds(20);
    private static readonly int Kills = Environment.GetEnvironmentVariable("REMEDIATOR_TEST_NIGHTLY") is { Length: > 0 } ? 15 : 2;

    private readonly ConcurrentDictionary<string, bool> _accepted = new();
    private readonly DateTimeOffset _began = TimeProvider.System.GetUtcNow();
    private int _posts;
    private int _putOff;

    [Fact]
    public async Task LoseNothing_DoubleNothing_AndRepairWhatCrashesMeanwhile()
    {
        await using var sandbox = await Sandbox.CreateAsync("fire");
        await using var installation = await Installation.CreateAsync(sandbox, "replicas");
        var apps = Enumerable.Range(0, Kills).Select(i => $"api{i}").ToList();
        foreach (var app in apps)
            await sandbox.CreateAsync(Workloads.Spoilable(app, replicas: 2));
        foreach (var app in apps)
            await sandbox.AwaitReadyAsync(app);
        var before = new Dictionary<string, V1Pod>();
        using var over = new CancellationTokenSource();
        var load = LoadAsync(installation, sandbox.Namespace, over.Token);

        foreach (var app in apps)
        {
            var victim = (await sandbox.PodsAsync(app))[0];
            before[app] = (await sandbox.PodsAsync(app))[1];
            await sandbox.SpoilAsync(victim);
            await DeliverAsync(installation, [FiredAlerts.PodCrashLooping(await sandbox.AwaitCrashingPodAsync(app))]);
            await KillOneAsync(installation);
            await Task.Delay(BetweenKills, TestContext.Current.CancellationToken);
        }

        await over.CancelAsync();
        await load;
        Say($"{_posts} deliveries of {Body} alerts were answered with 200, {_putOff} were put off and came again; "
            + $"{_accepted.Count} different alerts");
        await installation.AwaitAsync("three ready again", async () =>
            (await installation.PodsAsync()).Count == 3 && Sandbox.IsWhole(await installation.DeploymentAsync()));
        foreach (var app in apps)
        {
            await installation.AwaitAsync($"the repair of {app}", async () => (await OfAsync(installation, app)).Contains("verified"));
            await sandbox.AwaitReadyAsync(app);
            Assert.Equal(["verified"], await OfAsync(installation, app));
            Assert.Contains(before[app].Uid(), (await sandbox.PodsAsync(app)).Select(p => p.Uid()));
        }

        await installation.AwaitAsync(
            "an incident of every alert that was answered with 200", async () => (await MissingAsync(installation)).Count == 0);
        Assert.StartsWith("ok: ", (await installation.VerbAsync("audit", "verify")).Output, StringComparison.Ordinal);
    }

    private async Task<IReadOnlyList<string>> MissingAsync(Installation installation) =>
        [.. _accepted.Keys.Except((await installation.IncidentsAsync(10_000)).Select(i => i.GetProperty("name").GetString()!))];

    private static async Task<IReadOnlyList<string>> OfAsync(Installation installation, string app) =>
        [.. (await installation.IncidentsAsync(10_000))
            .Where(i => i.GetProperty("name").GetString() == app)
            .Select(i => i.GetProperty("status").GetString()!)];

    private static async Task KillOneAsync(Installation installation)
    {
        // the one that leads, so that everything has to be taken over
        IReadOnlyList<V1Pod> pods = [];
        await installation.AwaitAsync("a pod that is ready", async () => (pods = await installation.PodsAsync()).Count > 0);
        var victim = await LeaderAsync(installation, pods) ?? pods[0];
        await installation.KillAsync(victim);
        var killed = Stopwatch.GetTimestamp();
        await installation.AwaitAsync(
            "another replica that leads",
            async () => await LeaderAsync(
                installation,
                [
                    .. pods.Where(p => p != victim),
                    .. (await installation.PodsAsync()).ExceptBy(pods.Select(p => p.Uid()), p => p.Uid())]) is not null);
        Say($"{victim.Name()} led and was killed; another led after {Stopwatch.GetElapsedTime(killed).TotalSeconds:0.0} s");
    }

    private static async Task<V1Pod?> LeaderAsync(Installation installation, IReadOnlyList<V1Pod> pods)
    {
        foreach (var pod in pods)
        {
            try
            {
                if (await installation.MetricAsync(pod, "remediator_leads") == 1)
                    return pod;
            }
            catch (Exception e)
                when (e is NotThereYetException or HttpRequestException or TaskCanceledException { InnerException: TimeoutException })
            {
                // it has just been killed, or starts
            }
        }

        return null;
    }

    private async Task LoadAsync(Installation installation, string space, CancellationToken over)
    {
        using var timer = new PeriodicTimer(BetweenBodies);
        var deliveries = new List<Task>();
        for (var first = 0; !over.IsCancellationRequested; first = (first + Body) % Names)
        {
            var names = Enumerable.Range(first, Body).Select(i => $"unknown-{i}").ToList();
            deliveries.Add(AcceptAsync(installation, space, names));
            await timer.WaitForNextTickAsync(TestContext.Current.CancellationToken);
        }

        await Task.WhenAll(deliveries);
    }

    private async Task AcceptAsync(Installation installation, string space, IReadOnlyList<string> names)
    {
        await DeliverAsync(installation, [.. names.Select(n => WebhookBody.Unknown(space, n))]);
        foreach (var name in names)
            _accepted[name] = true;
    }

    /// <summary>As a Service and Alertmanager do: to any that is ready, and again until one takes it.</summary>
    private async Task DeliverAsync(Installation installation, IReadOnlyList<IReadOnlyDictionary<string, string>> alerts)
    {
        while (true)
        {
            var pods = await Wait.ForAsync(
                "an answer of the API server", async () => await installation.PodsAsync(), TestContext.Current.CancellationToken);
            if (pods.Count > 0
                && await installation.TryPostAsync(pods[Random.Shared.Next(pods.Count)], _began, alerts) is HttpStatusCode.OK)
            {
                Interlocked.Increment(ref _posts);
                return;
            }

            Interlocked.Increment(ref _putOff);
            await Task.Delay(BetweenBodies, TestContext.Current.CancellationToken);
        }
    }

    private static void Say(string text)
    {
        TestContext.Current.TestOutputHelper?.WriteLine(text);
        if (Environment.GetEnvironmentVariable("REMEDIATOR_TEST_RESULTS") is { Length: > 0 } folder)
            File.AppendAllText(Path.Combine(folder, "summary.md"), $"{nameof(ReplicasUnderFire)}: {text}\n");
    }
}
