using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Remediator.Core.Alerts;
using Remediator.Core.Incidents;
using Remediator.Core.Journal;
using Remediator.Core.Resources;
using Remediator.Journal;
using Remediator.Journal.Audit;

namespace Remediator.Benchmarks;

/// <summary>A journal of a million events: what it costs to start on it, to list it, and to take alerts in beside it.</summary>
internal sealed class HistoryBenchmark(BenchmarkRun run)
{
    private const int EventsAnIncident = 10;
    private const int Resources = 5_000;
    private const int AtOnce = 256;
    private static readonly DateTimeOffset Begin = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly int _incidents = run.Size(100_000, 1_000);

    public static Task RunAsync(BenchmarkRun run) => new HistoryBenchmark(run).RunAsync();

    private async Task RunAsync()
    {
        await using var cluster = await FakeCluster.StartAsync(1);
        await using var engine = new EngineProcess(run.Program, cluster.Address);
        var filled = Stopwatch.StartNew();
        await FillAsync(engine.DataFolder);
        BenchmarkRun.Say($"filled with {_incidents * EventsAnIncident:N0} events of {_incidents:N0} incidents in {filled.Elapsed.TotalSeconds:0} s: {new FileInfo(Path.Combine(engine.DataFolder, "journal.db")).Length / 1e6:0} MB");
        for (var round = 1; round <= 3; round++)
        {
            var clock = Stopwatch.StartNew();
            using var client = await engine.StartAsync();
            await EngineProcess.PostAsync(client, [EngineProcess.Alert(0, $"Round{round}")]);
            BenchmarkRun.Say($"start, round {round}: first webhook accepted after {clock.Elapsed.TotalSeconds:0.0} s; peak RSS {engine.PeakMegabytes:0} MB");
            await engine.KillAsync();
        }

        Listings(engine.DataFolder);
        await VerbAsync(engine.DataFolder, "audit", "list");
        await VerbAsync(engine.DataFolder, "audit", "show", $"incident{_incidents / 2:D8}");
        await VerbAsync(engine.DataFolder, "--version");
        await IntakeBenchmark.CompareAsync(run, engine.DataFolder);
    }

    private void Listings(string folder)
    {
        var audit = new JournalAudit(folder);
        (string What, Func<int> Read)[] reads =
        [
            ("newest 100", () => audit.Incidents(new()).Count),
            ("open ones", () => audit.Incidents(new() { Open = true }).Count),
            ("of one resource", () => audit.Incidents(new() { Resource = "deployment/ns7/w7" }).Count),
            ("since a day in the middle", () => audit.Incidents(new() { Since = Begin.AddMinutes(_incidents / 2) }).Count),
            ("one incident with its events", () => audit.Incident($"incident{_incidents / 2:D8}") is IncidentLookup.Found found ? found.Events.Count : 0),
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
        }
    }

    private async Task VerbAsync(string folder, params string[] arguments)
    {
        var clock = Stopwatch.StartNew();
        using var process = Process.Start(new ProcessStartInfo(run.Program, arguments[0] == "--version" ? arguments : [.. arguments, "--data", folder]) { RedirectStandardOutput = true })!;
        await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        BenchmarkRun.Require(process.ExitCode == 0, $"'remediator {string.Join(' ', arguments)}' ended with {process.ExitCode}.");
        BenchmarkRun.Say($"'remediator {string.Join(' ', arguments)}': {clock.Elapsed.TotalMilliseconds:0} ms");
    }

    private async Task FillAsync(string folder)
    {
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Services.AddJournal(o => o.DataFolder = folder);
        using var host = builder.Build();
        await host.StartAsync();
        var journal = host.Services.GetRequiredService<IJournal>();
        await Parallel.ForEachAsync(Enumerable.Range(0, Resources), new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (resource, cancellationToken) =>
        {
            for (var (i, version) = (resource, 0L); i < _incidents; i += Resources, version += EventsAnIncident)
            {
                await journal.CommitAsync(Incident(resource, i, version), cancellationToken);
            }
        });
        await host.StopAsync();
    }

    /// <summary>One that is closed; each hundredth is still open.</summary>
    private static Commit Incident(int resource, int incident, long version)
    {
        var id = $"incident{incident:D8}";
        var key = new ResourceKey("test", "deployment", $"ns{resource}", $"w{resource}");
        var at = Begin.AddMinutes(incident);
        var open = incident % 100 == 0;
        var alert = new Alert { Name = "KubePodCrashLooping", Status = AlertStatus.Firing, Labels = new Dictionary<string, string> { ["alertname"] = "KubePodCrashLooping", ["namespace"] = key.Namespace }, StartsAt = at, Fingerprint = id };
        IReadOnlyList<Event> story =
        [
            new IncidentOpened("restart-loop", id, null),
            .. Enumerable.Range(0, EventsAnIncident - 2).Select(_ => new AlertObserved(alert, "alertmanager", "by its label", alert.Labels)),
            open ? new AlertObserved(alert, "alertmanager", "by its label", alert.Labels) : new IncidentClosed(CloseReason.Verified, "3 of 3 ready, for 120 s"),
        ];
        return new()
        {
            Resource = key,
            ExpectedVersion = version,
            At = at,
            Events = [.. story.Select(e => new Happened(e, id, at, "0af7651916cd43dd8448eb211c80319c", Happened.Engine).ToNewEvent())],
            Document = "{}",
            DocumentSchema = 0,
            Incidents = [new() { Id = id, Resource = key, Problem = "restart-loop", Status = open ? "escalated" : "closed", Summary = "repaired", OpenedAt = at, ClosedAt = open ? null : at.AddMinutes(5) }],
        };
    }
}
