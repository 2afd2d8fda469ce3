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

    private CheckResult? Good(double minute, string stability = "") => _watch.Add(At(minute), new(true, "3 of 3 ready", stability));

    private CheckResult? Fault(double minute) => _watch.Add(At(minute), new(false, "2 of 3 ready"));

    private static DateTimeOffset At(double minute) => Start + TimeSpan.FromMinutes(minute);
}
