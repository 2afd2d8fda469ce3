using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Remediator.Core.Alerts;
using Remediator.Core.Commands;
using Remediator.Core.Events;
using Remediator.Core.Facts;
using Remediator.Core.Incidents;
using Remediator.Core.Journal;
using Remediator.Core.Resources;
using Remediator.Journal;
using Remediator.Journal.Audit;
using Remediator.Testing;

namespace Remediator.Grains.Tests;

/// <summary>What cannot be handled, what has moved, and probes that do not queue.</summary>
public sealed class HardToHandleTests : IDisposable
{
    private readonly FakeCluster _cluster = new();
    private readonly string _folder = Directory.CreateTempSubdirectory("remediator-hard-").FullName;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task HealthProbe_ComesThrough_HoweverManyAlertsWait()
    {
        _cluster.State = ViewState.Loading;
        await using var engine = await EngineHost.StartAsync(_cluster, _folder);
        await engine.Inbox.AddAsync([.. Enumerable.Range(0, 2500).Select(i => Entry($"w{i}", $"f{i}"))], Token);

        Assert.Null(await engine.Services.GetRequiredService<IHealthProbe>().ProbeAsync(TimeSpan.FromSeconds(20), Token));

        Assert.Equal(2500, (await engine.Inbox.WaitingAsync(0, 5000, Token)).Count);
        Assert.Empty(await engine.Inbox.ProbesAsync(10, Token));
    }

    /// <summary>As after a crash between the commit of the new place and the word to the old one.</summary>
    [Fact]
    public async Task AlertThatMoved_IsOverAtItsOldPlace_AlthoughNobodyCouldTellItThen()
    {
        _cluster.Reason = "held by the test";
        await using (var engine = await EngineHost.StartAsync(_cluster, _folder))
        {
            _cluster.Break("api");
            await engine.PostAsync("api", "f1");
            await engine.AwaitAsync<Held>("api");
        }

        await MoveAsync("f1", "web");

        _cluster.Repair("api");
        _cluster.Reason = null;
        await using var again = await EngineHost.StartAsync(_cluster, _folder);
        Assert.Equal("f1", (await again.AwaitAsync<AlertCleared>("api")).Fingerprint);
        await again.AwaitAsync<IncidentClosed>("api");
    }

    [Fact]
    public async Task AlertThatMovedAndCameBack_IsNotOver()
    {
        _cluster.Reason = "held by the test";
        await using (var engine = await EngineHost.StartAsync(_cluster, _folder))
        {
            _cluster.Break("api");
            await engine.PostAsync("api", "f1");
            await engine.AwaitAsync<Held>("api");
        }

        await MoveAsync("f1", "web");
        await MoveAsync("f1", "api");

        await using var again = await EngineHost.StartAsync(_cluster, _folder);
        await Wait.UntilAsync("an empty inbox", async () => (await again.Inbox.WaitingAsync(0, 10, Token)).Count == 0, Token);
        Assert.DoesNotContain(await again.EventsAsync("api"), e => e is AlertCleared);
    }

    [Fact]
    public async Task ResourceThatCannotBeHandled_IsTold_AndItsAlertIsADeadLetter_AndOthersGoOn()
    {
        _cluster.Definitions = _cluster.Definitions with { Rules = new BrokenRules(_cluster.Definitions.Rules) };
        await AssertBadIsToldOfAsync(_ => { }, nameof(InvalidOperationException), "the rules are broken for it");
    }

    /// <summary>The store has certainly not written it, and never will: that is no reason to try it again for ever.</summary>
    [Fact]
    public Task DecisionWhoseValuesTheStoreRefuses_IsTold_AndItsAlertIsADeadLetter_AndOthersGoOn() => AssertBadIsToldOfAsync(
        services => Decorated.BeforeCommits(
            services,
            commit => commit.Resource.Name == "bad"
                ? Task.FromException(new ValuesRefusedException("the store cannot keep this"))
                : Task.CompletedTask),
        nameof(ValuesRefusedException),
        "the store cannot keep this");

    private async Task AssertBadIsToldOfAsync(Action<IServiceCollection> store, string kind, string reason)
    {
        var people = new FakePeople();
        _cluster.Actions = [people];
        await using var engine = await EngineHost.StartAsync(_cluster, _folder, store: store);
        _cluster.Break("api");
        await engine.Inbox.AddAsync([Entry("bad", "f1"), Entry("bad", "f2"), Entry("api", "f3")], Token);

        Assert.Equal(CloseReason.Verified, (await engine.AwaitAsync<IncidentClosed>("api")).Reason);
        var told = await Wait.ForAsync("a notification of the resource", () =>
            Task.FromResult(people.Told.FirstOrDefault(n => n.Problem == "engine-cannot-handle")), Token);
        Assert.Equal(("deployment shop/bad", reason), (told.Resource, told.Reason));
        await Wait.UntilAsync("an empty inbox", async () => (await engine.Inbox.WaitingAsync(0, 10, Token)).Count == 0, Token);
        var letters = new JournalAudit(_folder, "", "").DeadLetters();
        Assert.Equal(2, letters.Count);
        Assert.All(letters, l => Assert.Equal($"{kind}: {reason}", l.Reason));
    }

    /// <summary>As after a release was rolled back: no replica can read what the newer one wrote, and its alerts wait for ever.</summary>
    [Fact]
    public async Task ResourceThatOnlyANewerVersionCanRead_IsTold()
    {
        var people = new FakePeople();
        _cluster.Actions = [people];
        await CommitAsync(FakeCluster.Key("api"), [new("of-the-future", 1, "{}", null, "engine", "trace")], ResourceState.Schema + 1);
        await using var engine = await EngineHost.StartAsync(_cluster, _folder);
        _cluster.Break("api");
        string[] alerts = ["f1", "f2", "f3", "f4", "f5"];
        foreach (var fingerprint in alerts)
            await engine.PostAsync("api", fingerprint);

        var told = await Wait.ForAsync("a notification of the resource", () =>
            Task.FromResult(people.Told.FirstOrDefault(n => n.Problem == "engine-cannot-handle")), Token, within: TimeSpan.FromMinutes(2));
        Assert.Equal("deployment shop/api", told.Resource);
        Assert.Contains("of-the-future", told.Reason, StringComparison.Ordinal);
        // a newer version can still take them
        Assert.Equal(alerts.Length, (await engine.Inbox.WaitingAsync(0, 10, Token)).Count);
    }

    [Fact]
    public async Task ResourceThatCannotBeHandled_IsKnownAfterARestart_AndToldUntilItGoesOn()
    {
        var (rules, people) = (_cluster.Definitions.Rules, new FakePeople());
        _cluster.Actions = [people];
        _cluster.Definitions = _cluster.Definitions with { Rules = new BrokenRules(rules) };
        await using (var engine = await EngineHost.StartAsync(_cluster, _folder))
        {
            await engine.Inbox.AddAsync([Entry("bad", "f1")], Token);
            await Wait.UntilAsync("an empty inbox", async () => (await engine.Inbox.WaitingAsync(0, 10, Token)).Count == 0, Token);
            await Wait.UntilAsync("the resource among those that are stuck", () => Stuck(engine).Count == 1, Token);
        }

        people.Told.Clear();
        await using var again = await EngineHost.StartAsync(_cluster, _folder);
        var told = await Wait.ForAsync("a notification after the restart", () =>
            Task.FromResult(people.Told.FirstOrDefault(n => n.Problem == "engine-cannot-handle")), Token);
        var known = Assert.Single(Stuck(again));
        Assert.Equal(("deployment shop/bad", known.Id, known.Reason), (told.Resource, told.IncidentId, told.Reason));
        Assert.Empty(await again.Inbox.WaitingAsync(0, 10, Token));

        _cluster.Definitions = _cluster.Definitions with { Rules = rules };
        await again.Inbox.AddAsync([Entry("bad", "f2")], Token);
        await Wait.UntilAsync("no resource that is stuck", () => Stuck(again).Count == 0, Token);
        await Wait.UntilAsync("word of its end", () => people.Told.Any(n => n.IncidentId == known.Id && n.EndsAt < told.EndsAt), Token);
    }

    private static IReadOnlyCollection<StuckResource> Stuck(EngineHost engine) =>
        engine.Services.GetRequiredService<IStuckResources>().Current;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static InboxEntry Entry(string workload, string fingerprint) => new(
        new Alert
        {
            Name = "KubePodCrashLooping",
            Status = AlertStatus.Firing,
            Labels = new Dictionary<string, string> {
                ["alertname"] = "KubePodCrashLooping",
                ["namespace"] = "shop",
                ["workload"] = workload,
                ["workload_kind"] = "deployment" },
            StartsAt = DateTimeOffset.UnixEpoch,
            Fingerprint = fingerprint,
        },
        "test", "trace", TimeProvider.System.GetUtcNow());

    /// <summary>The commit of the new place and nothing more, as by a process that died with it.</summary>
    private Task MoveAsync(string fingerprint, string to) => CommitAsync(
        FakeCluster.Key(to), [], ResourceState.Schema, new ActiveAlert(
            fingerprint, FakeCluster.Key(to), "KubePodCrashLooping", new Dictionary<string, string>(), DateTimeOffset.UnixEpoch,
            TimeProvider.System.GetUtcNow()));

    private async Task CommitAsync(ResourceKey resource, IReadOnlyList<NewEvent> events, int schema, params IReadOnlyList<ActiveAlert> now)
    {
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Services.AddJournal(o => o.DataFolder = _folder);
        using var store = builder.Build();
        await store.StartAsync(Token);
        var journal = store.Services.GetRequiredService<IJournal>();
        var result = await journal.CommitAsync(
            new()
            {
                Resource = resource,
                ExpectedVersion = (await journal.LoadAsync(resource, Token)).Version,
                At = TimeProvider.System.GetUtcNow(),
                Events = events,
                Document = events.Count == 0 ? null : "{}",
                DocumentSchema = schema,
                AlertsNow = now,
            },
            Token);
        Assert.IsType<CommitResult.Committed>(result);
        await store.StopAsync(Token);
    }
}
