using System.Diagnostics;
using Remediator.Journal.Audit;

namespace Remediator.Benchmarks;

/// <summary>A journal of ten million events: what it costs to start on it, to list it, and to take alerts in beside it.</summary>
internal sealed class HistoryBenchmark(BenchmarkRun run, HistoryPlace place, HistoryStore store)
{
    private const double MostSecondsToStart = 5;
    private const double MostMillisecondsToList = 200;
    private const double LeastOfEmptyIntake = 0.9;

    private static int Incidents(BenchmarkRun run) => run.Size(1_000_000, 2_000);

    public static async Task RunAsync(BenchmarkRun run, bool onPostgres)
    {
        await using var place = await HistoryPlace.OpenAsync(run, onPostgres);
        var store = new HistoryStore(place, Incidents(run));
        if (!place.IsFilled)
        {
            var filled = Stopwatch.StartNew();
            await place.MakeTablesAsync();
            await store.FillAsync();
            place.SetFilled();
            BenchmarkRun.Say($"filled with {store.Events:N0} events of {Incidents(run):N0} incidents in {filled.Elapsed.TotalSeconds:0} s");
        }

        await new HistoryBenchmark(run, place, store).RunAsync();
    }

    private async Task RunAsync()
    {
        var held = await place.CountAsync("event");
        BenchmarkRun.Require(held >= store.Events, $"The journal holds {held} events, not {store.Events}.");
        BenchmarkRun.Say(
            $"{place.What} with {held:N0} events, {await place.MegabytesAsync():N0} MB; load of the machine "
                + $"{File.ReadAllText("/proc/loadavg").Trim()}");
        await StartsAsync();
        Listings();
        await VerbAsync("audit", "list");
        await VerbAsync("audit", "show", HistoryStore.Id(store.Incidents / 2));
        await VerbAsync("record");
        if (run.Small)
            await VerbAsync("audit", "verify");
        await place.RunAsync("DELETE FROM inbox");
        var ratios = await IntakeBenchmark.CompareAsync(run, place.Empty(), place.Use, place.CountInbox);
        await place.RunAsync("DELETE FROM inbox");
        Limit(ratios.Max() >= LeastOfEmptyIntake, $"Intake is {ratios.Max():0.00} of an empty store's at best, not {LeastOfEmptyIntake}.");
    }

    private async Task StartsAsync()
    {
        await using var cluster = await FakeCluster.StartAsync(1);
        var times = new List<double>();
        for (var round = 1; round <= run.Size(3, 1); round++)
        {
            await using var engine = new EngineProcess(run.Program, cluster.Address, [.. place.Settings]) { DataFolder = place.DataFolder };
            var clock = Stopwatch.StartNew();
            using var client = await engine.StartAsync();
            await EngineProcess.PostAsync(client, [EngineProcess.Alert(0, $"Round{round}")]);
            times.Add(clock.Elapsed.TotalSeconds);
            BenchmarkRun.Say($"start, round {round}: first webhook accepted after {times[^1]:0.0} s; peak RSS {engine.PeakMegabytes:0} MB");
            await engine.KillAsync();
        }

        Limit(times.Max() <= MostSecondsToStart, $"A start took {times.Max():0.0} s, more than {MostSecondsToStart} s.");
    }

    private void Listings()
    {
        var audit = new JournalAudit(place.DataFolder, place.Connection ?? "", place.PasswordFile);
        var middle = store.Incidents / 2;
        (string What, Func<int> Read)[] reads =
        [
            ("newest 100", () => audit.Incidents(new()).Count),
            ("open ones", () => audit.Incidents(new() { Open = true }).Count),
            ("escalated ones", () => audit.Incidents(new() { Status = "escalated" }).Count),
            ("of one resource", () => audit.Incidents(new() { Resource = "deployment/ns7/w7" }).Count),
            ("of one resource, open", () => audit.Incidents(new() { Resource = "w100", Open = true }).Count),
            ("since the middle", () => audit.Incidents(new() { Since = store.OpenedAt(middle) }).Count),
            ("one incident with its events", () =>
                audit.Incident(HistoryStore.Id(middle)) is IncidentLookup.Found found ? found.Events.Count : 0),
            ("one by the beginning of its id", () =>
                audit.Incident(HistoryStore.Id(middle)[..^2]) is IncidentLookup.Ambiguous several ? several.Ids.Count : 0),
        ];
        foreach (var (what, read) in reads)
        {
            BenchmarkRun.Require(read() > 0, $"The listing of {what} is empty.");
            var times = Enumerable.Range(0, 20).Select(_ =>
            {
                var clock = Stopwatch.StartNew();
                read();
                return clock.Elapsed.TotalMilliseconds;
            }).Order().ToArray();
            BenchmarkRun.Say($"listing, {what}: median {times[10]:0.0} ms, most {times[^1]:0.0} ms");
            Limit(
                times[10] <= MostMillisecondsToList,
                $"The listing of {what} takes {times[10]:0} ms, more than {MostMillisecondsToList} ms.");
        }
    }

    private async Task VerbAsync(params string[] arguments)
    {
        var clock = Stopwatch.StartNew();
        var start = new ProcessStartInfo(run.Program, [.. arguments, "--data", place.DataFolder]) { RedirectStandardOutput = true };
        foreach (var (name, value) in place.Settings)
            start.Environment[$"REMEDIATOR_{name}"] = value;
        using var process = Process.Start(start)!;
        var said = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        BenchmarkRun.Require(
            process.ExitCode == 0 && said.Length > 0, $"'remediator {string.Join(' ', arguments)}' ended with {process.ExitCode}: {said}");
        BenchmarkRun.Say($"'remediator {string.Join(' ', arguments)}': {clock.Elapsed.TotalMilliseconds:0} ms");
    }

    /// <summary>The numbers of the small form say nothing.</summary>
    private void Limit(bool met, string otherwise) => BenchmarkRun.Require(met || run.Small, otherwise);
}
