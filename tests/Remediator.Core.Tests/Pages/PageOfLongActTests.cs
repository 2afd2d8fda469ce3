using Remediator.Core.Actions;
using Remediator.Core.Engine;
using Remediator.Core.Events;
using Remediator.Core.Playbooks;
using Remediator.Core.Policies;
using Remediator.Core.Tests.Incidents;

namespace Remediator.Core.Tests.Pages;

/// <summary>The page of an act that goes on for longer than its call.</summary>
public sealed class PageOfLongActTests
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    /// <summary>Of the act, 20 min, and its verification, 5 min and 2 min.</summary>
    private static readonly TimeSpan ActAndVerification = 27 * Minute;

    private readonly Bench _bench = new() { Policy = AtMost(60 * Minute) };

    public PageOfLongActTests() => _bench.Runs.AddRange([true, true, true]);

    [Fact]
    public void Page_IsHeldForAsLongAsTheActMayTake_AndItsVerification()
    {
        Intend("test.replace");
        Took("s1");
        var first = _bench.Only<PageHeld>().Until;
        Begun();

        var until = _bench.Now + ActAndVerification;
        Assert.Equal(
            new PageHoldExtended(
                _bench.Intents[0].ActionId, until, $"the act goes on, until {_bench.Now + (20 * Minute):u} at the latest: begun"),
            _bench.Only<PageHoldExtended>());
        var hold = Assert.Single(_bench.Job<HoldPages>().Pages);
        Assert.Equal(("s1", until), (hold.SilenceId, hold.Until));
        // nobody is kept from being paged for longer than a silence is known to last
        Assert.EndsWith($"; its page is held until {first:u}", _bench.Row("restart-loop").Summary, StringComparison.Ordinal);

        Took("s2");
        Assert.Equal(new PageHeld("f1", "KubePodCrashLooping", "s2", until), _bench.Happenings<PageHeld>().Last());
        Assert.EndsWith($"; its page is held until {until:u}", _bench.Row("restart-loop").Summary, StringComparison.Ordinal);
        _bench.Wake(19 * Minute);
        Assert.DoesNotContain(_bench.Last.Jobs, j => j is HoldPages or ReleasePages);
        Assert.Single(_bench.Happenings<PageHoldExtended>());
    }

    [Fact]
    public void ActThatIsDone_AndVerified_GivesThePageBackWhenItsAlertsAreOver()
    {
        Held("test.replace");
        Seen(new(ActState.Done, "replaced"), after: 15 * Minute);
        _bench.Verified();
        Assert.DoesNotContain(_bench.Last.Jobs, j => j is ReleasePages);

        _bench.Resolve();

        Assert.Equal("the repair is verified, and the alerts are over", _bench.Job<ReleasePages>().Why);
    }

    [Fact]
    public void Policy_BoundsIt_FromWhenThePageWasFirstHeld()
    {
        _bench.Policy = AtMost(15 * Minute);
        Intend("test.replace");
        Took("s1");
        var most = _bench.Now + (15 * Minute);
        _bench.Now += TimeSpan.FromSeconds(30);
        Begun();

        Assert.Equal(most, _bench.Only<PageHoldExtended>().Until);
        Took("s2");
        _bench.Now = most;
        _bench.Wake();
        Assert.Equal("its time was over, and it ended by itself", _bench.Only<PageReleased>().Why);
        Assert.Equal("act-1", _bench.Job<WatchAct>().Act.Handle);
    }

    [Fact]
    public void Policy_ThatAllowsNoMoreThanTheFirstEnd_IsNotExceeded()
    {
        _bench.Policy = AtMost(2 * Minute);
        Held("test.replace", extended: false);
        Assert.Empty(_bench.Happenings<PageHoldExtended>());
        Assert.DoesNotContain(_bench.Last.Jobs, j => j is HoldPages);
    }

    [Fact]
    public void Policy_ThatHoldsNoPagesAnyMore_ExtendsNone()
    {
        Intend("test.replace");
        Took("s1");
        _bench.Policy = new();
        Begun();
        Assert.Empty(_bench.Happenings<PageHoldExtended>());
    }

    [Theory]
    [InlineData(ActState.Failed, "the step failed: the group refused")]
    [InlineData(ActState.Unknown, "it is unknown whether the step was done: the group refused")]
    public void ActThatFails_GivesThePageBackAtOnce(ActState state, string why)
    {
        Held("test.replace");
        Seen(new(state, "the group refused"), after: 5 * Minute);
        Assert.Equal(why, _bench.Job<ReleasePages>().Why);
    }

    [Fact]
    public void ActWhoseTimeIsOver_GivesThePageBackBeforeItIsCancelled()
    {
        Held("test.drain");
        Seen(new(ActState.InProgress, "2 pods are left"), after: 20 * Minute);

        Assert.Equal("the step is cancelled: its time is over; 2 pods are left", _bench.Job<ReleasePages>().Why);
        Assert.NotNull(_bench.Job<CancelAct>());
    }

    [Fact]
    public void PeopleWhoStepIn_GetThePageBack_ThoughTheActHasToBeFinished()
    {
        Held("test.replace");
        _bench.Paused = "big sale";
        _bench.Wake(Minute);

        Assert.StartsWith("paused: ", _bench.Job<ReleasePages>().Why, StringComparison.Ordinal);
        Assert.Single(_bench.Happenings<StopDeferred>());
    }

    [Theory]
    [InlineData(FailureKind.Transient)]
    [InlineData(FailureKind.Unknown)]
    public void Alertmanager_ThatDoesNotExtendIt_LosesTheFirstSilenceToo(FailureKind kind)
    {
        Intend("test.replace");
        Took("s1");
        Begun();
        Report<HoldPages>(new PagesHeld([new("f1", null, new(kind, "http://am:9093: 503"))]));

        Assert.Equal(new PageNotHeld("f1", "KubePodCrashLooping", "http://am:9093: 503", MayStand: true), _bench.Only<PageNotHeld>());
        Assert.Equal("s1", Assert.Single(_bench.Job<ReleasePages>().Pages).SilenceId);
        Report<ReleasePages>(new PagesReleased([new("f1", "s1", null)], "Alertmanager had not answered"));
        Assert.Empty(_bench.State.Pages);
        Assert.Empty(_bench.Happenings<Escalated>());
    }

    /// <summary>As after an outage of all replicas: people were paged by then.</summary>
    [Fact]
    public void SilenceThatEndsBeforeItIsExtended_IsNotMadeAnew()
    {
        Intend("test.replace");
        Took("s1");
        Begun();
        _bench.Now = _bench.Only<PageHeld>().Until;
        _bench.Restart();
        _bench.Wake();

        Assert.Equal("its silence ended before it was extended", _bench.Job<ReleasePages>().Why);
        Assert.DoesNotContain(_bench.Last.Jobs, j => j is HoldPages);
    }

    /// <summary>The first hold was still on its way to Alertmanager when the act began.</summary>
    [Fact]
    public void SilenceThatWasAskedForBefore_IsKnownToEndSooner_AndIsExtended()
    {
        Intend("test.replace");
        var early = _bench.Job<HoldPages>();
        Begun();
        _bench.Report(early, new PagesHeld([new("f1", "s1", null) { Until = early.Pages[0].Until }]));

        Assert.Equal(early.Pages[0].Until, _bench.Only<PageHeld>().Until);
        Assert.Equal(_bench.Now + ActAndVerification, Assert.Single(_bench.Job<HoldPages>().Pages).Until);
    }

    /// <summary>A taking back is no repair that does what it always did.</summary>
    [Fact]
    public void TakingBackThatGoesOn_HoldsNoPage()
    {
        _bench.Playbook = Bench.RestartLoop(Mode.Auto, Bench.Step("replace", "test.replace", undo: true));
        _bench.Fire();
        _bench.Planned();
        Took("s1");
        _bench.Acted();
        _bench.Verified(good: false);
        _bench.Report(_bench.Job<UndoPlan>(), new CallReturned(new("begun to go back") { Began = Handle }));

        Assert.Empty(_bench.Happenings<PageHoldExtended>());
        Assert.Equal("the step did not help: 2 of 3 ready", _bench.Job<ReleasePages>().Why);
    }

    private static Began Handle => new("act-1", TimeSpan.FromSeconds(15), 20 * Minute);

    private static Policy AtMost(TimeSpan most) => new() { Pages = [new() { Hold = true, VerifiedRuns = 3, AtMost = most }] };

    private void Intend(string use)
    {
        _bench.Playbook = Bench.RestartLoop(Mode.Auto, Bench.Step("long", use));
        _bench.Fire();
        _bench.Planned();
    }

    private void Begun() => _bench.Report(_bench.Act!, new CallReturned(new("begun") { Began = Handle }));

    private void Held(string use, bool extended = true)
    {
        Intend(use);
        Took("s1");
        Begun();
        if (extended)
            Took("s2");
    }

    private void Seen(ActStatus status, TimeSpan after)
    {
        var job = _bench.Job<WatchAct>();
        _bench.Now += after;
        _bench.Report(job, new ActSeen(status));
    }

    private void Took(string silence)
    {
        var until = _bench.Job<HoldPages>().Pages[0].Until;
        Report<HoldPages>(new PagesHeld([new("f1", silence, null) { Until = until }]));
    }

    private void Report<T>(JobOutcome outcome)
        where T : Job => _bench.Report(_bench.Job<T>(), outcome);
}
