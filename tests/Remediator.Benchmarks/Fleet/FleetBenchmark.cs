using System.Diagnostics;
using Remediator.Testing;

namespace Remediator.Benchmarks.Fleet;

/// <summary>
/// The real program before a cluster of the size that Kubernetes states as its limit, while its pods change. The engine is a process of its
/// own, so that its figures are its own.
/// </summary>
internal static class FleetBenchmark
{
    private const int Decided = 100;
    private const int AlertsOfEach = 10;
    private const int MostMegabytes = 1536;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan ViewHasItWithin = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan ProbePatience = TimeSpan.FromSeconds(30);

    public static async Task RunAsync(BenchmarkRun run)
    {
        var (shape, changes, probes) = run.Small ? (FleetShape.Small, 50, 5) : (FleetShape.Largest, 500, 20);
        BenchmarkRun.Say($"fleet: {shape.Nodes:N0} nodes, {shape.Pods:N0} pods, {changes} pod changes a second; load {Load()}");
        double large;
        await using (var cluster = await FleetCluster.StartAsync(shape))
        {
            await using var engine = Engine(run.Program, cluster);
            using var client = await FirstViewAsync(engine, cluster);
            using (var stop = new CancellationTokenSource())
            {
                var changing = cluster.Pods.ChangeAsync(changes, stop.Token);
                await KeepUpAsync(engine, run);
                await ProbeAsync(client, cluster, probes);
                await RelistAsync(engine, cluster);
                await stop.CancelAsync();
                BenchmarkRun.Say($"changes made: {await changing:N0}; load {Load()}");
            }

            large = await DecideAsync(engine, client, cluster, run);
            BenchmarkRun.Say($"memory: peak RSS {engine.PeakMegabytes:0} MB in a container of {MostMegabytes:N0} MB");
        }

        await using (var cluster = await FleetCluster.StartAsync(FleetShape.Hundred))
        {
            await using var engine = Engine(run.Program, cluster);
            using var client = await engine.StartAsync();
            await EngineProcess.UntilReadyAsync(client);
            var hundred = await DecideAsync(engine, client, cluster, run);
            BenchmarkRun.Say(
                $"an alert that is decided on and repaired: {large:0.00} ms of CPU, with a hundred pods {hundred:0.00} ms; "
                    + $"ratio {large / hundred:0.00} (goal: at most 1.5); load {Load()}");
        }
    }

    private static async Task<HttpClient> FirstViewAsync(EngineProcess engine, FleetCluster cluster)
    {
        var clock = Stopwatch.StartNew();
        var client = await engine.StartAsync();
        await Wait.UntilAsync(
            "a first view", () => IsReadyAsync(client), CancellationToken.None, () => client.GetStringAsync("/readyz"), Patience);
        BenchmarkRun.Say(
            $"first view: {clock.Elapsed.TotalSeconds:0.0} s after the start of the program (goal: 60 s); "
                + $"{engine.Busy.TotalSeconds:0.0} s of CPU, RSS {engine.Megabytes:0} MB, peak {engine.PeakMegabytes:0} "
                + $"MB; load {Load()}");
        BenchmarkRun.Require(
            cluster.ListsOfPods == 1, $"the pods were listed {cluster.ListsOfPods} times before the first view, instead of once");
        return client;
    }

    private static async Task<bool> IsReadyAsync(HttpClient client)
    {
        using var answer = await client.GetAsync("/readyz");
        return answer.IsSuccessStatusCode;
    }

    private static async Task KeepUpAsync(EngineProcess engine, BenchmarkRun run)
    {
        await Task.Delay(run.Size(TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(1)));
        var (busy, clock) = (engine.Busy, Stopwatch.StartNew());
        await Task.Delay(run.Size(TimeSpan.FromSeconds(20), TimeSpan.FromSeconds(2)));
        BenchmarkRun.Say($"keeping up: {(engine.Busy - busy) / clock.Elapsed:P0} of a core, RSS {engine.Megabytes:0} MB; load {Load()}");
    }

    /// <summary>
    /// A new pod crashes, and an alert says so when the view has to have it. What is not in the view by then is looked for again after 15 s
    /// only, so a prompt eviction shows that it was.
    /// </summary>
    private static async Task ProbeAsync(HttpClient client, FleetCluster cluster, int probes)
    {
        var times = new List<double>();
        var (paused, made, making) = await WhatDelaysAsync(client);
        for (var slot = Decided; slot < Decided + probes; slot++)
        {
            cluster.Pods.Replace(slot, PodCondition.Crashing);
            await Task.Delay(ViewHasItWithin);
            var begun = Stopwatch.GetTimestamp();
            await EngineProcess.PostAsync(client, [Alert(cluster, slot, "KubePodCrashLooping")]);
            await Wait.UntilAsync($"the eviction of crashing pod {slot}", () =>
                cluster.Evicted.ContainsKey(slot), CancellationToken.None, within: ProbePatience);
            times.Add(Stopwatch.GetElapsedTime(begun, cluster.Evicted[slot]).TotalSeconds);
        }

        times.Sort();
        BenchmarkRun.Say(
            $"a change: from an alert {ViewHasItWithin.TotalSeconds:0} s after the crash to the eviction that it leads to: P50 "
                + $"{times[times.Count / 2]:0.00} s, most {times[^1]:0.00} s, {times.Count(t => t > 2)} of {times.Count} "
                + $"later than 2 s (goal: none); load {Load()}");
        var after = await WhatDelaysAsync(client);
        BenchmarkRun.Say(
            $"what can delay it meanwhile: {after.Made - made:0} views were made in "
                + $"{1000 * (after.Making - making) / (after.Made - made):0} "
                + $"ms each, and the collector stopped the program for {after.Paused - paused:0.0} s");
    }

    /// <returns>Seconds that the collector stopped the program for, views that were made, and seconds that this took.</returns>
    private static async Task<(double Paused, double Made, double Making)> WhatDelaysAsync(HttpClient client) =>
        (await EngineProcess.SumAsync(client, "dotnet_gc_pause_time_seconds_total"),
            await EngineProcess.SumAsync(client, "remediator_facts_projection_duration_seconds_count"),
            await EngineProcess.SumAsync(client, "remediator_facts_projection_duration_seconds_sum"));

    private static async Task RelistAsync(EngineProcess engine, FleetCluster cluster)
    {
        var (before, lists) = (engine.Megabytes, cluster.ListsOfPods);
        engine.ForgetPeak();
        var clock = Stopwatch.StartNew();
        await cluster.ForgetAsync();
        await Wait.UntilAsync("a second list of the pods", () => cluster.ListsOfPods > lists, CancellationToken.None, within: Patience);
        var took = clock.Elapsed;
        await Task.Delay(TimeSpan.FromSeconds(5));
        BenchmarkRun.Say(
            $"a relist after 410: {took.TotalSeconds:0.0} s, RSS {before:0} MB before, peak {engine.PeakMegabytes:0} MB, "
                + $"{engine.PeakMegabytes / before:0.00} of it (goal: less than 2); load {Load()}");
    }

    /// <returns>Milliseconds of CPU an alert, without what the engine uses while nothing happens.</returns>
    private static async Task<double> DecideAsync(EngineProcess engine, HttpClient client, FleetCluster cluster, BenchmarkRun run)
    {
        for (var slot = 0; slot < Decided; slot++)
            cluster.Pods.Replace(slot, PodCondition.Crashing);
        await Task.Delay(TimeSpan.FromSeconds(5));
        var (quietBusy, quiet) = (engine.Busy, Stopwatch.StartNew());
        await Task.Delay(run.Size(TimeSpan.FromSeconds(15), TimeSpan.FromSeconds(2)));
        var idle = (engine.Busy - quietBusy) / quiet.Elapsed;

        var (busy, clock) = (engine.Busy, Stopwatch.StartNew());
        for (var name = 0; name < AlertsOfEach; name++)
        {
            foreach (var slots in Enumerable.Range(0, Decided).Chunk(10))
                await EngineProcess.PostAsync(client, slots.Select(s => Alert(cluster, s, $"KubeTrouble{name}")));
        }

        await Wait.UntilAsync(
            $"the repair of {Decided} workloads in a cluster of {cluster.Shape.Pods:N0} pods", () =>
                Enumerable.Range(0, Decided).All(cluster.Evicted.ContainsKey), CancellationToken.None,
            () => $"{Enumerable.Range(0, Decided).Count(cluster.Evicted.ContainsKey)} were repaired", ProbePatience);
        await Task.Delay(run.Size(TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(2)));
        return ((engine.Busy - busy) - (clock.Elapsed * idle)).TotalMilliseconds / (Decided * AlertsOfEach);
    }

    private static string Alert(FleetCluster cluster, int slot, string name)
    {
        var pod = cluster.Pods.NameOf(slot);
        return $$$"""{"status":"firing","labels":{"alertname":"{{{name}}}","container":"app","namespace":"{{{cluster.NamespaceOf(slot)}}}","pod":"{{{pod}}}","job":"kube-state-metrics"},"annotations":{},"startsAt":"{{{DateTimeOffset.UtcNow:yyyy-MM-ddTHH:mm:ssZ}}}","endsAt":"0001-01-01T00:00:00Z","generatorURL":"","fingerprint":"{{{name}}}{{{pod}}}"}""";
    }

    /// <summary>With limits that are shares of sets, so that each decision has to know how large they are.</summary>
    private static EngineProcess Engine(string program, FleetCluster cluster)
    {
        var engine =
            new EngineProcess(program, cluster.Address, ("ENGINE__ATONCEPERCLUSTER", "1000000"), ("ENGINE__ATONCEPERNAMESPACE", "1000000"))
            { ContainerMegabytes = MostMegabytes };
        File.WriteAllText(Path.Combine(engine.Folder, "policy.yaml"), """
            limits:
              - match: { kind: deployment }
                each: [zone]
                at_once: 99%
              - match: { kind: deployment }
                each: [node_group]
                at_once: 99%
              - match: { kind: deployment }
                each: [namespace]
                at_once: 100%
            storm:
              cluster_workloads: { more_than: 99%, at_least: 1000 }
              namespace_workloads: { more_than: 99%, at_least: 1000 }

            """ + EngineProcess.BurstsAreWanted);
        return engine;
    }

    private static string Load() => File.ReadAllText("/proc/loadavg").Split(' ')[0];
}
