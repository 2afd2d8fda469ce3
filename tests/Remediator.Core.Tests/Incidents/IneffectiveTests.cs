using Remediator.Core.Commands;
using Remediator.Core.Engine;
using Remediator.Core.Events;
using Remediator.Core.Playbooks;

namespace Remediator.Core.Tests.Incidents;

/// <summary>What is repaired, verified and back again, time and again, is stopped; a person alone lets it go on.</summary>
public sealed class IneffectiveTests
{
    private readonly Bench _bench = new();
    private int _fires;

    public IneffectiveTests() =>
        _bench.Playbook = _bench.Playbook with { Limits = new(10, TimeSpan.FromHours(24), TimeSpan.FromMinutes(1)) };

    [Fact]
    public void TheFourthTime_IsForPeople_WithAllThatWasTried()
    {
        var repaired = Enumerable.Range(0, 3).Select(_ => Repair(TimeSpan.FromHours(5))).ToList();
        Return(TimeSpan.FromHours(5));

        var told = _bench.Only<Escalated>();
        Assert.Equal(
            "this is a mitigation, not a fix: restart-loop was repaired and verified, and came back, 3 times in a row; "
                + "nothing more is tried until a person allows it",
            told.Reason);
        Assert.Equal(3, told.Tried.Count);
        Assert.All(repaired.Zip(told.Tried), p => Assert.StartsWith($"incident {p.First}, verified ", p.Second, StringComparison.Ordinal));
        Assert.Equal(
            $"find out where it comes from; 'remediator allow-repair {_bench.State.Incidents[0].Id}' lets it be repaired again",
            told.NextStep);
        Assert.Equal(repaired, _bench.Only<RepairsStopped>().Incidents);
        Assert.Equal(3, _bench.Happenings<RunStarted>().Count());
    }

    [Fact]
    public void ReturnsAfterTheWatch_AreNoRow()
    {
        Repair(TimeSpan.FromHours(5));
        Repair(TimeSpan.FromHours(5));
        Repair(TimeSpan.FromHours(25));
        Repair(TimeSpan.FromHours(5));
        Return(TimeSpan.FromHours(5));
        Assert.Empty(_bench.Happenings<RepairsStopped>());
        Assert.Equal(5, _bench.Happenings<RunStarted>().Count());
    }

    [Fact]
    public void ARowMayBeLongerThanADay()
    {
        for (var i = 0; i < 3; i++)
        {
            Repair(TimeSpan.FromHours(20));
        }

        Return(TimeSpan.FromHours(20));
        Assert.Single(_bench.Happenings<RepairsStopped>());
    }

    [Fact]
    public void Stopped_StaysStopped_HoweverLater_UntilAPersonAllowsIt()
    {
        Stop();
        Close();
        Return(TimeSpan.FromDays(30));
        Assert.Equal(3, _bench.Happenings<RunStarted>().Count());
        Assert.Single(_bench.Happenings<RepairsStopped>());
        Assert.Equal(2, _bench.Happenings<Escalated>().Count());
        Assert.Contains("came back, time and again", _bench.Happenings<Escalated>().Last().Reason, StringComparison.Ordinal);

        Assert.Equal("restart-loop of deployment shop/api may be repaired again.", Allow().Message);
        Assert.Equal(4, _bench.Happenings<RunStarted>().Count());
        Assert.Equal(("restart-loop", "fixed"), (_bench.Only<RepairAllowed>().Problem, _bench.Only<RepairAllowed>().Reason));
        Assert.Equal("ada", _bench.Journal.Single(h => h.Event is RepairAllowed).Actor);
        Assert.Null(_bench.State.Incidents[0].Escalation);
    }

    [Fact]
    public void Allowed_CountsFromTheBeginning()
    {
        Stop();
        Allow();
        _bench.Climb(good: true);
        Repair(TimeSpan.FromHours(1));
        Repair(TimeSpan.FromHours(1));
        Assert.Single(_bench.Happenings<RepairsStopped>());
        Return(TimeSpan.FromHours(1));
        Assert.Equal(2, _bench.Happenings<RepairsStopped>().Count());
    }

    [Fact]
    public void WhatIsNotStopped_NeedsNoAllowance()
    {
        _bench.Fire();
        Assert.Equal(
            (false, "Repairs of restart-loop on deployment shop/api are not stopped; there is nothing to allow."),
            (Allow().Done, Allow().Message));
        Assert.Equal(
            "Incident nope is not open on deployment shop/api.",
            StoppedRepairs.Allow(_bench.State, _bench.World(), "nope", "ada", "", "t").Result.Message);
        Assert.Empty(_bench.Happenings<RepairAllowed>());
    }

    [Fact]
    public void InObserveMode_NobodyIsCalled()
    {
        for (var i = 0; i < 3; i++)
        {
            Repair(TimeSpan.FromHours(5));
        }

        _bench.Settings = new() { Mode = Mode.Observe };
        Return(TimeSpan.FromHours(5));
        Assert.Empty(_bench.Happenings<Escalated>());
        Assert.Single(_bench.Happenings<WouldEscalate>());
        Assert.Single(_bench.Happenings<RepairsStopped>());
    }

    private CommandResult Allow() => _bench.Allow("fixed");

    private void Stop()
    {
        for (var i = 0; i < 3; i++)
        {
            Repair(TimeSpan.FromHours(5));
        }

        Return(TimeSpan.FromHours(5));
    }

    /// <summary>It is back after so long, and repaired.</summary>
    /// <returns>The incident.</returns>
    private string Repair(TimeSpan after)
    {
        Return(after);
        var incident = _bench.State.Incidents[0].Id;
        _bench.Climb(good: true);
        return incident;
    }

    private void Return(TimeSpan after)
    {
        _bench.Now += after;
        _bench.Fire($"f{++_fires}", startsAt: _bench.Now);
    }

    private void Close()
    {
        Tell();
        _bench.Resolve($"f{_fires}", startsAt: _bench.Now);
        _bench.Crashing = false;
        _bench.Wake(TimeSpan.FromMinutes(5));
        Tell();
        Assert.Empty(_bench.State.Incidents);
        _bench.Crashing = true;
    }

    private void Tell() => _bench.Report(_bench.Job<TellPeople>(), new PeopleTold([new("notify.alertmanager", null)]));
}
