using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Remediator.Core.Events;
using Remediator.Core.Facts;
using Remediator.Core.Incidents;
using Remediator.Core.Journal;
using Remediator.Core.Resources;
using Remediator.Core.Rules;
using Remediator.Grains.Records;
using Remediator.Journal;
using Remediator.Testing;

namespace Remediator.Grains.Tests;

/// <summary>Replicas over one journal: what one of them writes of revisions, the others know, and those that start later.</summary>
public sealed class GoodRevisionsTests : IAsyncLifetime
{
    private const string Uid = "u1";

    private static readonly ResourceKey Api = new("test", "deployment", "shop", "api");

    private readonly string _folder = Directory.CreateTempSubdirectory("remediator-revisions-").FullName;
    private readonly FakeTimeProvider _time = new(new(2026, 11, 26, 12, 0, 0, TimeSpan.Zero));
    private readonly List<GoodRevisions> _running = [];
    private readonly IHost _host;
    private string _newest = "r1";

    public GoodRevisionsTests()
    {
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Logging.AddFilter(_ => false);
        builder.Services.AddSingleton<TimeProvider>(_time);
        builder.Services.AddJournal(o => o.DataFolder = _folder);
        _host = builder.Build();
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private IJournal Journal => _host.Services.GetRequiredService<IJournal>();

    [Fact]
    public async Task WhatTheOneThatLeadsSaw_IsKnownToTheOther_AndToOneThatStartsLater()
    {
        var (leader, other) = (await StartAsync(leads: true), await StartAsync(leads: false));
        leader.RanWell(Api, Uid, "r1");
        await AwaitAsync("the one that leads knows that r1 is good", () => leader.Find(Api, Uid, "r1") is { IsGood: true });
        await AwaitAsync("the other replica knows it", () => other.Find(Api, Uid, "r1") is { IsGood: true });

        var later = await StartAsync(leads: false);
        await AwaitAsync("one that starts later knows it", () => later.Find(Api, Uid, "r1") is { IsGood: true });
        Assert.Null(later.Find(Api, "another uid", "r1"));
    }

    [Fact]
    public async Task WhatOnlyAnotherReplicaSaw_IsNotWritten()
    {
        var other = await StartAsync(leads: false);
        other.RanWell(Api, Uid, "r1");
        var leader = await StartAsync(leads: true);
        leader.RanWell(Api, Uid, "r2");
        await AwaitAsync("r2 is good", () => other.Find(Api, Uid, "r2") is { IsGood: true });
        Assert.Null(other.Find(Api, Uid, "r1"));
    }

    [Fact]
    public async Task IncidentThatOpensOnIt_StrikesItOff_ForAllReplicas()
    {
        var (leader, other) = (await StartAsync(leads: true), await StartAsync(leads: false));
        leader.RanWell(Api, Uid, "r1");
        await AwaitAsync("r1 is good", () => other.Find(Api, Uid, "r1") is { IsGood: true });

        await OpenIncidentAsync();
        await AwaitAsync("r1 is struck off", () => leader.Find(Api, Uid, "r1") is { IsGood: false, WasGood: true });
        await AwaitAsync("the other knows that too", () => other.Find(Api, Uid, "r1") is { IsGood: false });
    }

    [Fact]
    public async Task IncidentThatOpenedWhileNobodyLed_StrikesItOffLater()
    {
        var before = await StartAsync(leads: true);
        before.RanWell(Api, Uid, "r1");
        await AwaitAsync("r1 is good", () => before.Find(Api, Uid, "r1") is { IsGood: true });
        await before.StopAsync(Token);

        await OpenIncidentAsync();
        var after = await StartAsync(leads: true);
        await AwaitAsync("r1 is struck off", () => after.Find(Api, Uid, "r1") is { IsGood: false });
    }

    [Fact]
    public async Task IncidentOfTheBadRevision_TakesNothingFromTheOneBefore()
    {
        var leader = await StartAsync(leads: true);
        leader.RanWell(Api, Uid, "r1");
        await AwaitAsync("r1 is good", () => leader.Find(Api, Uid, "r1") is { IsGood: true });
        _newest = "r2";
        await OpenIncidentAsync();
        await AwaitAsync("r2 is struck off", () => leader.Find(Api, Uid, "r2") is { IsGood: false, WasGood: false });
        Assert.True(leader.Find(Api, Uid, "r1")!.IsGood);
    }

    [Fact]
    public async Task WhileAnIncidentIsOpen_NothingOfItsWorkloadRunsWell()
    {
        var leader = await StartAsync(leads: true);
        await OpenIncidentAsync();
        leader.RanWell(Api, Uid, "r1");
        leader.RanWell(Api with { Name = "other" }, Uid, "r1");
        await AwaitAsync("what the other workload did is written", () => leader.Find(Api with { Name = "other" }, Uid, "r1") is not null);
        Assert.False(leader.Find(Api, Uid, "r1") is { IsGood: true });
    }

    [Theory]
    [InlineData(DecisionKind.None, IncidentStatus.Unhandled)]
    [InlineData(DecisionKind.Suppress, IncidentStatus.Suppressed)]
    public async Task IncidentThatTheRulesDoNotActOn_SaysNothingOfTheRevision(DecisionKind kind, IncidentStatus status)
    {
        var leader = await StartAsync(leads: true);
        leader.RanWell(Api, Uid, "r1");
        await AwaitAsync("r1 is good", () => leader.Find(Api, Uid, "r1") is { IsGood: true });

        await OpenIncidentAsync(kind, status);
        leader.RanWell(Api, Uid, "r2");
        await AwaitAsync("r2 is good, although the incident is open", () => leader.Find(Api, Uid, "r2") is { IsGood: true });
        Assert.True(leader.Find(Api, Uid, "r1")!.IsGood);
    }

    [Fact]
    public async Task NobodyIsTold_WhereNothingHasChanged()
    {
        var (leader, other) = (await StartAsync(leads: true), await StartAsync(leads: false));
        await OpenIncidentAsync();
        await AwaitAsync("r1 is struck off", () => other.Find(Api, Uid, "r1") is { IsGood: false });

        var told = 0;
        leader.Changed += () => Interlocked.Increment(ref told);
        other.Changed += () => Interlocked.Increment(ref told);
        var until = _time.GetUtcNow() + TimeSpan.FromMinutes(2);
        await AwaitAsync("two minutes pass", () =>
        {
            leader.RanWell(Api, Uid, "r1");
            return _time.GetUtcNow() >= until;
        });
        Assert.Equal(0, told);
    }

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        foreach (var replica in _running)
        {
            await replica.StopAsync(CancellationToken.None);
            replica.Dispose();
        }

        _host.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task<GoodRevisions> StartAsync(bool leads)
    {
        var replica = new GoodRevisions(
            Journal, _host.Services.GetRequiredService<IIncidentIndex>(), new Seen(this), new Leader(leads), new ClusterName("test"), _time,
            NullLogger<GoodRevisions>.Instance);
        _running.Add(replica);
        await replica.StartAsync(Token);
        return replica;
    }

    private async Task OpenIncidentAsync(DecisionKind kind = DecisionKind.Run, IncidentStatus status = IncidentStatus.Open)
    {
        _time.Advance(TimeSpan.FromMinutes(1));
        var now = _time.GetUtcNow();
        var opened = new Happened(new IncidentOpened("restart-loop", "f1", null), "i1", now, "trace", Happened.Engine);
        var decided = opened with
        {
            Event = new Decided(new()
            {
                Kind = kind, Alert = "KubePodCrashLooping", RulesRevision = "d1", ViewVersion = 1, ViewAt = now, Trace = [],
            }),
        };
        var result = await Journal.CommitAsync(
            new()
            {
                Resource = Api,
                ExpectedVersion = 0,
                At = now,
                Events = [opened.ToNewEvent(), decided.ToNewEvent()],
                Document = ResourceState.Stream.Write(ResourceState.Empty.Apply([opened, decided])),
                DocumentSchema = ResourceState.Schema,
                Incidents =
                [
                    new()
                    {
                        Id = "i1", Resource = Api, Problem = "restart-loop", Status = status.Word(), Summary = "",
                        OpenedAt = now,
                    },
                ],
            },
            Token);
        Assert.IsType<CommitResult.Committed>(result);
    }

    private Task AwaitAsync(string what, Func<bool> condition) => Wait.UntilAsync(
        what,
        () =>
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            return condition();
        },
        Token);

    private sealed record Leader(bool Leads) : ILeader;

    private sealed class Seen(GoodRevisionsTests test) : IFactViews
    {
        public ViewStatus Current
        {
            get
            {
                var now = test._time.GetUtcNow();
                var view = new FactView(1, now, [Workload("api", test._newest, now), Workload("other", "r1", now)]);
                return new(ViewState.Ready, view, now, "");
            }
        }

        public Task<ViewStatus> NextAsync(long afterVersion, CancellationToken cancellationToken) => Task.FromResult(Current);

        private static Fact Workload(string name, string newest, DateTimeOffset now) => new(
            "workload",
            new Dictionary<string, string>
            {
                ["namespace"] = "shop", ["workload"] = name, ["workload_kind"] = "deployment", ["uid"] = Uid, ["revision"] = newest,
                ["rollout_age_minutes"] = "",
            },
            now);
    }
}
