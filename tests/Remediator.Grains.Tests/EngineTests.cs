using Microsoft.Extensions.DependencyInjection;
using Remediator.Core.Actions;
using Remediator.Core.Alerts;
using Remediator.Core.Commands;
using Remediator.Core.Events;
using Remediator.Core.Journal;
using Remediator.Core.Pauses;
using Remediator.Core.Playbooks;
using Remediator.Core.Records;
using Remediator.Core.Worlds;
using Remediator.Grains.Metrics;
using Remediator.Testing;

namespace Remediator.Grains.Tests;

public sealed class EngineTests : IDisposable
{
    private readonly FakeCluster _cluster = new();
    private readonly string _folder = Directory.CreateTempSubdirectory("remediator-grains-").FullName;

    [Fact]
    public async Task Alert_FromTheInbox_IsRepairedAndVerified()
    {
        await using var engine = await StartAsync();
        _cluster.Break("api");
        await engine.PostAsync("api", "f1");

        Assert.Equal(CloseReason.Verified, (await engine.AwaitAsync<IncidentClosed>("api")).Reason);
        Assert.Equal(1, Assert.Single(_cluster.EffectsById).Value);
        Assert.Empty(await engine.Inbox.WaitingAsync(0, 10, Token));
        Assert.Empty(await engine.Journal.PermitsAsync(Token));
    }

    [Fact]
    public async Task Pause_HoldsUntilItIsResumed_AndOutlivesARestart()
    {
        var scope = new PauseScope("namespace", "shop");
        await using (var first = await StartAsync())
        {
            Assert.True((await Pauses(first).PauseAsync(scope, "big sale", "ada", null, "t", Token)).Done);
        }

        await using var engine = await StartAsync();
        _cluster.Break("api");
        await engine.PostAsync("api", "f1");
        Assert.Equal("namespace shop is paused by ada: big sale", (await engine.AwaitAsync<Held>("api")).Reason);
        Assert.Empty(_cluster.EffectsById);
        var ages = MetricReader.Read(engine.Services.GetRequiredService<EngineMetrics>(), "remediator_pause_age_seconds");
        Assert.Equal(["namespace shop", "the file"], ages.Keys.Order());
        Assert.InRange(ages["namespace shop"], 0, 60);
        Assert.Equal(0, ages["the file"]);

        Assert.True((await Pauses(engine).ResumeAsync(scope, "over", "bob", "t", Token)).Done);
        await engine.AwaitAsync<IncidentClosed>("api");
        Assert.Equal(
            [("paused", "ada"), ("resumed", "bob")],
            (await engine.Journal.EventsAsync(PauseBook.Key("test"), Token)).Select(e => (e.Type, e.Actor)));
    }

    /// <summary>Whoever pauses is told so only when no change can begin any more that was decided before.</summary>
    [Fact]
    public async Task PauseOnAnotherReplica_WhileAStepIsDecided_LetsNoChangeBegin()
    {
        var pause = new PausedElsewhere(_cluster, _folder, "action-intended");
        await using var engine = await pause.StartAsync();
        _cluster.Break("api");
        await engine.PostAsync("api", "f1");

        var next = await engine.AwaitAsync<Event>("api", e => e is Held { Guard: "paused" } or ActionIntended);
        Assert.IsType<Held>(next);
        Assert.Empty(_cluster.EffectsById);

        await pause.ResumeAsync();
        Assert.Equal(CloseReason.Verified, (await engine.AwaitAsync<IncidentClosed>("api")).Reason);
    }

    private static IPauses Pauses(EngineHost engine) => engine.Services.GetRequiredService<IPauses>();

    [Fact]
    public async Task ManyResources_AreAllRepaired_EachOnce()
    {
        var settings = Settings() with { AtOncePerCluster = 1000, AtOncePerNamespace = 1000 };
        await using var engine = await EngineHost.StartAsync(_cluster, _folder, settings);
        var names = Enumerable.Range(0, 50).Select(i => $"w{i}").ToList();
        names.ForEach(_cluster.Break);
        foreach (var name in names)
        {
            await engine.PostAsync(name, $"f-{name}");
            await engine.PostAsync(name, $"f-{name}");
        }

        foreach (var name in names)
        {
            await engine.AwaitAsync<IncidentClosed>(name);
        }

        Assert.Equal(50, _cluster.EffectsById.Count);
        Assert.All(_cluster.EffectsById.Values, n => Assert.Equal(1, n));
    }

    [Fact]
    public async Task Budget_IsNeverExceeded_HoweverManyAreSick()
    {
        var inFlight = 0;
        var most = 0;
        _cluster.BeforeEffect = async _ =>
        {
            most = Math.Max(most, Interlocked.Increment(ref inFlight));
            await Task.Delay(30, Token);
            Interlocked.Decrement(ref inFlight);
        };
        await using var engine =
            await EngineHost.StartAsync(_cluster, _folder, Settings() with { AtOncePerCluster = 2, AtOncePerNamespace = 2 });
        var names = Enumerable.Range(0, 10).Select(i => $"w{i}").ToList();
        names.ForEach(_cluster.Break);
        foreach (var name in names)
        {
            await engine.PostAsync(name, $"f-{name}");
        }

        foreach (var name in names)
        {
            await engine.AwaitAsync<IncidentClosed>(name);
        }

        Assert.InRange(most, 1, 2);
        Assert.Contains(await engine.EventsAsync("w9"), e => e is Held { Guard: "budget" } or ActionIntended);
    }

    [Fact]
    public async Task Act_WhoseOutcomeWasLost_IsProbedAfterARestart_NotRepeated()
    {
        var effect = new TaskCompletionSource();
        _cluster.AfterEffect = async _ =>
        {
            effect.SetResult();
            await Task.Delay(Timeout.Infinite, Token);
        };
        _cluster.Break("api");
        await using (var first = await StartAsync())
        {
            await first.PostAsync("api", "f1");
            await effect.Task.WaitAsync(Wait.Patience, Token);
        }

        _cluster.AfterEffect = _ => Task.CompletedTask;
        await using var second = await StartAsync();
        var probed = await second.AwaitAsync<ActionProbed>("api");
        Assert.Equal(ProbeAnswer.Happened, probed.Answer);
        Assert.Equal(CloseReason.Verified, (await second.AwaitAsync<IncidentClosed>("api")).Reason);
        Assert.Equal(1, Assert.Single(_cluster.EffectsById).Value);
    }

    [Fact]
    public async Task ClockThatIsSetForward_DoesNotEndAnActThatGoesOn()
    {
        var clock = new SettableClock();
        var begun = new TaskCompletionSource();
        var go = new TaskCompletionSource();
        _cluster.Time = clock;
        // the second does not wait for the first to be proven
        _cluster.Definitions = _cluster.Definitions with { Policy = new() { SlowStart = new() { First = 2 } } };
        _cluster.BeforeEffect = request => request.Resource.Name == "api" && begun.TrySetResult() ? go.Task : Task.CompletedTask;
        await using var engine = await StartAsync();
        _cluster.Break("api");
        await engine.PostAsync("api", "f1");
        await begun.Task.WaitAsync(Wait.Patience, Token);

        clock.Set(TimeSpan.FromHours(1));
        _cluster.Break("other");
        await engine.PostAsync("other", "f2");
        await engine.AwaitAsync<IncidentClosed>("other");
        Assert.Equal(0, _cluster.Probes);

        go.SetResult();
        Assert.Equal(CloseReason.Verified, (await engine.AwaitAsync<IncidentClosed>("api")).Reason);
        Assert.All(_cluster.EffectsById.Values, n => Assert.Equal(1, n));
    }

    [Fact]
    public async Task AnotherWriter_IsNoticed_AndTheResourceReadAgain()
    {
        await using var engine = await StartAsync(new() { Mode = Mode.Observe, DurationScale = 0.02 });
        _cluster.Break("api");
        await engine.PostAsync("api", "f1");
        await engine.AwaitAsync<WouldAct>("api");

        var foreign =
            new Happened(new WouldEscalate("written by somebody else", "x", ""), null, TimeProvider.System.GetUtcNow(), "t", "another")
            .ToNewEvent();
        CommitResult result = new CommitResult.Conflict();
        for (var tries = 0; result is CommitResult.Conflict && tries < 20; tries++)
        {
            var head = await engine.Journal.LoadAsync(FakeCluster.Key("api"), Token);
            result = await engine.Journal.CommitAsync(
                new() {
                    Resource = head.Resource,
                    ExpectedVersion = head.Version,
                    At = TimeProvider.System.GetUtcNow(),
                    Events = [foreign],
                    Document = head.Document!,
                    DocumentSchema = head.DocumentSchema },
                Token);
        }

        Assert.IsType<CommitResult.Committed>(result);
        await engine.PostAsync("api", "f2");
        await engine.AwaitAsync<AlertObserved>("api", e => e.Alert.Fingerprint == "f2");
    }

    [Fact]
    public async Task Approval_GoesToTheResourceOfTheIncident()
    {
        await using var engine = await StartAsync();
        var commands = engine.Services.GetRequiredService<IOperatorCommands>();
        var answer = await commands.ApproveAsync("no-such-incident", "ada", "", "t", Token);
        Assert.Equal(new CommandResult(false, "There is no incident no-such-incident."), answer);
    }

    [Fact]
    public async Task HealthProbe_GoesTheWholeWay_AndLeavesNothingBehind()
    {
        await using var engine = await StartAsync();
        Assert.Null(await engine.Services.GetRequiredService<IHealthProbe>().ProbeAsync(TimeSpan.FromSeconds(20), Token));
        Assert.Empty(await engine.Inbox.WaitingAsync(0, 10, Token));
        Assert.Empty(await engine.Journal.EventsAsync(new("test", "engine", "", "health"), Token));
    }

    /// <summary>Nor does one that fires for ever, as the proof that alerting works or to mute others, though it names a workload.</summary>
    [Theory]
    [InlineData("KubePodCrashLooping", OwnAlerts.Engine)]
    [InlineData("Watchdog", "")]
    [InlineData("InfoInhibitor", "")]
    public async Task AlertAboutTheEngine_OrOnlyAboutAlerting_IsTakenIn_AndNeverASubject(string name, string of)
    {
        await using var engine = await StartAsync();
        _cluster.Break("api");
        var about = Alert("api") with
        {
            Name = name, Labels = new Dictionary<string, string>(Alert("api").Labels) { ["alertname"] = name, [OwnAlerts.About] = of },
        };
        await engine.Inbox.AddAsync([new(about, "test", "t", TimeProvider.System.GetUtcNow())], Token);

        // it goes through the inbox behind the alert
        Assert.Null(await engine.Services.GetRequiredService<IHealthProbe>().ProbeAsync(TimeSpan.FromSeconds(20), Token));

        Assert.Empty(await engine.Inbox.WaitingAsync(0, 10, Token));
        Assert.Empty(await engine.EventsAsync("api"));
        await engine.PostAsync("api", "not about it");
        await engine.AwaitAsync<IncidentOpened>("api");
    }

    [Fact]
    public async Task Alerts_WaitInTheInbox_UntilThereIsAView()
    {
        _cluster.State = Core.Facts.ViewState.Loading;
        await using var engine = await EngineHost.StartAsync(_cluster, _folder);
        await engine.Inbox.AddAsync([new(Alert("api"), "test", "t", TimeProvider.System.GetUtcNow())], Token);
        Assert.Null(await engine.Services.GetRequiredService<IHealthProbe>().ProbeAsync(TimeSpan.FromSeconds(20), Token));
        Assert.Single(await engine.Inbox.WaitingAsync(0, 10, Token));

        _cluster.Break("api");
        _cluster.State = Core.Facts.ViewState.Ready;
        await engine.AwaitAsync<IncidentOpened>("api");
    }

    [Fact]
    public async Task AlertOfAPodYoungerThanTheView_Waits_UntilTheViewIsAsNew()
    {
        var alert = Alert("api");
        alert = alert with { Labels = new Dictionary<string, string>(alert.Labels) { ["pod"] = "api-x2x1z" } };
        _cluster.Break("api");
        _cluster.Unseen = ["api-x2x1z"];
        _cluster.FreshAt = TimeProvider.System.GetUtcNow();
        await using var engine = await EngineHost.StartAsync(_cluster, _folder);
        // the view says that it is a little newer; that much can be on its way to it
        await engine.Inbox.AddAsync([new(alert, "test", "t", _cluster.FreshAt.Value.AddSeconds(-3))], Token);
        Assert.Null(await engine.Services.GetRequiredService<IHealthProbe>().ProbeAsync(TimeSpan.FromSeconds(20), Token));
        Assert.Single(await engine.Inbox.WaitingAsync(0, 10, Token));

        _cluster.Unseen = [];
        await engine.AwaitAsync<IncidentOpened>("api");
    }

    [Fact]
    public async Task AlertOfAPodWhoseOwnerIsYoungerThanTheView_WaitsForTheOwner()
    {
        var alert = Alert("api");
        alert = alert with { Labels = new Dictionary<string, string>(alert.Labels) { ["pod"] = "api-7c9f8d6b5-x2x1z" } };
        _cluster.Break("api");
        _cluster.Ownerless = ["api-7c9f8d6b5-x2x1z"];
        _cluster.FreshAt = TimeProvider.System.GetUtcNow();
        await using var engine = await EngineHost.StartAsync(_cluster, _folder);
        await engine.Inbox.AddAsync([new(alert, "test", "t", TimeProvider.System.GetUtcNow())], Token);
        await engine.PostAsync("web", "another");
        await engine.AwaitAsync<IncidentOpened>("web");
        Assert.Single(await engine.Inbox.WaitingAsync(0, 10, Token));

        _cluster.Ownerless = [];
        _cluster.FreshAt = null;

        await engine.AwaitAsync<IncidentOpened>("api");
    }

    [Fact]
    public async Task AlertThatMayMove_IsNotOverWhereItWas_BeforeItIsKnownWhereItGoes()
    {
        _cluster.FreshAt = TimeProvider.System.GetUtcNow();
        await using var engine = await EngineHost.StartAsync(_cluster, _folder);
        await engine.PostAsync("api", "f1");
        await engine.AwaitAsync<IncidentOpened>("api");

        var moving = Alert("api") with { Fingerprint = "f1", StartsAt = DateTimeOffset.UnixEpoch.AddHours(1) };
        moving = moving with { Labels = new Dictionary<string, string>(moving.Labels) { ["pod"] = "api-7c9f8d6b5-x2x1z" } };
        _cluster.Ownerless = ["api-7c9f8d6b5-x2x1z"];
        await engine.Inbox.AddAsync([new(moving, "test", "t", TimeProvider.System.GetUtcNow())], Token);
        await engine.PostAsync("web", "another");
        await engine.AwaitAsync<IncidentOpened>("web");
        Assert.DoesNotContain(await engine.EventsAsync("api"), e => e is AlertCleared);

        _cluster.Ownerless = [];
        _cluster.FreshAt = null;
        await engine.AwaitAsync<AlertObserved>("api", e => e.Alert.StartsAt == moving.StartsAt);
        Assert.DoesNotContain(await engine.EventsAsync("api"), e => e is AlertCleared);
    }

    [Fact]
    public async Task AlertOfAPodThatANewerViewDoesNotShow_IsTakenInAsItIs()
    {
        var alert = Alert("api");
        alert = alert with { Labels = new Dictionary<string, string>(alert.Labels) { ["pod"] = "gone" } };
        _cluster.Unseen = ["gone"];
        var now = TimeProvider.System.GetUtcNow();
        _cluster.FreshAt = now.AddSeconds(-8);
        await using var engine = await EngineHost.StartAsync(_cluster, _folder);
        await engine.Inbox.AddAsync([new(alert, "test", "t", now.AddSeconds(-6))], Token);

        _cluster.FreshAt = TimeProvider.System.GetUtcNow();

        await engine.AwaitAsync<IncidentOpened>("gone");
    }

    [Fact]
    public async Task PlaybookWhoseProblemComesBack_IsLowered_AndStaysSoOverARestart_UntilAPersonRaisesIt()
    {
        await using (var engine = await StartAsync())
        {
            _cluster.Break("api");
            await engine.PostAsync("api", "f1");
            await engine.AwaitAsync<IncidentClosed>("api");
            _cluster.Break("api");
            await engine.PostAsync("api", "f2", startsAt: TimeProvider.System.GetUtcNow());

            var demoted = await engine.AwaitAsync<PlaybookDemoted>(Standings.Key("test"));
            Assert.Equal(("restart-loop", Mode.Auto, Mode.Approve), (demoted.Playbook, demoted.From, demoted.To));
        }

        await using var again = await StartAsync();
        _cluster.Break("web");
        await again.PostAsync("web", "f3");
        Assert.Equal(Mode.Approve, (await again.AwaitAsync<RunStarted>("web")).Mode);

        var standings = again.Services.GetRequiredService<IPlaybookStandings>();
        var metrics = again.Services.GetRequiredService<EngineMetrics>();
        Assert.Equal(1, MetricReader.Read(metrics, "remediator_playbook_lowered")["restart-loop"]);
        Assert.True((await standings.PromoteAsync("restart-loop", Mode.Auto, "ada", "mended", "t", Token)).Done);
        Assert.Equal(Mode.Auto, standings.Current!.Of("restart-loop")!.Ceiling);
        Assert.Equal(0, MetricReader.Read(metrics, "remediator_playbook_lowered")["restart-loop"]);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static EngineSettings Settings() =>
        new() {
            Mode = Mode.Auto,
            DurationScale = 0.02,
            TakeoverMargin = TimeSpan.FromMilliseconds(200),
            ShutdownGrace = TimeSpan.FromMilliseconds(200) };

    private Task<EngineHost> StartAsync(EngineSettings? settings = null) =>
        EngineHost.StartAsync(_cluster, _folder, settings ?? Settings());

    private static Alert Alert(string workload) => new()
    {
        Name = "KubePodCrashLooping",
        Status = AlertStatus.Firing,
        Labels = new Dictionary<string, string> {
            ["alertname"] = "KubePodCrashLooping",
            ["namespace"] = "shop",
            ["workload"] = workload,
            ["workload_kind"] = "deployment" },
        StartsAt = DateTimeOffset.UnixEpoch,
        Fingerprint = "f1",
    };
}
