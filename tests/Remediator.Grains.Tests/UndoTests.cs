using Remediator.Core.Actions;
using Remediator.Core.Events;
using Remediator.Core.Playbooks;

namespace Remediator.Grains.Tests;

/// <summary>Taking back through grains, store and runner.</summary>
public sealed class UndoTests : IDisposable
{
    private readonly FakeCluster _cluster = new();
    private readonly string _folder = Directory.CreateTempSubdirectory("remediator-undo-").FullName;
    private readonly Change _change = new();

    public UndoTests()
    {
        var step = FakeCluster.RestartLoop.Ladder[0] with { Use = "fake.change", UndoOnFailure = true };
        step = step with { Verify = new(
            "fake.look", ActionInputTemplate.Of(new NoInput()), TimeSpan.Zero, TimeSpan.FromSeconds(1)) };
        _cluster.Definitions = _cluster.Definitions with { Playbooks = new Dictionary<string,
        Playbook> { ["restart-loop"] = FakeCluster.RestartLoop with { Ladder = [step] } } };
        _cluster.Actions = [_change, new Look(_change)];
        _cluster.Break("api");
    }

    [Fact]
    public async Task Undo_IsInTheJournalBeforeItIsBegun()
    {
        await using var engine = await EngineHost.StartAsync(_cluster, _folder);
        var seen = new TaskCompletionSource<IReadOnlyList<Event>>();
        _change.BeforeUndo = async () => seen.SetResult(await engine.EventsAsync("api"));

        await engine.PostAsync("api", "f1");

        Assert.Contains(await seen.Task.WaitAsync(TimeSpan.FromMinutes(1), Token), e => EventCodec.NameOf(e) == "undo-intended");
        await engine.AwaitAsync<ActionUndone>("api");
    }

    [Fact]
    public async Task PauseOnAnotherReplica_WhileTheUndoIsDecided_LetsItNotBegin()
    {
        var pause = new PausedElsewhere(_cluster, _folder, "undo-intended");
        await using var engine = await pause.StartAsync();

        await engine.PostAsync("api", "f1");

        var next = await engine.AwaitAsync<Event>("api", e => e is Held { Guard: "paused" } or UndoIntended);
        Assert.IsType<Held>(next);
        Assert.Equal(0, _change.Undone);

        await pause.ResumeAsync();
        await engine.AwaitAsync<ActionUndone>("api");
        Assert.Equal(1, _change.Undone);
    }

    [Fact]
    public async Task TargetThatIsAnotherOneByThen_IsNotTouched_AndPeopleAreTold()
    {
        await using var engine = await EngineHost.StartAsync(_cluster, _folder);
        _change.AfterPlan = () => _change.Uid = "u2";

        await engine.PostAsync("api", "f1");

        Assert.Equal(
            "'change it' could not be done: deployment shop/api is another one than the one that was planned for: its uid is "
                + "u2, not u1; nothing was done",
            (await engine.AwaitAsync<Escalated>("api")).Reason);
        Assert.Equal((0, 0), (_change.Applied, _change.Undone));
    }

    [Fact]
    public async Task TargetThatIsAnotherOneByThen_HasNothingToTakeBack()
    {
        await using var engine = await EngineHost.StartAsync(_cluster, _folder);
        _change.Looked = () =>
        {
            _change.Uid = "u2";
            return Task.CompletedTask;
        };

        await engine.PostAsync("api", "f1");

        Assert.EndsWith(
            "its uid is u2, not u1; there is nothing to take back", (await engine.AwaitAsync<ActionUndone>("api")).Message,
            StringComparison.Ordinal);
        Assert.Equal((1, 0), (_change.Applied, _change.Undone));
    }

    /// <summary>What is seen of it while its call is out is as it was before the call.</summary>
    [Fact]
    public async Task UndoThatGoesOnByAnotherCall_IsCalledTwice_AndNoMoreWhileThatCallIsOut()
    {
        await using var engine = await EngineHost.StartAsync(_cluster, _folder);
        _change.GoesOn = true;
        _change.BeforeUndo = async () =>
        {
            if (_change.Undone == 0)
                return;
            // the resource is decided about meanwhile
            await engine.PostAsync("api", "f2");
            await engine.AwaitAsync<AlertObserved>("api", a => a.Alert.Fingerprint.EndsWith("f2", StringComparison.Ordinal));
        };

        await engine.PostAsync("api", "f1");
        await engine.AwaitAsync<ActionUndone>("api");

        Assert.Equal(2, _change.Undone);
        Assert.Equal(2, (await engine.EventsAsync("api")).OfType<UndoIntended>().Count());
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private sealed class Change : IUndoableAction, IWatchedAction
    {
        private int _undone;

        /// <summary>Its undo begins with one call and ends with another.</summary>
        public bool GoesOn { get; set; }

        public Func<Task> BeforeUndo { get; set; } = () => Task.CompletedTask;

        public Func<Task> Looked { get; set; } = () => Task.CompletedTask;

        public int Undone => _undone;

        public int Applied { get; private set; }

        public Action AfterPlan { get; set; } = () => { };

        /// <summary>Of what has the name now.</summary>
        public string Uid { get; set; } = "u1";

        public ActionDescriptor Descriptor { get; } = new()
            { Name = "fake.change", Class = ActionClass.Mild, Input = typeof(NoInput), Summary = "changes" };

        public Task<PlanResult> PlanAsync(ActionRequest request, CancellationToken cancellationToken)
        {
            var plan =
                PlanResult.Planned(new() { Summary = "change it", Preconditions = new Dictionary<string, string> { ["uid"] = Uid } });
            AfterPlan();
            return Task.FromResult(plan);
        }

        public Task<ActionOutcome> ApplyAsync(ActionRequest request, ActionPlan plan, CancellationToken cancellationToken) 
        {
            Applied++;
            return Task.FromResult(new ActionOutcome("changed"));
        }

        public Task<IReadOnlyDictionary<string, string>?> IdentifyAsync(
            ActionRequest request, ActionPlan plan, CancellationToken cancellationToken) =>
            Task.FromResult<IReadOnlyDictionary<string, string>?>(new Dictionary<string, string> { ["uid"] = Uid });

        public Task<ProbeResult> ProbeAsync(ActionRequest request, ActionPlan plan, CancellationToken cancellationToken) =>
            Task.FromResult(new ProbeResult(ProbeAnswer.Happened, "seen"));

        public async Task<ActionOutcome> UndoAsync(ActionRequest request, ActionPlan plan, CancellationToken cancellationToken)
        {
            await BeforeUndo();
            return Interlocked.Increment(ref _undone) == 1 && GoesOn
                ? new("begun") { Began = new("undo", TimeSpan.FromMilliseconds(50), TimeSpan.FromHours(1)) }
                : new("as before");
        }

        public Task<ActStatus> WatchAsync(ActionRequest request, ActionPlan plan, string handle, CancellationToken cancellationToken) =>
            Task.FromResult(new ActStatus(ActState.InProgress, "it is back") { NeedsPush = true });
    }

    /// <summary>Sees that it did not help.</summary>
    private sealed class Look(Change change) : IVerifyAction
    {
        public ActionDescriptor Descriptor { get; } = new()
            { Name = "fake.look", Class = ActionClass.Read, Input = typeof(NoInput), Summary = "looks" };

        public async Task<CheckResult> CheckAsync(ActionRequest request, CancellationToken cancellationToken)
        {
            await change.Looked();
            return new(false, "still broken");
        }
    }
}
