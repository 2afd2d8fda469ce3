using Remediator.Core.Events;
using Remediator.Core.Facts;
using Remediator.Core.Playbooks;
using Remediator.Core.Rules;

namespace Remediator.Core.Tests.Incidents;

/// <summary>An incident says that it is held for as long as something holds it, and no longer.</summary>
public sealed class HoldThatIsOverTests
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private readonly Bench _bench = new();

    [Theory]
    [InlineData(DecisionKind.None, "unhandled")]
    [InlineData(DecisionKind.Suppress, "suppressed")]
    public void ViewThatIsGoodAgain_WhereNothingIsToBeDone(DecisionKind says, string status)
    {
        _bench.Rules = a => Bench.Says(says, a);
        _bench.Fire();
        Blind();

        See();
        AssertOver(status);
    }

    [Fact]
    public void ViewThatIsGoodAgain_WhereTheRuleHasNotHeldLongEnough()
    {
        _bench.Rules = a => Bench.Run(a) with { For = TimeSpan.FromMinutes(30) };
        _bench.Fire();
        Blind();

        See();
        AssertOver("waiting");
    }

    [Fact]
    public void ViewThatIsGoodAgain_WhereNothingMoreIsObserved()
    {
        _bench.Settings = _bench.Settings with { Mode = Mode.Observe };
        _bench.Fire();
        _bench.Planned();
        _bench.Only<WouldAct>();
        Blind();

        See();
        AssertOver("observed");
        _bench.Wake(Minute);
        _bench.Only<WouldAct>();
    }

    /// <summary>A view that comes and goes does not fill the journal.</summary>
    [Fact]
    public void HoldThatIsShorterThanAMinute_IsNotEndedAtOnce_ButThen()
    {
        _bench.Rules = a => Bench.Says(DecisionKind.Suppress, a);
        _bench.Fire();
        Blind();

        (_bench.ViewState, _bench.ViewProblem) = (ViewState.Ready, "");
        _bench.Wake(TimeSpan.FromSeconds(10));
        Assert.Empty(_bench.Happenings<HoldEnded>());
        Assert.InRange(_bench.Last.Due!.Value, _bench.Now, _bench.Now + TimeSpan.FromSeconds(50));
        _bench.Wake(_bench.Last.Due.Value - _bench.Now);
        _bench.Wake(TimeSpan.FromSeconds(50));
        AssertOver("suppressed");
    }

    /// <summary>What still holds it is not over, however long it lasts.</summary>
    [Fact]
    public void HoldThatGoesOn_IsNotOver()
    {
        _bench.Paused = "the test pauses everything";
        _bench.Fire();
        for (var i = 0; i < 20; i++)
        {
            _bench.Wake(Minute);
        }

        Assert.Empty(_bench.Happenings<HoldEnded>());
        Assert.Equal("held", _bench.Row("restart-loop").Status);
    }

    private void Blind()
    {
        (_bench.ViewState, _bench.ViewProblem) = (ViewState.Loading, "The first lists are not complete: pods.");
        _bench.Wake(Minute);
        Assert.Equal("held", _bench.Row(_bench.State.Incidents[0].Problem).Status);
        Assert.Contains("not complete: pods", _bench.Only<Held>().Reason, StringComparison.Ordinal);
    }

    private void See()
    {
        (_bench.ViewState, _bench.ViewProblem) = (ViewState.Ready, "");
        _bench.Wake(Minute);
    }

    private void AssertOver(string status)
    {
        Assert.Equal("stale", _bench.Only<HoldEnded>().Guard);
        Assert.Equal(status, _bench.Row(_bench.State.Incidents[0].Problem).Status);
        _bench.Wake(Minute);
        _bench.Only<HoldEnded>();
    }
}
