using Remediator.Core.Actions;
using Remediator.Core.Engine;
using Remediator.Core.Events;
using Remediator.Core.Playbooks;

namespace Remediator.Core.Tests.Incidents;

/// <summary>What waits for a person is told from its beginning, and stays releasable.</summary>
public sealed class HeardAtOnceTests
{
    private static readonly Change Change = new("deployment shop/api", "image", "a", "b");

    private readonly Bench _bench = new()
    {
        Playbook = Bench.RestartLoop(Mode.Approve, Bench.Step("undo", "kubernetes.rollout-undo")),
        Severity = "warning",
    };

    [Fact]
    public void WaitingStep_IsToldAtOnce_WithPlanDeadlineAndCommand()
    {
        Ask();
        var told = _bench.Job<TellPeople>();
        Assert.False(told.Closing);
        var waits = told.Notification.Waits!;
        Assert.Equal(
            ("undo", "undo to revision 1", _bench.Now.AddMinutes(30), $"remediator approve {told.IncidentId}"),
            (waits.Step, waits.Plan.Summary, waits.Until, waits.Command));
        Assert.Equal([Change], waits.Plan.Changes);
        Assert.Equal("warning", told.Notification.Severity);
        Tell();
        Tell();
        Assert.True(_bench.Only<Notified>() is { Waits: true, Closing: false });
        _bench.Wake(TimeSpan.FromMinutes(1));
        Assert.NotEqual(told.Id, _bench.Job<TellPeople>().Id);
    }

    [Fact]
    public void OnceItIsReleased_PeopleHearThatNothingWaits()
    {
        Ask();
        Tell();
        Assert.True(_bench.Approve().Done);
        Assert.True(_bench.Job<TellPeople>().Closing);
        Tell();
        Assert.Empty(_bench.Last.Jobs.OfType<TellPeople>());
        Assert.Null(_bench.State.Incidents[0].Waits);
    }

    /// <summary>The word that nothing waits took long, and by then another plan does.</summary>
    [Fact]
    public void LateWordThatNothingWaits_LeavesTheStepThatWaitsByThen()
    {
        Ask();
        Tell();
        Assert.True(_bench.Approve().Done);
        var late = _bench.Job<TellPeople>();
        Assert.True(late.Closing);
        _bench.Planned("undo to revision 2", Change with { After = "c" });
        Assert.NotNull(_bench.State.Incidents[0].Waits);

        _bench.Report(late, new PeopleTold([new("notify.webhook", null)]));

        Assert.NotNull(_bench.State.Incidents[0].Waits);
        Assert.Contains(_bench.Last.Jobs.OfType<TellPeople>(), t => !t.Closing);
    }

    [Fact]
    public void NobodyReleasesIt_PeopleGetIt_AndItCanStillBeReleasedHoursLater()
    {
        Ask();
        Tell();
        _bench.Wake(TimeSpan.FromMinutes(30));
        Assert.Contains("remediator approve", _bench.Only<Escalated>().NextStep, StringComparison.Ordinal);
        Assert.Empty(_bench.Happenings<RunEnded>());
        _bench.Wake(TimeSpan.FromHours(5));
        Assert.Equal(2, _bench.Last.Jobs.OfType<TellPeople>().Count());

        Assert.True(_bench.Approve().Done);
        _bench.Planned("undo to revision 1", Change);
        Assert.Single(_bench.Intents);
        Assert.Contains(_bench.Last.Jobs.OfType<TellPeople>(), t => t is { Closing: false, Notification.Waits: null });
        _bench.Acted();
        Assert.Contains(_bench.Last.Jobs.OfType<TellPeople>(), t => t is { Closing: false, Notification.Waits: null });
        _bench.Verified();
        Assert.Equal(RunOutcome.Verified, _bench.Only<RunEnded>().Outcome);
        Assert.Empty(_bench.Happenings<IncidentClosed>());
    }

    [Fact]
    public void OnceItsProblemIsGone_NothingCanBeReleased()
    {
        Ask();
        _bench.Wake(TimeSpan.FromMinutes(30));
        _bench.Crashing = false;
        _bench.Wake(TimeSpan.FromMinutes(1));
        Assert.Equal(RunOutcome.Healed, _bench.Only<RunEnded>().Outcome);
        Assert.False(_bench.Approve().Done);
    }

    [Fact]
    public void PeopleWhoCouldNotBeTold_AreToldAgain_AndTheFailureIsWrittenOnce()
    {
        Ask();
        for (var minute = 0; minute < 5; minute++)
        {
            _bench.Report(_bench.Job<TellPeople>(), new PeopleTold([new("notify.webhook", $"away {minute}")]));
            _bench.Wake(TimeSpan.FromMinutes(1));
        }

        Assert.True(_bench.Only<NotifyFailed>().Waits);
        Tell();
        Assert.True(_bench.Only<Notified>().Waits);
    }

    [Theory]
    [InlineData(null, "critical")]
    [InlineData("warning", "warning")]
    [InlineData("page", "page")]
    public void Severity_IsThatOfTheAlerts_UnlessThePlaybookSaysAnother(string? ofAlert, string expected)
    {
        _bench.Severity = ofAlert;
        _bench.Playbook = Bench.RestartLoop(Mode.Auto) with { Escalate = new(null, new("sick")) };
        _bench.Fire();
        Assert.Equal(expected, _bench.Only<Escalated>().Severity);
    }

    [Fact]
    public void LabelsThatPeopleRouteBy_AreCopied_AndThoseOfTheTargetAreNot()
    {
        _bench.Team = "payments";
        _bench.Playbook = Bench.RestartLoop(Mode.Auto);
        _bench.Fire();
        var labels = _bench.Job<TellPeople>().Notification.Labels;
        Assert.Equal("payments", labels["team"]);
        Assert.DoesNotContain("pod", labels.Keys);
        Assert.DoesNotContain("instance", labels.Keys);
        _bench.Team = "others";
        _bench.Fire("f2");
        Assert.Equal("payments", _bench.Job<TellPeople>().Notification.Labels["team"]);
    }

    private void Ask()
    {
        _bench.Fire();
        _bench.Planned("undo to revision 1", Change);
    }

    private void Tell() => _bench.Report(_bench.Job<TellPeople>(), new PeopleTold([new("notify.alertmanager", null)]));
}
