using Remediator.Core.Actions;
using Remediator.Core.Engine;
using Remediator.Core.Events;
using Remediator.Core.Playbooks;
using Remediator.Core.Policies;
using Remediator.Core.Records;
using Remediator.Core.Tests.Incidents;

namespace Remediator.Core.Tests.Pages;

public sealed class PageHandoffTests
{
    private readonly Bench _bench = new() {
        Policy = Policy(new PagePolicy { Hold = true, VerifiedRuns = 3 }),
        Settings = new() { Mode = Mode.Auto, ExternalUrl = "https://remediator.example.com/" } };

    public PageHandoffTests() => _bench.Runs.AddRange([false, true, true, true]);

    [Fact]
    public void GoodRecord_HoldsThePage_UntilTheStepsDeadline()
    {
        Begin();

        var intended = _bench.Only<PageHoldIntended>();
        var deadline = _bench.Intents[0].NotAfter + TimeSpan.FromMinutes(7);
        Assert.Equal(
            (_bench.Intents[0].ActionId, deadline, "the last 3 runs of playbook restart-loop succeeded"),
            (intended.ActionId, intended.Until, intended.Because));
        var hold = Assert.Single(_bench.Job<HoldPages>().Pages);
        Assert.Equal(
            $"Remediator holds this page until {deadline:u}. Incident id001, deployment shop/api: evict pod shop/api-1. "
                + $"https://remediator.example.com/api/v1/incidents/id001",
            hold.Comment);
        Assert.Equal(
            ["alertname=KubePodCrashLooping", "instance=10.0.0.1:8080", "namespace=shop", "pod=api-1"],
            hold.AsSilence(_bench.Now).Matchers.Select(m => $"{m.Name}={m.Value}"));

        Took("s1");

        Assert.Equal(new PageHeld("f1", "KubePodCrashLooping", "s1", deadline), _bench.Only<PageHeld>());
        Assert.EndsWith($"; its page is held until {deadline:u}", _bench.Row("restart-loop").Summary, StringComparison.Ordinal);
        Assert.DoesNotContain(_bench.Last.Jobs, j => j is HoldPages or ReleasePages);
    }

    [Fact]
    public void Policy_ThatSaysNothingOfPages_HoldsNone_AndIsSilentAboutIt()
    {
        _bench.Policy = new();
        Begin();
        Assert.DoesNotContain(_bench.Journal, h => h.Event is PageHoldIntended or PageNotHeld);
        Assert.DoesNotContain(_bench.Last.Jobs, j => j is HoldPages);
    }

    [Theory]
    [InlineData("few runs", "the record of playbook restart-loop has 2 verified runs in a row, and the policy asks for 3")]
    [InlineData("setback", "the record of playbook restart-loop has 0 verified runs in a row, and the policy asks for 3")]
    [InlineData("no record", "the record of playbook restart-loop has 0 verified runs in a row, and the policy asks for 3")]
    [InlineData("lowered", "the record of playbook restart-loop has 0 verified runs in a row, and the policy asks for 3")]
    [InlineData("raised", "the record of playbook restart-loop has 1 verified run in a row, and the policy asks for 3")]
    [InlineData("old", "the record of playbook restart-loop has 0 verified runs in a row, and the policy asks for 3")]
    [InlineData(
        "no Alertmanager",
        "its alerts come from no Alertmanager that can hold them: set Alertmanagers:0:Name and Alertmanagers:0:Urls:0, and "
            + "let it post to the path of its group")]
    [InlineData("temporary", "the step contains the problem and does not repair it")]
    [InlineData("many alerts", "more than 20 alerts fire")]
    public void Doubt_LetsThePageRing_AndSaysWhy(string doubt, string reason)
    {
        switch (doubt)
        {
            case "few runs": _bench.Runs.RemoveAt(1); break;
            case "setback": _bench.Runs.Add(false); break;
            case "no record": _bench.Runs.Clear(); break;
            case "lowered": _bench.Standings = Lowered("because"); break;
            case "raised": _bench.Standings = Lowered(null); break;
            case "old": _bench.Runs.AddRange(Enumerable.Repeat(false, 24 * 31)); _bench.Runs.Reverse(); break;
            case "no Alertmanager": _bench.CanHoldPages = false; break;
            case "temporary": _bench.Playbook = Bench.RestartLoop(Mode.Auto, Bench.Step("cordon", "kubernetes.cordon")); break;
            default: Enumerable.Range(2, 20).ToList().ForEach(i => _bench.Fire($"f{i}")); break;
        }

        Begin();

        Assert.Equal(new PageNotHeld(null, null, reason), _bench.Only<PageNotHeld>());
        Assert.Single(_bench.Intents);
        Assert.DoesNotContain(_bench.Last.Jobs, j => j is HoldPages);
    }

    [Theory]
    [InlineData("critical", false, false)]
    [InlineData("Critical", false, false)]
    [InlineData("critical", true, true)]
    [InlineData("warning", false, true)]
    [InlineData(null, false, true)]
    public void CriticalAlert_Rings_UnlessThePolicyAllowsIt(string? severity, bool allowed, bool held)
    {
        _bench.Policy = Policy(new PagePolicy { Hold = true, VerifiedRuns = 3, Critical = allowed });
        _bench.Severity = severity;
        Begin();
        Assert.Equal(held, _bench.Last.Jobs.OfType<HoldPages>().Any());
        Assert.Equal(held ? [] : ["it is critical"], _bench.Happenings<PageNotHeld>().Select(p => p.Reason));
    }

    [Fact]
    public void CriticalAlert_AmongOthers_RingsAlone()
    {
        _bench.Fire("f0");
        _bench.Severity = "critical";
        Begin();
        Assert.Equal(["f0"], _bench.Only<PageHoldIntended>().Alerts);
        Assert.Equal("f1", _bench.Only<PageNotHeld>().Fingerprint);
    }

    [Fact]
    public void OfSeveralThatMatch_TheStrictestCounts()
    {
        _bench.Policy = Policy(
            new() { Hold = true, VerifiedRuns = 1, Critical = true, AtMost = TimeSpan.FromMinutes(2) },
            new() { Hold = true, VerifiedRuns = 3, Critical = false, AtMost = TimeSpan.FromMinutes(30), Match = Of("shop") },
            new() { Hold = false, Match = Of("elsewhere") });
        Begin();
        Assert.Equal(_bench.Now.AddMinutes(2), _bench.Only<PageHoldIntended>().Until);

        var policy = Policy(
            new PagePolicy { Hold = true, VerifiedRuns = 3, Match = Of("shop"), Critical = true },
            new() { Hold = true, VerifiedRuns = 1, Critical = true }, new() { Hold = false, Match = Of("shop") });
        Assert.Null(PagePolicy.For(policy, _bench.World().Labels("restart-loop")));
    }

    [Fact]
    public void Verified_GivesThePageBack_WhenItsAlertsAreOver_ThoughItsIncidentIsClosed()
    {
        Repaired();

        Assert.Empty(_bench.State.Incidents);
        Assert.DoesNotContain(_bench.Last.Jobs, j => j is ReleasePages);
        _bench.Resolve();
        Released("s1", "the repair is verified, and the alerts are over");
        Assert.Empty(_bench.State.Pages);
        Assert.Null(_bench.Last.Due);
    }

    [Fact]
    public void Verified_WhileTheAlertFiresOn_HoldsThePageNoLongerThanWasSaid()
    {
        Repaired();
        _bench.Now = _bench.Only<PageHoldIntended>().Until;
        _bench.Wake();
        Assert.Equal("its time was over, and it ended by itself", _bench.Only<PageReleased>().Why);
    }

    [Fact]
    public void Verified_AndSomethingElseIsWrong_GivesThePageBack()
    {
        Repaired();
        _bench.Fire("f2", "Trouble");
        Released("s1", $"the repair is verified, and incident {_bench.State.Incidents[0].Id} is open");
    }

    [Fact]
    public void StepThatDoesNotHelp_GivesThePageBack_AndTheNextStepTakesItNotAgain()
    {
        Begin();
        Took("s1");
        _bench.Acted();
        _bench.Verified(good: false);

        Released("s1", "the step did not help: 2 of 3 ready");
        _bench.Planned("undo to revision 1");
        Assert.Equal(2, _bench.Intents.Count);
        Assert.Single(_bench.Happenings<PageHoldIntended>());
        Assert.DoesNotContain(_bench.Last.Jobs, j => j is HoldPages);
    }

    [Theory]
    [InlineData(FailureKind.Transient)]
    [InlineData(FailureKind.Permanent)]
    [InlineData(FailureKind.Unknown)]
    public void StepThatFails_GivesThePageBack(FailureKind kind)
    {
        Begin();
        Took("s1");
        _bench.Report(_bench.Act!, new CallFailed(kind, "forbidden"));
        Released("s1", "the step failed: forbidden");
    }

    [Theory]
    [InlineData("paused")]
    [InlineData("held")]
    public void PeopleWhoStepIn_GetThePageBack(string how)
    {
        Begin();
        Took("s1");
        if (how == "paused")
        {
            _bench.Paused = "big sale";
        }
        else
        {
            _bench.Workload["hold"] = "being debugged";
        }

        _bench.Wake(TimeSpan.FromSeconds(15));

        Assert.StartsWith($"{how}: ", _bench.Job<ReleasePages>().Why, StringComparison.Ordinal);
    }

    [Fact]
    public void Ineffective_AlertThatCameBack_Rings()
    {
        Begin();
        Took("s1");
        _bench.Acted();
        _bench.Verified();
        _bench.Now += TimeSpan.FromHours(2);
        _bench.Fire("f1", startsAt: _bench.Now);
        _bench.Planned();
        Assert.Equal("it was repaired in incident id001, and came back", _bench.Only<PageNotHeld>().Reason);
    }

    [Fact]
    public void Alertmanager_ThatRefuses_LetsThePageRing_AndTheRepairGoesOn()
    {
        Begin();
        Report<HoldPages>(new PagesHeld([new("f1", null, new(FailureKind.Transient, "http://am:9093: 503"))]));

        Assert.Equal(new PageNotHeld("f1", "KubePodCrashLooping", "http://am:9093: 503"), _bench.Only<PageNotHeld>());
        Assert.Empty(_bench.State.Pages);
        _bench.Acted();
        _bench.Verified();
        _bench.Only<IncidentClosed>();
    }

    [Fact]
    public void Alertmanager_ThatDidNotAnswer_MayHaveASilence_WhichIsLookedForAndRemoved()
    {
        Begin();
        Report<HoldPages>(new PagesHeld([new("f1", null, new(FailureKind.Unknown, "no answer"))]));
        Assert.True(_bench.Only<PageNotHeld>().MayStand);

        Report<ReleasePages>(new PagesReleased([new("f1", null, new(FailureKind.Transient, "no answer"))], "x"));
        Report<ReleasePages>(new PagesReleased([new("f1", null, new(FailureKind.Transient, "no answer to request b"))], "x"));
        Assert.Equal("no answer", _bench.Only<PageReleaseFailed>().Reason);
        Released("s9", "Alertmanager had not answered");
    }

    [Fact]
    public void SilenceThatCannotBeRemoved_IsTriedAgain_UntilItEndsByItself()
    {
        Begin();
        Took("s1");
        _bench.Acted();
        _bench.Verified(good: false);
        Report<ReleasePages>(new PagesReleased([new("f1", null, new(FailureKind.Transient, "no answer"))], "x"));
        Assert.NotNull(_bench.Job<ReleasePages>());

        _bench.Now = _bench.Only<PageHoldIntended>().Until;
        _bench.Wake();

        Assert.Equal(
            new PageReleased("f1", "KubePodCrashLooping", "s1", "its time was over, and it ended by itself"), _bench.Only<PageReleased>());
        Assert.Empty(_bench.State.Pages);
    }

    [Fact]
    public void Crash_BeforeTheSilenceWasJournalled_AsksForTheSameAgain_AndRemovesWhatItMayFind()
    {
        Begin();
        var first = _bench.Job<HoldPages>();
        _bench.Wake(TimeSpan.FromSeconds(1));
        Assert.Equal(first.Id, _bench.Job<HoldPages>().Id);
        Assert.Equal(first.Pages[0].Until, _bench.Job<HoldPages>().Pages[0].Until);

        _bench.Acted();
        _bench.Verified(good: false);

        Assert.Equal(first.Id, _bench.Job<ReleasePages>().Id);
        Released("s1", "the step did not help: 2 of 3 ready");
    }

    [Fact]
    public void LateAnswers_AfterThePageWasGivenBack_AreDropped()
    {
        Begin();
        var hold = _bench.Job<HoldPages>();
        Took("s1");
        _bench.Acted();
        _bench.Verified(good: false);
        var release = _bench.Job<ReleasePages>();
        Released("s1", "the step did not help: 2 of 3 ready");
        var entries = _bench.Happenings<PageReleased>().Count() + _bench.Happenings<PageHeld>().Count();

        _bench.Report(hold, new PagesHeld([new("f1", "s1", null)]));
        _bench.Report(release, new PagesReleased([new("f1", "s1", null)], "again"));

        Assert.Equal(entries, _bench.Happenings<PageReleased>().Count() + _bench.Happenings<PageHeld>().Count());
    }

    private static Policy Policy(params PagePolicy[] pages) => new() { Pages = pages };

    private static PolicyMatch Of(string space) => new(new Dictionary<string, string> { ["namespace"] = space });

    private Standings Lowered(string? because) =>
        new() { ByPlaybook = Standings.Empty.ByPlaybook.Add("restart-loop", new(Mode.Auto, "r", _bench.Now.AddHours(-1.5), because)) };

    /// <summary>The first step is on its way.</summary>
    private void Begin()
    {
        _bench.Fire();
        _bench.Planned();
    }

    private void Repaired()
    {
        Begin();
        Took("s1");
        _bench.Acted();
        _bench.Verified();
    }

    private void Took(string silence) => Report<HoldPages>(new PagesHeld([new("f1", silence, null)]));

    private void Released(string silence, string why)
    {
        Assert.Equal(why, _bench.Job<ReleasePages>().Why);
        Report<ReleasePages>(new PagesReleased([new("f1", silence, null)], why));
        Assert.Equal(new PageReleased("f1", "KubePodCrashLooping", silence, why), _bench.Only<PageReleased>());
    }

    private void Report<T>(JobOutcome outcome)
        where T : Job => _bench.Report(_bench.Job<T>(), outcome);
}
