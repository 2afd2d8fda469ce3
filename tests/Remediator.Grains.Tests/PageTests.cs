using Microsoft.Extensions.DependencyInjection;
using Remediator.Core.Alerts;
using Remediator.Core.Events;
using Remediator.Core.Pages;
using Remediator.Core.Records;
using Remediator.Testing;

namespace Remediator.Grains.Tests;

public sealed class PageTests : IDisposable
{
    private readonly FakeCluster _cluster = new();
    private readonly string _folder = Directory.CreateTempSubdirectory("remediator-grains-").FullName;

    public PageTests() =>
        _cluster.Definitions = _cluster.Definitions with { Policy = new() { Pages = [new() { Hold = true, VerifiedRuns = 1 }] } };

    [Fact]
    public async Task Page_IsHeldOnceTheRecordIsGood_AndGivenBackWhenTheAlertIsOver()
    {
        var pages = new FakeSilences();
        await using var engine = await StartAsync(pages);

        Assert.IsType<PageNotHeld>(await RepairedAsync(engine, "api", "f1"));
        Assert.IsType<PageHoldIntended>(await RepairedAsync(engine, "web", "f2"));

        var held = await engine.AwaitAsync<PageHeld>("web");
        await engine.PostAsync("web", "f2", AlertStatus.Resolved);
        var released = await engine.AwaitAsync<PageReleased>("web");
        Assert.Equal(
            ("silence of f2", "silence of f2", "the repair is verified, and the alerts are over"),
            (held.Silence, released.Silence, released.Why));
        Assert.Empty(pages.Standing);
    }

    [Fact]
    public async Task Alertmanager_ThatHangs_DelaysNoRepair()
    {
        await using var engine = await StartAsync(new FakeSilences { Hangs = true });
        await RepairedAsync(engine, "api", "f1");

        await RepairedAsync(engine, "web", "f2");

        Assert.DoesNotContain(await engine.EventsAsync("web"), e => e is PageHeld or PageNotHeld or PageReleased);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private Task<EngineHost> StartAsync(IPageSilences pages) => EngineHost.StartAsync(_cluster, _folder, pages: pages);

    /// <returns>What was decided on its page.</returns>
    private async Task<Event> RepairedAsync(EngineHost engine, string workload, string fingerprint)
    {
        _cluster.Break(workload);
        await engine.PostAsync(workload, fingerprint);
        await engine.AwaitAsync<IncidentClosed>(workload);
        var decided = await engine.AwaitAsync<Event>(workload, e => e is PageHoldIntended or PageNotHeld);
        await CountedAsync(engine);
        return decided;
    }

    private static Task CountedAsync(EngineHost engine)
    {
        var standings = engine.Services.GetRequiredService<IPlaybookStandings>();
        return Wait.UntilAsync(
            "a verified run in the record of the playbook", () =>
                standings.Records?.Playbooks.GetValueOrDefault("restart-loop")?.Verified > 0, TestContext.Current.CancellationToken);
    }

    /// <summary>An Alertmanager.</summary>
    private sealed class FakeSilences : IPageSilences
    {
        private readonly HashSet<string> _standing = [];

        public bool Hangs { get; init; }

        public bool CanHold(string? source) => true;

        public IReadOnlyCollection<string> Standing
        {
            get
            {
                lock (_standing)
                {
                    return [.. _standing];
                }
            }
        }

        public async Task<string> HoldAsync(PageHold hold, CancellationToken cancellationToken)
        {
            await HangAsync(cancellationToken);
            lock (_standing)
            {
                _standing.Add($"silence of {hold.Fingerprint}");
            }

            return $"silence of {hold.Fingerprint}";
        }

        public async Task<string?> ReleaseAsync(PageHold hold, CancellationToken cancellationToken)
        {
            await HangAsync(cancellationToken);
            lock (_standing)
            {
                return _standing.Remove($"silence of {hold.Fingerprint}") ? $"silence of {hold.Fingerprint}" : null;
            }
        }

        private Task HangAsync(CancellationToken cancellationToken) =>
            Hangs ? Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken) : Task.CompletedTask;
    }
}
