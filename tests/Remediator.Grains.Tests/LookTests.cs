using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Remediator.Core.Actions;
using Remediator.Core.Events;
using Remediator.Core.Facts;
using Remediator.Core.Playbooks;
using Remediator.Core.Resources;
using Remediator.Core.Rules;

namespace Remediator.Grains.Tests;

/// <summary>A host outside any cluster, while the cluster is away: its provider and its looks say whether it is acted on.</summary>
public sealed class LookTests : IDisposable
{
    private static readonly ResourceKey Db = new("test", ResourceKinds.Host, "", "db-1");

    private readonly string _folder = Directory.CreateTempSubdirectory("looks-").FullName;
    private readonly FakeCluster _cluster = new() { FreshAt = TimeProvider.System.GetUtcNow().AddMinutes(-10) };
    private readonly Inventory _inventory = new();
    private readonly DiskLook _look;

    public LookTests()
    {
        _look = new(_cluster);
        _cluster.Actions = [_look];
        _cluster.Beyond = alert => new(Db, true, alert.Labels, "by its label");
        var playbook = FakeCluster.RestartLoop with
        {
            ResourceKinds = [ResourceKinds.Host],
            Problem = [Condition.Parse("filesystem{used_percent>=95}")],
            Looks = [new("fake.disk", ActionInputTemplate.Of(new NoInput()))],
        };
        _cluster.Definitions = _cluster.Definitions with { Playbooks = new Dictionary<string, Playbook> { [playbook.Name] = playbook } };
        _cluster.Break(Db.Name);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task AHostIsHeldWhileItCannotBeSeen_AndWhileWhoKnowsItIsAwayOrStale_AndThenRepaired_ThoughTheClusterIsAway()
    {
        _look.Fails = "no answer";
        await using var engine =
            await EngineHost.StartAsync(_cluster, _folder, store: services => services.AddSingleton<IFactProvider>(_inventory));
        await engine.PostAsync(Db.Name, "f1");

        var unseen = await engine.AwaitAsync<Held>(Db, h => h.Guard == "looked");
        Assert.Equal("how things are cannot be known; now: fake.disk: no answer", unseen.Reason);

        _inventory.Problem = "its file cannot be read";
        var away = await engine.AwaitAsync<Held>(Db, h => h.Guard == "stale");
        Assert.Equal("nothing is decided on a view of 'hosts' this old; now: its file cannot be read", away.Reason);

        _look.Fails = null;
        _look.Looking = async () =>
        {
            if (await HasBegunAsync(engine))
            {
                _look.Looking = null;
                _inventory.IsStale = true;
            }
        };
        _inventory.Problem = "";
        var stale = await engine.AwaitAsync<Held>(Db, h => h.Guard == "stale" && h.Reason != away.Reason);
        Assert.Matches("^the view of 'hosts' is [0-9]+ s old$", stale.Reason);
        Assert.Empty(_cluster.EffectsById);

        _inventory.IsStale = false;
        Assert.Equal(RunOutcome.Verified, (await engine.AwaitAsync<RunEnded>(Db)).Outcome);
        Assert.Single(_cluster.EffectsById);
        Assert.NotEmpty(_look.Verified);
        var seen = await engine.AwaitAsync<Looked>(Db, l => l.Items[0].Failure is null);
        Assert.Equal("99", seen.Items[0].Facts[0]["used_percent"]);
    }

    [Theory]
    [InlineData("too many", "fake.disk saw 201 facts; at most 200 can be kept")]
    [InlineData("other kind", "fake.disk told of a node, which it does not declare")]
    [InlineData("long", "fake.disk gave more than 1000 characters as 'device'")]
    [InlineData("hangs", "fake.disk: it took too long")]
    public async Task WhatALookGivesBeyondWhatItMay_IsAFailure(string how, string says)
    {
        _look.Answers = how switch
        {
            "too many" => _ => Task.FromResult<IReadOnlyList<Fact>>(
                [.. Enumerable.Range(0, 201).Select(i => Fact.Parse($$"""filesystem{host="db-1",mountpoint="/{{i}}"}"""))]),
            "other kind" => _ => Task.FromResult<IReadOnlyList<Fact>>([Fact.Parse("""node{node="db-1"}""")]),
            "long" =>
                _ => Task.FromResult<IReadOnlyList<Fact>>([Fact.Parse($$"""filesystem{host="db-1",device="{{new string('x', 1001)}}"}""")]),
            _ => async token =>
            {
                await Task.Delay(Timeout.Infinite, token);
                return [];
            },
        };
        await using var engine =
            await EngineHost.StartAsync(_cluster, _folder, store: services => services.AddSingleton<IFactProvider>(_inventory));
        await engine.PostAsync(Db.Name, "f1");

        Assert.Equal(says, (await engine.AwaitAsync<Looked>(Db)).Items[0].Failure);
        Assert.False(await HasBegunAsync(engine));
    }

    private static async Task<bool> HasBegunAsync(EngineHost engine) =>
        (await engine.Journal.EventsAsync(Db, TestContext.Current.CancellationToken)).Any(e => Happened.Read(e).Event is RunStarted);

    private sealed class Inventory : IFactProvider
    {
        private readonly FactView _view = new(
            1,
            DateTimeOffset.UnixEpoch,
            [Fact.Parse("""host{host="db-1",address="10.9.0.4"}"""), Fact.Parse("""node{node="not-its-own"}""")]);

        public volatile bool IsStale;

        /// <summary>Why it is away; empty while it is not.</summary>
        public volatile string Problem = "";

        public string Name => FactSchema.Hosts;

        public ViewStatus Current => new(
            Problem.Length > 0 ? ViewState.Loading : ViewState.Ready,
            _view,
            TimeProvider.System.GetUtcNow() - (IsStale ? TimeSpan.FromMinutes(5) : TimeSpan.Zero),
            Problem);
    }

    private sealed class DiskLook(FakeCluster cluster) : ILook
    {
        public ActionDescriptor Descriptor { get; } = new()
            { Name = "fake.disk", Class = ActionClass.Read, Input = typeof(NoInput), Summary = "disk", Deadline = TimeSpan.FromSeconds(1) };

        public string? Fails { get; set; }

        public Func<CancellationToken, Task<IReadOnlyList<Fact>>>? Answers { get; set; }

        /// <summary>Asked before it sees anything.</summary>
        public Func<Task>? Looking { get; set; }

        public ConcurrentQueue<string> Verified { get; } = new();

        public string Provider => FactSchema.Hosts;

        public IReadOnlyList<string> Gives => ["filesystem"];

        public async Task<IReadOnlyList<Fact>> LookAsync(ActionRequest request, CancellationToken cancellationToken)
        {
            if (Answers is { } gives)
            {
                return await gives(cancellationToken);
            }

            if (Fails is { } why)
            {
                throw new ActionFailedException(FailureKind.Transient, why);
            }

            await (Looking?.Invoke() ?? Task.CompletedTask);
            var used = cluster.IsHealthy(Db.Name) ? "40" : "99";
            if (used == "40")
            {
                Verified.Enqueue(used);
            }

            return [Fact.Parse($$"""filesystem{host="db-1",mountpoint="/var",used_percent="{{used}}"}""")];
        }
    }
}
