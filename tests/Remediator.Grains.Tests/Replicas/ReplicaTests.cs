using Microsoft.Extensions.DependencyInjection;
using Remediator.Core.Actions;
using Remediator.Core.Events;
using Remediator.Core.Journal;
using Remediator.Core.Playbooks;
using Remediator.Core.Worlds;
using Remediator.Grains.Calls;
using Remediator.Grains.Membership;
using Remediator.Testing;

namespace Remediator.Grains.Tests.Replicas;

public sealed class ReplicaTests : IAsyncLifetime
{
    private readonly FakeCluster _cluster = new();
    private readonly string _folder = Directory.CreateTempSubdirectory("remediator-replicas-").FullName;
    private readonly List<EngineHost> _engines = [];
    private SharedStore _store = null!;

    public ValueTask InitializeAsync()
    {
        _store = new(_folder);
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Work_IsShared_AndEachThingDoneOnce()
    {
        await StartAsync("a", "b", "c");
        var names = Enumerable.Range(0, 40).Select(i => $"w{i}").ToList();
        names.ForEach(_cluster.Break);
        foreach (var name in names)
        {
            await _engines[0].PostAsync(name, $"f-{name}");
        }

        foreach (var name in names)
        {
            await _engines[0].AwaitAsync<IncidentClosed>(name);
        }

        Assert.Equal(40, _cluster.EffectsById.Count);
        Assert.All(_cluster.EffectsById.Values, n => Assert.Equal(1, n));
        Assert.Equal(["a", "b", "c"], _cluster.DoneBy.Values.Distinct().Order());
        Assert.Single(_engines, e => e.Services.GetRequiredService<ILeader>().Leads);
    }

    [Fact]
    public async Task ReplicaThatWasDeclaredDead_StopsActing_Ends_AndTheJournalSaysSo()
    {
        await StartAsync("a", "b", "c");
        var (zombie, survivor) = (_engines[2], _engines[0]);
        var effect = new TaskCompletionSource();
        var held = new TaskCompletionSource();
        _cluster.AfterEffect = async _ =>
        {
            effect.TrySetResult();
            await held.Task;
        };
        _cluster.Break("api");
        await PostToAsync(zombie, "api");
        await effect.Task.WaitAsync(Wait.Patience, Token);
        Assert.False(ActGate(zombie).Over.IsCancellationRequested);

        Assert.True(await survivor.Services.GetRequiredService<IClusterMembershipService>()
            .TryKill(SiloAddress.FromParsableString(zombie.Replica.Id)));

        await zombie.Replica.Fenced.WaitAsync(Wait.Patience, Token);
        Assert.True(ActGate(zombie).Over.IsCancellationRequested);
        Assert.NotEmpty(zombie.Replica.Problem);
        _cluster.AfterEffect = _ => Task.CompletedTask;
        Assert.Equal(CloseReason.Verified, (await survivor.AwaitAsync<IncidentClosed>("api")).Reason);
        Assert.Equal(1, Assert.Single(_cluster.EffectsById).Value);
        Assert.Equal(ProbeAnswer.Happened, (await survivor.AwaitAsync<ActionProbed>("api")).Answer);
        // only now, since what it still reports is true, and would be taken as the outcome
        held.SetResult();
        var lost = await ToldAsync<ReplicaLost>(zombie);
        Assert.Equal([survivor.Replica.Id], lost.DeclaredBy);
        Assert.NotEmpty((await ToldAsync<ReplicaFenced>(zombie)).Refused);
    }

    /// <summary>Ten minutes of a playbook, 12 s here. It is ended by the test, so no clock decides.</summary>
    [Fact]
    public async Task ActOfTenMinutes_BegunByAReplicaThatDies_IsEndedByAnother_AndWasBegunOnce()
    {
        var machine = new LongReplacement();
        var step = FakeCluster.RestartLoop.Ladder[0] with { Use = "fake.replace" };
        _cluster.Definitions = _cluster.Definitions with { Playbooks = new Dictionary<string,
        Playbook> { ["restart-loop"] = FakeCluster.RestartLoop with { Ladder = [step] } } };
        _cluster.Actions = [machine];
        await StartAsync("a", "b", "c");
        var (zombie, survivor) = (_engines[2], _engines[0]);
        _cluster.Break("api");
        await PostToAsync(zombie, "api");
        await survivor.AwaitAsync<ActionProgressed>("api", p => p.Seen == "the new machine is Pending");

        Assert.True(await survivor.Services.GetRequiredService<IClusterMembershipService>()
            .TryKill(SiloAddress.FromParsableString(zombie.Replica.Id)));
        await zombie.Replica.Fenced.WaitAsync(Wait.Patience, Token);
        machine.Seen = "the new machine is InService";
        await survivor.AwaitAsync<ActionProgressed>("api", p => p.Seen == machine.Seen);
        _cluster.Repair("api");
        machine.State = ActState.Done;

        Assert.Equal(CloseReason.Verified, (await survivor.AwaitAsync<IncidentClosed>("api")).Reason);
        Assert.Equal(1, machine.Begun);
        var events = await survivor.EventsAsync("api");
        Assert.Equal(
            ["ActionIntended", "ActionBegan", "ActionProgressed", "ActionProgressed", "ActionSucceeded", "VerificationPassed"],
            events.Select(e => e.GetType().Name).Where(
                n => n.StartsWith("Action", StringComparison.Ordinal) || n.StartsWith("Verif", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task ReplicaThatIsShutDown_Leaves_AndAnotherLeads()
    {
        await StartAsync("a", "b");
        var leader = await LeaderAsync();
        await ToldAsync<ReplicaJoined>(_engines[0]);
        await ToldAsync<ReplicaJoined>(_engines[1]);

        await leader.DisposeAsync();
        _engines.Remove(leader);

        await ToldAsync<ReplicaLeft>(leader);
        Assert.True(_engines[0].Services.GetRequiredService<ILeader>().Leads);
        Assert.False(leader.Replica.Fenced.IsCompleted);
        _cluster.Break("api");
        await _engines[0].PostAsync("api", "f1");
        await _engines[0].AwaitAsync<IncidentClosed>("api");
    }

    [Fact]
    public async Task LeaderThatCannotReachTheStore_StopsPumping_BeforeAnotherBegins()
    {
        await StartAsync("a", "b");
        var leader = await LeaderAsync();
        var other = _engines.Single(e => e != leader);
        var both = false;

        leader.Services.GetRequiredService<Membership.SharedMembers.View>().IsCut = true;

        await Wait.UntilAsync("the other to lead", () =>
        {
            both |= Leads(leader) && Leads(other);
            return Leads(other);
        }, Token);
        Assert.False(both);
        Assert.False(Leads(leader));
        leader.Services.GetRequiredService<Membership.SharedMembers.View>().IsCut = false;
    }

    [Fact]
    public async Task ResourceThatCannotBeHandled_IsToldOn_ByTheReplicaThatLeadsOnceTheLeaderIsDead()
    {
        var people = new FakePeople();
        _cluster.Actions = [people];
        _cluster.Definitions = _cluster.Definitions with { Rules = new BrokenRules(_cluster.Definitions.Rules) };
        await StartAsync("a", "b");
        var leader = await LeaderAsync();
        var other = _engines.Single(e => e != leader);
        await leader.PostAsync("bad", "f1");
        var first = await StuckAsync("a notification by the first leader");

        Assert.True(await other.Services.GetRequiredService<IClusterMembershipService>()
            .TryKill(SiloAddress.FromParsableString(leader.Replica.Id)));
        await leader.Replica.Fenced.WaitAsync(Wait.Patience, Token);
        await Wait.UntilAsync("the other to lead", () => Leads(other) && !Leads(leader), Token);
        await leader.DisposeAsync();
        _engines.Remove(leader);
        people.Told.Clear();

        var next = await StuckAsync("a notification by the next leader");
        Assert.Equal(
            (first.IncidentId, first.Resource, first.StartsAt, first.Reason), (next.IncidentId, next.Resource, next.StartsAt, next.Reason));
        Assert.True(next.EndsAt > first.EndsAt, $"told until {next.EndsAt:O}, before until {first.EndsAt:O}");

        Task<Notification> StuckAsync(string what) => Wait.ForAsync(
            what, () => Task.FromResult(people.Told.LastOrDefault(n => n.Problem == "engine-cannot-handle")), Token);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var engine in _engines)
        {
            await engine.DisposeAsync();
        }

        _store.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static EngineSettings Settings { get; } = new()
    {
        Mode = Mode.Auto,
        DurationScale = 0.02,
        TakeoverMargin = TimeSpan.FromMilliseconds(200),
        ShutdownGrace = TimeSpan.FromMilliseconds(200),
        AtOncePerCluster = 1000,
        AtOncePerNamespace = 1000,
    };

    private async Task StartAsync(params string[] names)
    {
        foreach (var name in names)
        {
            _engines.Add(await EngineHost.StartReplicaAsync(_cluster, _store, name, Settings));
        }
    }

    private static bool Leads(EngineHost engine) => engine.Services.GetRequiredService<ILeader>().Leads;

    private static ActGate ActGate(EngineHost engine) => engine.Services.GetRequiredService<ActGate>();

    private async Task<EngineHost> LeaderAsync()
    {
        await Wait.UntilAsync("a replica to lead", () => _engines.Any(Leads), Token);
        return _engines.Single(Leads);
    }

    /// <summary>Makes the resource's grain live on that replica, then posts its alert.</summary>
    private static async Task PostToAsync(EngineHost engine, string workload)
    {
        RequestContext.Set(
            Orleans.Runtime.Placement.IPlacementDirector.PlacementHintKey, SiloAddress.FromParsableString(engine.Replica.Id));
        await engine.Services.GetRequiredService<IGrainFactory>()
            .GetGrain<IResourceGrain>(FakeCluster.Key(workload).ToString())
            .WakeAsync();
        RequestContext.Clear();
        await engine.PostAsync(workload, $"f-{workload}");
    }

    /// <summary>What the journal says of that replica.</summary>
    private async Task<T> ToldAsync<T>(EngineHost about)
        where T : Event
    {
        T? found = null;
        await Wait.UntilAsync($"{typeof(T).Name} of {about.Name}", async () =>
        {
            var events = await _store.Journal.EventsAsync(ReplicaBook.Key("test"), Token);
            found = events.Where(e => e.Payload.Contains(about.Replica.Id, StringComparison.Ordinal))
                .Select(e => Happened.Read(e).Event)
                .OfType<T>()
                .FirstOrDefault(e => $"{e}".Contains($"Replica = {about.Replica.Id}", StringComparison.Ordinal));
            return found is not null;
        }, Token);
        return found!;
    }

    /// <summary>A replacement that goes on outside all engines.</summary>
    private sealed class LongReplacement : IWatchedAction
    {
        private int _begun;

        public int Begun => _begun;

        public volatile string Seen = "the new machine is Pending";

        public volatile ActState State = ActState.InProgress;

        public ActionDescriptor Descriptor { get; } = new()
            { Name = "fake.replace", Class = ActionClass.Mild, Input = typeof(NoInput), Summary = "replaces" };

        public Task<PlanResult> PlanAsync(ActionRequest request, CancellationToken cancellationToken) =>
            Task.FromResult(PlanResult.Planned(
                new() { Summary = "replace it", Preconditions = new Dictionary<string, string> { ["instance_id"] = "i-1" } }));

        public Task<ActionOutcome> ApplyAsync(ActionRequest request, ActionPlan plan, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref _begun);
            return Task.FromResult(new ActionOutcome("asked the group for a new machine") { Began = new(
                "activity-7", TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(10)) });
        }

        public Task<IReadOnlyDictionary<string, string>?> IdentifyAsync(
            ActionRequest request, ActionPlan plan, CancellationToken cancellationToken) =>
            Task.FromResult<IReadOnlyDictionary<string, string>?>(new Dictionary<string, string> { ["instance_id"] = "i-1" });

        public Task<ProbeResult> ProbeAsync(ActionRequest request, ActionPlan plan, CancellationToken cancellationToken) =>
            throw new NotSupportedException();

        public Task<ActStatus> WatchAsync(ActionRequest request, ActionPlan plan, string handle, CancellationToken cancellationToken) =>
            Task.FromResult(handle == "activity-7" ? new ActStatus(State, Seen) : new(ActState.Unknown, $"there is no {handle}"));
    }
}
