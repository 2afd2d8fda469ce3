using Remediator.Core.Events;
using Remediator.Core.Facts;
using Remediator.Core.Playbooks;
using Remediator.Core.Rules;

namespace Remediator.Core.Tests.Incidents;

/// <summary>How long a rule has held of a node is counted from the node's own condition, not from the alert, which comes late.</summary>
public sealed class NodeTimeTests
{
    private readonly Bench _bench = new() { Resource = new("test", "node", "", "n1"), IsThere = false };

    [Theory]
    [InlineData("false", 15, true)]
    [InlineData("unknown", 5, true)]
    [InlineData("false", 3, false)]
    [InlineData("true", 60, false)]
    public void RuleOfANode_IsFollowed_OnceTheNodeWasUnhealthyForSoLong(string ready, int minutes, bool followed)
    {
        Node(ready, _bench.Now.AddMinutes(-minutes));
        Fire();
        Assert.Equal(followed, _bench.Happenings<Escalated>().Any());
    }

    [Fact]
    public void RuleOfANode_IsFollowed_WhenTheRestOfItsTimeIsOver_WhateverItsConditionSaidBetween()
    {
        Node("false", _bench.Now.AddMinutes(-3));
        Fire();
        Node("unknown", _bench.Now.AddMinutes(-3));
        _bench.Wake(TimeSpan.FromSeconds(100));
        Assert.Empty(_bench.Happenings<Escalated>());
        _bench.Wake(TimeSpan.FromSeconds(20));
        Assert.Single(_bench.Happenings<Escalated>());
    }

    /// <summary>Each step by the same clock: the node's own, whatever its condition says between.</summary>
    [Fact]
    public void AStep_WaitsUntilTheNodeWasSickForSoLong_AndTheNextOneLonger()
    {
        var seen = _bench.Now.AddMinutes(-8);
        var ladder = new[] { Bench.Step("mild", "kubernetes.evict-pod"), Bench.Step("strong", "kubernetes.rollout-restart") };
        _bench.Playbook = Bench.RestartLoop(
            Mode.Auto, ladder[0] with { After = TimeSpan.FromMinutes(10) }, ladder[1] with { After = TimeSpan.FromMinutes(30) }) with
        {
            ResourceKinds = ["node"], Problem = [Condition.Parse("node{ready!=\"true\"}")],
        };
        Node("unknown", seen);
        _bench.Fire(name: "KubeNodeNotReady");
        while (_bench.Last.Jobs.Count == 0 && _bench.Now < seen.AddHours(1))
        {
            _bench.Wake(TimeSpan.FromSeconds(15));
            Node(_bench.Now.Minute % 2 == 0 ? "false" : "unknown", seen);
        }

        Assert.Equal(seen.AddMinutes(10), _bench.Now);
        _bench.Climb(good: false);
        var first = _bench.Now;
        while (_bench.Last.Jobs.Count == 0 && _bench.Now < seen.AddHours(1))
            _bench.Wake(TimeSpan.FromSeconds(15));
        Assert.True(first < seen.AddMinutes(15));
        Assert.InRange(_bench.Now, seen.AddMinutes(30), seen.AddMinutes(30.25));
        Assert.Equal(["evict pod shop/api-1"], _bench.Intents.Select(i => i.Plan.Summary));
    }

    /// <summary>The rows are asked from above at each look, so that the reason that is seen now counts, and the clock goes on.</summary>
    [Theory]
    [InlineData("", 10)]
    [InlineData("network", 30)]
    [InlineData("pleg", 20)]
    [InlineData("runtime", null)]
    public void AStep_WaitsForTheFirstRowThatHolds(string fault, int? minutes)
    {
        var seen = _bench.Now.AddMinutes(-8);
        _bench.Playbook = Waiting(new()
        {
            ["node{fault=\"network\"}"] = 30, ["node{fault=~\"network|pleg\"}"] = 20, ["node{fault=\"runtime\"}"] = null,
        });
        Sick(fault, seen);
        _bench.Fire(name: "KubeNodeNotReady");
        while (_bench.Last.Jobs.Count == 0 && _bench.Now < seen.AddHours(1) && !_bench.Happenings<StepPassedOver>().Any())
            _bench.Wake(TimeSpan.FromSeconds(15));

        Assert.Equal(minutes is { } wait ? seen.AddMinutes(wait) : seen.AddMinutes(8), _bench.Now);
        Assert.Equal(
            minutes is null ? ["'act' is never where node{fault=\"runtime\"}"] : [],
            _bench.Happenings<StepPassedOver>().Select(p => p.Reason));
    }

    /// <summary>A reason that alternates each minute begins no time anew, and the row of the moment decides.</summary>
    [Fact]
    public void AReasonThatAlternates_DoesNotBeginTheTimeAnew()
    {
        var seen = _bench.Now.AddMinutes(-8);
        _bench.Playbook = Waiting(new() { ["node{fault=\"network\"}"] = 30 });
        Sick("network", seen);
        _bench.Fire(name: "KubeNodeNotReady");
        while (_bench.Last.Jobs.Count == 0 && _bench.Now < seen.AddHours(1))
        {
            _bench.Wake(TimeSpan.FromSeconds(15));
            Sick(_bench.Now.Minute % 2 == 0 ? "network" : "", seen);
        }

        Assert.InRange(_bench.Now, seen.AddMinutes(10), seen.AddMinutes(11.25));
    }

    private static Playbook Waiting(Dictionary<string, int?> rows)
    {
        static TimeSpan? Time(int? minutes) => minutes is { } m ? TimeSpan.FromMinutes(m) : null;
        return Bench.RestartLoop(Mode.Auto, Bench.Step("mild", "kubernetes.evict-pod") with { WaitsFor = WaitOf.Act }) with
        {
            ResourceKinds = ["node"],
            Problem = [Condition.Parse("node{ready!=\"true\"}")],
            Waits = [.. rows.Select(r => new WaitRow([Condition.Parse(r.Key)], Time(r.Value), null)), new([], Time(10), Time(30))],
        };
    }

    private void Sick(string fault, DateTimeOffset since) =>
        _bench.Cluster = [Fact.Parse($$"""node{node="n1",ready="false",role="worker",fault="{{fault}}"}""", since)];

    /// <summary>A run that waits for its next step ends as one does that acts.</summary>
    [Fact]
    public void AStepThatWaits_IsNotTaken_OnceTheNodeIsReady()
    {
        _bench.Playbook = Bench.RestartLoop(
            Mode.Auto, Bench.Step("mild", "kubernetes.evict-pod") with { After = TimeSpan.FromMinutes(10) }) with
        {
            ResourceKinds = ["node"], Problem = [Condition.Parse("node{ready!=\"true\"}")],
        };
        Node("unknown", _bench.Now);
        _bench.Fire(name: "KubeNodeNotReady");
        _bench.Wake(TimeSpan.FromMinutes(5));
        Node("true", _bench.Now);
        _bench.Wake(TimeSpan.FromMinutes(10));
        Assert.Empty(_bench.Intents);
        Assert.Single(_bench.Happenings<RunEnded>());
    }

    private void Node(string ready, DateTimeOffset since) =>
        _bench.Cluster = [Fact.Parse($$"""node{node="n1",ready="{{ready}}",role="worker"}""", since)];

    private void Fire()
    {
        _bench.Rules = alert => Bench.Says(DecisionKind.Escalate, alert) with { For = TimeSpan.FromMinutes(5) };
        _bench.Fire(name: "KubeNodeNotReady");
    }
}
