using Remediator.Core.Actions;
using Remediator.Core.Events;
using Remediator.Core.Records;
using Remediator.Core.Resources;
using Remediator.Core.Safety;

namespace Remediator.Core.Tests.Safety;

/// <summary>The first repair of a burst goes alone; more follow as they are proven; after two failures nothing is tried.</summary>
public sealed class SlowStartTests
{
    private readonly Burst _burst = new();

    [Fact]
    public void First_GoesAlone_AndTheOthersSayWhatTheyWaitFor()
    {
        Assert.NotNull(_burst.Try(Shop(0)));
        Assert.Equal(
            "waits for its turn in the slow start of namespace shop: width 1, 0 proven; now: incident shop-w0-crash-loop",
            _burst.Why(Shop(1)));
    }

    [Fact]
    public void Width_DoublesWithEachProvenRepair()
    {
        foreach (var width in new[] { 1, 2, 4, 8 })
        {
            var inFlight = Enumerable.Range(0, 20).Select(i => _burst.Try(Shop((width * 100) + i))).OfType<string>().ToList();
            Assert.Equal(width, inFlight.Count);
            inFlight.Skip(1).ToList().ForEach(id => _burst.End(id, new RunEnded(RunOutcome.Stopped, "")));
            _burst.Proven(inFlight[0]);
        }
    }

    [Fact]
    public void Width_FallsToOneAtAFailure()
    {
        _burst.Proven(_burst.Try(Shop(0)));
        _burst.Proven(_burst.Try(Shop(1)));
        _burst.Fails(_burst.Try(Shop(2)));
        Assert.Single(Enumerable.Range(10, 10).Select(i => _burst.Try(Shop(i))).OfType<string>());
    }

    [Fact]
    public void TwoFailuresInARow_StopTheNamespace_AndNoOther()
    {
        _burst.Fails(_burst.Try(Shop(0)));
        _burst.Fails(_burst.Try(Shop(1)));
        Assert.Equal(
            "2 repairs in a row did not help in namespace shop: nothing more is tried there before 2026-11-26 18:00:00Z, unless a person "
                + "allows it; now: incident shop-w0-crash-loop, incident shop-w1-crash-loop",
            _burst.Why(Shop(2)));
        Assert.NotNull(_burst.Why(Shop(2), begins: true));
        Assert.NotNull(_burst.Why(Shop(2), "another-rule"));
        Assert.NotNull(_burst.Try(Burst.Workload("bank", "api")));
    }

    [Fact]
    public void FailureAfterAProvenOne_IsNotTheSecondInARow()
    {
        _burst.Fails(_burst.Try(Shop(0)));
        _burst.Proven(_burst.Try(Shop(1)));
        _burst.Fails(_burst.Try(Shop(2)));
        Assert.NotNull(_burst.Try(Shop(3)));
    }

    [Fact]
    public void OneResourceThatFailsTwice_IsNoLargerProblem()
    {
        _burst.Fails(_burst.Try(Shop(0)));
        _burst.Fails(_burst.Try(Shop(0)));
        Assert.NotNull(_burst.Try(Shop(1)));
    }

    [Fact]
    public void FaultElsewhere_DoesNotWaitForABurst_EvenOfTheSameRule()
    {
        Assert.NotNull(_burst.Try(Shop(0)));
        Assert.NotNull(_burst.Try(Burst.Workload("bank", "api")));
        Assert.Equal(
            "waits for its turn in the slow start of rule crash-loop: width 2 places, 0 proven; now: incident shop-w0-crash-loop, "
                + "incident bank-api-crash-loop",
            _burst.Why(Burst.Workload("cafe", "api")));
        Assert.NotNull(_burst.Try(Burst.Workload("cafe", "api"), "volume-full"));
    }

    [Fact]
    public void RuleThatFailsInTwoNamespaces_IsStoppedEverywhere_AfterTwoTries()
    {
        var tried = 0;
        for (var i = 0; i < 200; i++)
        {
            if (_burst.Try(Burst.Workload($"space{i}", "api"), "wrong") is { } id)
            {
                tried++;
                _burst.Fails(id);
            }
        }

        Assert.Equal(2, tried);
        Assert.Contains("in rule wrong", _burst.Why(Burst.Workload("space9", "api"), "wrong"), StringComparison.Ordinal);
        Assert.NotNull(_burst.Try(Burst.Workload("space9", "api"), "right"));
    }

    [Fact]
    public void RuleThatHasFailedInOnePlace_TriesOneOther_AndNotTwo()
    {
        _burst.Fails(_burst.Try(Burst.Workload("a", "api")));
        Assert.NotNull(_burst.Try(Burst.Workload("b", "api")));
        Assert.Null(_burst.Try(Burst.Workload("c", "api")));
    }

    [Fact]
    public void Nodes_BeginAlone_InAZone_AndInANodeGroup()
    {
        Assert.NotNull(_burst.Try(_burst.Node("n1", "a", "g1", "true"), "kernel"));
        Assert.Contains("of zone a", _burst.Why(_burst.Node("n2", "a", "g2", "true"), "kernel"), StringComparison.Ordinal);
        Assert.Contains("of node group g1", _burst.Why(_burst.Node("n3", "b", "g1", "true"), "kernel"), StringComparison.Ordinal);
        Assert.NotNull(_burst.Try(_burst.Node("n4", "b", "g2", "true"), "kernel"));
    }

    [Fact]
    public void FloodOfADetector_DoesNotStopANodeThatTheClusterCallsDeadToo()
    {
        _burst.Fails(_burst.Try(_burst.Node("n0", "a", "g", "true"), "flood"));
        _burst.Fails(_burst.Try(_burst.Node("n1", "a", "g", "true"), "flood"));
        Assert.NotNull(_burst.Why(_burst.Node("n2", "a", "g", "true"), "flood"));
        Assert.NotNull(_burst.Try(_burst.Node("n3", "a", "g", "unknown"), "flood"));
        Assert.Contains(
            "the dead nodes of zone a: width 1", _burst.Why(_burst.Node("n4", "a", "g", "false"), "flood"), StringComparison.Ordinal);
    }

    [Fact]
    public void DeadNodes_AreStoppedByTheirOwnFailures()
    {
        _burst.Fails(_burst.Try(_burst.Node("n0", "a", "g", "false"), "flood"));
        _burst.Fails(_burst.Try(_burst.Node("n1", "a", "g", "false"), "flood"));
        Assert.NotNull(_burst.Why(_burst.Node("n2", "a", "g", "false"), "flood"));
    }

    [Fact]
    public void WhatHasNoPlace_BeginsAlone_ByItsRule()
    {
        Assert.NotNull(_burst.Try(new("test", ResourceKinds.Host, "", "db-1"), "disk"));
        Assert.NotNull(_burst.Why(new("test", ResourceKinds.Host, "", "db-2"), "disk"));
    }

    [Fact]
    public void OutcomeThatIsNotKnown_IsNoSuccess()
    {
        for (var i = 0; i < 2; i++)
        {
            var id = _burst.Try(Shop(i));
            Assert.NotNull(id);
            _burst.End(id, new ActionInDoubt("a", "?"), new RunEnded(RunOutcome.Escalated, "in doubt"), Burst.Escalated());
        }

        Assert.NotNull(_burst.Why(Shop(2)));
    }

    [Fact]
    public void ActThatCertainlyDidNothing_IsNoFailure()
    {
        for (var i = 0; i < 5; i++)
        {
            var id = $"shop-w{i}-crash-loop";
            _burst.Say(id, _burst.Intended(SlowStart.Limits(_burst.World(Shop(i)), new() {
                Id = id, Problem = "restart-loop", OpenedAt = _burst.Now, TraceId = "t" })));
            _burst.End(
                id, new ActionFailed("a", FailureKind.Permanent, "forbidden"), new RunEnded(RunOutcome.Escalated, ""), Burst.Escalated());
        }

        Assert.NotNull(_burst.Try(Shop(9)));
    }

    [Fact]
    public void ChangeForATime_ThatEndsWithPeople_IsNoFailure()
    {
        _burst.Fails(_burst.Try(Shop(0), temporary: true));
        _burst.Fails(_burst.Try(Shop(1), temporary: true));
        Assert.NotNull(_burst.Try(Shop(2)));
    }

    [Fact]
    public void WhatPeopleMayStillRelease_IsAFailure_AndOnce()
    {
        var first = _burst.Try(Shop(0));
        _burst.End(first, Burst.Escalated());
        _burst.Say(first!, new RunEnded(RunOutcome.Escalated, ""), Burst.Escalated());
        Assert.Single(_burst.Book.Scopes[new(Storms.Namespace("test", "shop"), false)].Failed);
        _burst.Fails(_burst.Try(Shop(1)));
        Assert.NotNull(_burst.Why(Shop(2)));
    }

    [Fact]
    public void RunInTheMiddleOfItsLadder_GoesOn()
    {
        _burst.Proven(_burst.Try(Shop(0)));
        _burst.Proven(_burst.Try(Shop(1)));
        var ids = Enumerable.Range(2, 3).Select(i => _burst.Try(Shop(i))).ToList();
        _burst.Fails(ids[0]);
        _burst.Fails(ids[1]);
        Assert.Null(_burst.Why(Shop(4)));
        Assert.NotNull(_burst.Why(Shop(5)));
        Assert.NotNull(_burst.Try(Shop(4)));
    }

    [Fact]
    public void StepThatAPersonReleased_IsTriedWhereRepairsAreStopped_InItsTurn()
    {
        _burst.Fails(_burst.Try(Shop(0)));
        _burst.Fails(_burst.Try(Shop(1)));
        Assert.Null(_burst.Why(Shop(2), approved: true));
        var shop = new SlowStartScope(Storms.Namespace("test", "shop"), false);
        _burst.Permits.Add(new("other", shop.Budget, _burst.Now, Shop(8).ToString()));
        Assert.NotNull(_burst.Why(Shop(2), approved: true));
    }

    [Fact]
    public void PersonWhoAllowsIt_LetsItBeginAnew()
    {
        _burst.Fails(_burst.Try(Shop(0)));
        _burst.Fails(_burst.Try(Shop(1)));
        _burst.Allow(Storms.Namespace("test", "bank"), "slow-start: namespace bank");
        Assert.NotNull(_burst.Why(Shop(2)));
        _burst.Allow(Storms.Namespace("test", "shop"), "slow-start: namespace shop");
        Assert.NotNull(_burst.Try(Shop(2)));
        Assert.Contains("width 1, 0 proven", _burst.Why(Shop(3)), StringComparison.Ordinal);
    }

    [Fact]
    public void LongAfterTheLastFailure_OneIsTriedAgain_AndTwoMoreFailuresStopIt()
    {
        _burst.Fails(_burst.Try(Shop(0)));
        _burst.Now += TimeSpan.FromHours(5);
        _burst.Fails(_burst.Try(Shop(1)));
        _burst.Now += _burst.Policy.RetryAfter;
        Assert.NotNull(_burst.Why(Shop(2)));
        _burst.Now += TimeSpan.FromSeconds(1);
        var again = _burst.Try(Shop(2));
        Assert.Contains("width 1, 0 proven", _burst.Why(Shop(3)), StringComparison.Ordinal);
        _burst.Fails(again);
        _burst.Fails(_burst.Try(Shop(3)));
        Assert.NotNull(_burst.Why(Shop(4)));
    }

    [Fact]
    public void BurstThatIsOver_BeginsAnewAlone()
    {
        _burst.Proven(_burst.Try(Shop(0)));
        _burst.Now += _burst.Policy.BurstEndsAfter + TimeSpan.FromSeconds(1);
        Assert.Single(Enumerable.Range(1, 5).Select(i => _burst.Try(Shop(i))).OfType<string>());
    }

    [Fact]
    public void Policy_ChangesTheNumbers()
    {
        _burst.Policy = new() { First = 3, Failures = 4 };
        var ids = Enumerable.Range(0, 9).Select(i => _burst.Try(Shop(i))).OfType<string>().ToList();
        Assert.Equal(3, ids.Count);
        ids.ForEach(_burst.Fails);
        var last = _burst.Try(Shop(20));
        Assert.NotNull(last);
        _burst.Fails(last);
        Assert.NotNull(_burst.Why(Shop(21)));
    }

    [Fact]
    public void Scope_IsReadFromItsBudget_WhateverItsName()
    {
        foreach (var scope in new[] { "shop", "a/b c", "slow start of", "ü%2F" }.SelectMany(n => SlowStartScope.Kinds.SelectMany(
            k => new[] { true, false }.Select(d => new SlowStartScope(new("test", k, "", n), d)))))
        {
            Assert.Equal(scope, SlowStartScope.Of(scope.Budget));
        }

        Assert.Null(SlowStartScope.Of("namespace test/shop"));
    }

    private static ResourceKey Shop(int i) => Burst.Workload("shop", $"w{i}");
}
