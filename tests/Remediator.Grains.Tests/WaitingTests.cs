using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Remediator.Core.Events;
using Remediator.Core.Playbooks;
using Remediator.Grains.Metrics;
using Remediator.Testing;

namespace Remediator.Grains.Tests;

/// <summary>What waits is asked again and again, and costs the store nothing while it learns nothing.</summary>
public sealed class WaitingTests : IDisposable
{
    private readonly FakeCluster _cluster = new() { Reason = "the test holds everything" };
    private readonly string _folder = Directory.CreateTempSubdirectory("remediator-waiting-").FullName;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task HeldIncidents_AreAskedAgain_AndNothingIsWritten_UntilTheyMayGoOn()
    {
        await using var engine = await StartAsync();
        using var counts = new StoreCounts(engine);
        await HoldAsync(engine);

        var (written, woken) = (counts.Written, counts.Wakes);
        await Wait.UntilAsync("60 more wake-ups", () => counts.Wakes >= woken + 60, Token, () => $"There were {counts.Wakes - woken}.");
        Assert.Equal(written, counts.Written);

        _cluster.Reason = null;
        foreach (var name in Names)
        {
            Assert.Equal(CloseReason.Verified, (await engine.AwaitAsync<IncidentClosed>(name)).Reason);
        }
    }

    [Fact]
    public async Task AlertThatIsRepeated_RewritesNoDocument()
    {
        await using var engine = await StartAsync();
        using var counts = new StoreCounts(engine);
        await HoldAsync(engine);

        var decisions = counts.Of("decision");
        foreach (var name in Names)
        {
            await engine.PostAsync(name, $"f-{name}");
        }

        await Wait.UntilAsync("a repeat of each alert that was taken", () =>
            counts.Of("repeat") == Names.Count, Token, () => $"There were {counts.Of("repeat")}.");
        Assert.Equal(decisions, counts.Of("decision"));
    }

    [Fact]
    public async Task HeldIncidents_AreAskedAgainAfterARestart_AlthoughTheirWakeUpsAreOld()
    {
        await using (var first = await StartAsync())
        {
            using var counts = new StoreCounts(first);
            await HoldAsync(first);
            var woken = counts.Wakes;
            await Wait.UntilAsync("20 more wake-ups", () => counts.Wakes >= woken + 20, Token);
        }

        _cluster.Reason = null;
        await using var second = await StartAsync();
        foreach (var name in Names)
        {
            await second.AwaitAsync<IncidentClosed>(name);
        }
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static IReadOnlyList<string> Names { get; } = [.. Enumerable.Range(0, 5).Select(i => $"w{i}")];

    private Task<EngineHost> StartAsync() => EngineHost.StartAsync(_cluster, _folder, new()
    {
        Mode = Mode.Auto, DurationScale = 0.02, TakeoverMargin = TimeSpan.FromMilliseconds(200),
        ShutdownGrace = TimeSpan.FromMilliseconds(200), AtOncePerCluster = 100, AtOncePerNamespace = 100,
    });

    private async Task HoldAsync(EngineHost engine)
    {
        foreach (var name in Names)
        {
            _cluster.Break(name);
            await engine.PostAsync(name, $"f-{name}");
        }

        foreach (var name in Names)
        {
            await engine.AwaitAsync<Held>(name);
        }
    }

    /// <summary>What this engine has written so far, by kind, and how often it has woken a resource.</summary>
    private sealed class StoreCounts : IDisposable
    {
        private readonly ConcurrentDictionary<string, long> _byKind = new();
        private readonly MeterListener _listener;
        private long _wakes;

        public StoreCounts(EngineHost engine)
        {
            var (meters, metrics) =
                (engine.Services.GetRequiredService<IMeterFactory>(), engine.Services.GetRequiredService<EngineMetrics>());
            _listener = new()
            {
                InstrumentPublished = (instrument, l) =>
                {
                    if ((instrument.Name == "remediator.journal.commits" && instrument.Meter.Scope == meters)
                        || (instrument.Name == "remediator_wakes" && instrument.Meter == metrics.Meter))
                        l.EnableMeasurementEvents(instrument);
                },
            };
            _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) =>
            {
                if (instrument.Name == "remediator_wakes")
                    Interlocked.Add(ref _wakes, value);
                else
                    _byKind.AddOrUpdate((string)tags[0].Value!, value, (_, before) => before + value);
            });
            _listener.Start();
        }

        public long Wakes => Interlocked.Read(ref _wakes);

        /// <summary>Checkpoints come by the clock.</summary>
        public string Written => string.Join(
            ", ", _byKind.Where(k => k.Key != "checkpoint").OrderBy(k => k.Key, StringComparer.Ordinal).Select(k => $"{k.Value} {k.Key}"));

        public long Of(string kind) => _byKind.GetValueOrDefault(kind);

        public void Dispose() => _listener.Dispose();
    }
}
