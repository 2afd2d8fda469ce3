using System.Diagnostics;
using System.Globalization;
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
internal static class HistoryBenchmark
{
    private const int Incidents = 100_000;
    private const int EventsAnIncident = 10;
    private const int Resources = 5_000;
    private const int AtOnce = 256;
    private static readonly DateTimeOffset Begin = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public static async Task RunAsync(string program)
    {
        await using var cluster = await FakeCluster.StartAsync(1);
        await using var engine = new EngineProcess(program, cluster.Address);
        var filled = Stopwatch.StartNew();
        await FillAsync(engine.DataFolder);
        Say($"filled with {Incidents * EventsAnIncident:N0} events of {Incidents:N0} incidents in {filled.Elapsed.TotalSeconds:0} s: {new FileInfo(Path.Combine(engine.DataFolder, "journal.db")).Length / 1e6:0} MB");
        for (var round = 1; round <= 3; round++)
        {
            var clock = Stopwatch.StartNew();
            using var client = await engine.StartAsync();
            await EngineProcess.PostAsync(client, [EngineProcess.Alert(0, $"Round{round}")]);
            Say($"start, round {round}: first webhook accepted after {clock.Elapsed.TotalSeconds:0.0} s; peak RSS {engine.PeakMegabytes:0} MB");
            await engine.KillAsync();
        }

        Listings(engine.DataFolder);
        await VerbAsync(program, engine.DataFolder, "audit", "list");
        await VerbAsync(program, engine.DataFolder, "audit", "show", $"incident{Incidents / 2:D8}");
        await VerbAsync(program, engine.DataFolder, "--version");
        await IntakeBenchmark.CompareAsync(engine.DataFolder);
    }

    private static void Listings(string folder)
    {
        var audit = new JournalAudit(folder);
        (string What, Action Read)[] reads =
        [
            ("newest 100", () => audit.Incidents(new())),
            ("open ones", () => audit.Incidents(new() { Open = true })),
            ("of one resource", () => audit.Incidents(new() { Resource = "deployment/ns7/w7" })),
            ("since a day in the middle", () => audit.Incidents(new() { Since = Begin.AddMinutes(Incidents / 2) })),
            ("one incident with its events", () => audit.Incident($"incident{Incidents / 2:D8}")),
        ];
        foreach (var (what, read) in reads)
        {
            read();
            var times = Enumerable.Range(0, 20).Select(_ =>
            {
                var clock = Stopwatch.StartNew();
                read();
                return clock.Elapsed.TotalMilliseconds;
            }).Order().ToArray();
            Say($"listing, {what}: median {times[10]:0.0} ms, most {times[^1]:0.0} ms");
        }
    }

    private static async Task VerbAsync(string program, string folder, params string[] arguments)
    {
        var clock = Stopwatch.StartNew();
        using var process = Process.Start(new ProcessStartInfo(program, arguments[0] == "--version" ? arguments : [.. arguments, "--data", folder]) { RedirectStandardOutput = true })!;
        await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Say($"'remediator {string.Join(' ', arguments)}': {clock.Elapsed.TotalMilliseconds:0} ms, exit code {process.ExitCode}");
    }

    private static async Task FillAsync(string folder)
    {
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Services.AddJournal(o => o.DataFolder = folder);
        using var host = builder.Build();
        await host.StartAsync();
        var journal = host.Services.GetRequiredService<IJournal>();
        await Parallel.ForEachAsync(Enumerable.Range(0, Resources), new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (resource, cancellationToken) =>
        {
            for (var (i, version) = (resource, 0L); i < Incidents; i += Resources, version += EventsAnIncident)
            {
                await journal.CommitAsync(Closed(resource, i, version), cancellationToken);
            }
        });
        await host.StopAsync();
    }

    private static Commit Closed(int resource, int incident, long version)
    {
        var id = $"incident{incident:D8}";
        var key = new ResourceKey("test", "deployment", $"ns{resource}", $"w{resource}");
        var at = Begin.AddMinutes(incident);
        var alert = new Alert { Name = "KubePodCrashLooping", Status = AlertStatus.Firing, Labels = new Dictionary<string, string> { ["alertname"] = "KubePodCrashLooping", ["namespace"] = key.Namespace }, StartsAt = at, Fingerprint = id };
        IReadOnlyList<Event> story =
        [
            new IncidentOpened("restart-loop", id, null),
            .. Enumerable.Range(0, EventsAnIncident - 2).Select(_ => new AlertObserved(alert, "alertmanager", "by its label", alert.Labels)),
            new IncidentClosed(CloseReason.Verified, "3 of 3 ready, for 120 s"),
        ];
        return new()
        {
            Resource = key,
            ExpectedVersion = version,
            At = at,
            Events = [.. story.Select(e => new Happened(e, id, at, "0af7651916cd43dd8448eb211c80319c", Happened.Engine).ToNewEvent())],
            Document = "{}",
            DocumentSchema = 0,
            Incidents = [new() { Id = id, Resource = key, Problem = "restart-loop", Status = "closed", Summary = "repaired", OpenedAt = at, ClosedAt = at.AddMinutes(5) }],
        };
    }

    private static void Say(FormattableString text) => Console.WriteLine(text.ToString(CultureInfo.InvariantCulture));
}
