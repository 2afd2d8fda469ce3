using Remediator.Core.Actions;
using Remediator.Core.Incidents;

namespace Remediator.Core.Tests.Incidents;

public sealed class RepairWatchTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 23, 12, 0, 0, TimeSpan.Zero);

    private readonly RepairWatch _watch = new(Start, TimeSpan.FromMinutes(10), TimeSpan.FromMinutes(30), TimeSpan.FromHours(1));

    [Fact]
    public void GoodForItsStableTime_IsVerified()
    {
        Assert.Null(Good(5));
        Assert.Null(Good(34));
        Assert.Equal("3 of 3 ready, for 1800 s", Good(35)!.Observed);
    }

    [Fact]
    public void FaultForTheWholeTime_HasFailed()
    {
        Assert.Null(Fault(10));
        Assert.Equal(new CheckResult(false, "2 of 3 ready"), Fault(10.1));
    }

    [Fact]
    public void OneBlindLook_InTheStableTime_IsNoFailure()
    {
        Good(5);
        Assert.Null(_watch.Add(At(20), null));
        Assert.Null(Good(20.1));
        Assert.Null(Good(50));
        Assert.True(Good(50.1)!.Good);
    }

    [Fact]
    public void ProcessThatStoodStill_SawNothing_SoThatTheStableTimeBeginsAgain()
    {
        var watch = new RepairWatch(Start, TimeSpan.FromMinutes(10), TimeSpan.FromMinutes(30), TimeSpan.FromMinutes(1));
        Assert.Null(watch.Add(At(0.5), new(true, "ready")));
        Assert.Null(watch.Add(At(45), new(true, "seen")));
        for (var minute = 46; minute < 75; minute++)
        {
            Assert.Null(watch.Add(At(minute), new(true, "seen")));
        }

        Assert.True(watch.Add(At(75), new(true, "seen"))!.Good);
    }

    [Fact]
    public void ProcessThatStoodStill_DoesNotTakeThatTimeForAFault()
    {
        var watch = new RepairWatch(Start, TimeSpan.FromMinutes(10), TimeSpan.FromMinutes(30), TimeSpan.FromMinutes(1));
        Assert.Null(watch.Add(At(0.5), new(false, "seen")));
        Assert.Null(watch.Add(At(14), new(false, "seen")));
        Assert.Null(watch.Add(At(15), new(true, "seen")));
    }

    [Fact]
    public void BlindTime_DoesNotCountAsFault()
    {
        Fault(1);
        for (var minute = 2; minute <= 14; minute++)
        {
            Assert.Null(_watch.Add(At(minute), null));
        }

        Assert.Null(Fault(15));
        Assert.Null(Good(16));
    }

    [Fact]
    public void BlindForTooLong_HasFailedAndSaysSo()
    {
        Fault(1);
        _watch.Add(At(2), null);
        Assert.Equal("it could not be checked for 15 min; before: 2 of 3 ready", _watch.Add(At(18), null)!.Observed);
    }

    [Fact]
    public void ChangeOfPods_BeginsTheStableTimeAgain()
    {
        Good(5, "a");
        Assert.Null(Good(30, "b"));
        Assert.Null(Good(59, "b"));
        Assert.True(Good(60, "b")!.Good);
    }

    [Fact]
    public void RestartsThatNeverEnd_HaveFailed_WithTheTruth()
    {
        CheckResult? verdict = null;
        for (var minute = 1; verdict is null; minute += 5)
        {
            verdict = Good(minute, $"restarts {minute}");
        }

        Assert.False(verdict.Good);
        Assert.Contains("changed or restarted", verdict.Observed, StringComparison.Ordinal);
    }

    [Fact]
    public void ShortFault_AfterItWasGood_BeginsAgainInsteadOfFailing()
    {
        Good(5);
        Assert.Null(Fault(20));
        Assert.Null(Good(22));
        Assert.Null(Good(51));
        Assert.True(Good(52)!.Good);
    }

    [Fact]
    public void WhatIsStillBeingStarted_HasTheTimeThatItsWorkloadGivesIt()
    {
        Assert.Null(Open(15, needs: 20));
        Assert.Null(Open(20, needs: 20));
        Assert.Equal("2 of 3 ready", Open(20.1, needs: 20)!.Observed);
    }

    [Fact]
    public void ASeenFault_IsNotGivenTheTimeOfAStart()
    {
        Assert.Null(Open(9, needs: 20));
        Assert.Null(Fault(9.5));
        Assert.Null(Open(15, needs: 20));
        Assert.False(Fault(19.6)!.Good);
    }

    [Fact]
    public void TimeDoesNotRun_WhileReplicasProgress()
    {
        for (var minute = 1; minute <= 40; minute++)
        {
            Assert.Null(Open(minute, progress: minute));
        }

        Assert.Null(Open(50, progress: 40));
        Assert.False(Open(50.1, progress: 40)!.Good);
    }

    [Fact]
    public void ProgressThatIsLostAndMadeAgain_IsNone()
    {
        CheckResult? verdict = null;
        for (var minute = 1; verdict is null; minute++)
        {
            Assert.InRange(minute, 1, 15);
            verdict = Open(minute, progress: minute % 2);
        }

        Assert.False(verdict.Good);
    }

    [Fact]
    public void PodsThatComeAndGo_NeitherFailNorRestartIt()
    {
        Good(5);
        for (var minute = 6; minute < 35; minute++)
        {
            Assert.Null(minute % 3 == 0 ? Good(minute) : Open(minute));
        }

        Assert.Equal("3 of 3 ready, for 1800 s", Good(35)!.Observed);
    }

    [Fact]
    public void WhereAlwaysMoreIsComing_ItIsVerifiedOnceThatHasHadItsTime()
    {
        Good(5);
        for (var minute = 6; minute < 45; minute++)
        {
            Assert.Null(Open(minute));
        }

        Assert.True(Open(45)!.Good);
    }

    /// <summary>Its pods were evicted after one good look, and the new ones get no place.</summary>
    [Fact]
    public void WhereMostOfWhatWasGoodIsGone_ItIsNotVerified()
    {
        Assert.Null(_watch.Add(At(5), new(true, "3 of 3 ready") { Progress = 6 }));
        for (var minute = 6; minute < 60; minute++)
        {
            Assert.Null(Open(minute, progress: 2));
        }

        Assert.True(_watch.Add(At(60), new(true, "3 of 3 ready") { Progress = 6 })!.Good);
    }

    [Fact]
    public void WhereTheProblemShowsAgain_TheStableTimeBeginsAgain()
    {
        Good(5);
        Assert.Null(_watch.Add(At(20), new(false, "ready, but its problem still shows") { Open = true, ProblemShows = true }));
        Assert.Null(Good(25));
        Assert.Null(Good(46));
        Assert.True(Good(56)!.Good);
    }

    /// <summary>A watch over twice the time to an OOM kill may be long.</summary>
    [Fact]
    public void ContainersThatEndFarFromEachOther_AreNoLoop()
    {
        for (var hour = 0; hour < 6; hour++)
        {
            var look = new CheckResult(true, "3 of 3 ready") { StableFor = TimeSpan.FromHours(2), EndedAt = At(hour * 60) };
            Assert.Null(_watch.Add(At((hour * 60) + 1), look));
        }
    }

    [Fact]
    public void PodThatCameAndIsBad_EndsTheStableTime()
    {
        Good(5);
        Open(30);
        Assert.Null(Fault(34));
        Assert.Null(Good(36));
        Assert.Null(Good(65));
        Assert.True(Good(66)!.Good);
    }

    [Fact]
    public void ContainerThatEnds_BeginsTheStableTimeAgain_ThoughEverythingIsReadyAtEachLook()
    {
        Assert.Null(_watch.Add(At(5), new(true, "ready") { EndedAt = At(-3) }));
        Assert.Null(_watch.Add(At(30), new(true, "ready") { EndedAt = At(29) }));
        Assert.Null(_watch.Add(At(35), new(true, "ready") { EndedAt = At(29) }));
        Assert.Null(_watch.Add(At(59.9), new(true, "ready") { EndedAt = At(-3) }));
        Assert.True(_watch.Add(At(60), new(true, "ready"))!.Good);
    }

    [Fact]
    public void ContainerThatEndsAgainAndAgain_HasFailedBeforeTheWholeTimeIsOver()
    {
        for (var minute = 1; minute <= 10; minute += 3)
        {
            Assert.Null(_watch.Add(At(minute), new(true, "ready") { EndedAt = At(minute - 0.5) }));
        }

        Assert.Equal(
            "ready, but containers of it ended 4 times while it was watched",
            _watch.Add(At(13), new(true, "ready") { EndedAt = At(12.5) })!.Observed);
    }

    /// <summary>The pods that the repair replaced had restarted as well.</summary>
    [Fact]
    public void EachPodHasRestartedFiveTimesSince_HasFailedBeforeItsTimeIsOver()
    {
        foreach (var (minute, restarts) in new[] { (0.1, 7), (0.2, 0), (0.5, 1), (1, 3), (2, 4) })
        {
            Assert.Null(_watch.Add(At(minute), new(false, "0 of 3 ready") { LeastRestarts = restarts }));
        }

        Assert.Null(_watch.Add(At(2.9), new(false, "0 of 3 ready") { LeastRestarts = 5, Open = true }));
        Assert.Equal(
            new(false, "0 of 3 ready; each of its pods has restarted 5 times since"),
            _watch.Add(At(3), new(false, "0 of 3 ready") { LeastRestarts = 5 }));
    }

    [Fact]
    public void ScaledToZero_StopsTheClock()
    {
        Good(5);
        Assert.Null(_watch.Add(At(20), Zero));
        Assert.Null(_watch.Add(At(60), Zero));
        Assert.Null(Good(79));
        Assert.Null(Good(93.9));
        Assert.True(Good(94)!.Good);
    }

    [Fact]
    public void ScaledToZero_ForLong_IsNeitherGoodNorBad()
    {
        Assert.Null(_watch.Add(At(1), Zero));
        Assert.Null(_watch.Add(At(61), Zero));
        Assert.True(_watch.Add(At(61.1), Zero) is { Good: false, Open: true });
    }

    [Fact]
    public void Leak_IsWatchedForTwiceTheTimeThatItTook()
    {
        var slow = new CheckResult(true, "ready") { StableFor = TimeSpan.FromMinutes(100) };
        Assert.Null(_watch.Add(At(1), slow));
        Assert.Null(_watch.Add(At(60), slow));
        Assert.Null(_watch.Add(At(100), slow));
        Assert.True(_watch.Add(At(101), slow)!.Good);
    }

    /// <summary>Each repair begins at another moment of the scaler's, and pods take 25 s to become ready.</summary>
    [Fact]
    public void FiftyRepairs_UnderAScalerThatChangesReplicasEvery20Seconds_AreAllVerified()
    {
        for (var repair = 0; repair < 50; repair++)
        {
            var random = new Random(repair);
            var watch = new RepairWatch(Start, TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(10), TimeSpan.FromMinutes(1));
            var born = Enumerable.Repeat(-600, 3).Append(0).ToList();
            CheckResult? verdict = null;
            for (var second = repair % 5; verdict is null; second += 5)
            {
                Assert.InRange(second, 0, 3600);
                if (second % 20 < 5)
                {
                    var wanted = random.Next(2, 12);
                    born = born.Count > wanted ? born[..wanted] : [.. born, .. Enumerable.Repeat(second, wanted - born.Count)];
                }

                var ready = born.Count(b => second - b >= 25);
                verdict = watch.Add(
                    Start.AddSeconds(second),
                    new(ready == born.Count, $"{ready} of {born.Count} ready") { Open = ready < born.Count, Progress = ready });
            }

            Assert.True(verdict.Good, $"repair {repair}: {verdict.Observed}");
        }
    }

    private static CheckResult Zero => new(false, "it is scaled to 0") { Open = true, Nothing = true };

    private CheckResult? Open(double minute, double needs = 0, long progress = 0) => _watch.Add(
        At(minute), new(false, "2 of 3 ready") { Open = true, Needs = TimeSpan.FromMinutes(needs), Progress = progress });

    private CheckResult? Good(double minute, string stability = "") => _watch.Add(At(minute), new(true, "3 of 3 ready", stability));

    private CheckResult? Fault(double minute) => _watch.Add(At(minute), new(false, "2 of 3 ready"));

    private static DateTimeOffset At(double minute) => Start + TimeSpan.FromMinutes(minute);
}
