using Remediator.Core.Events;
using Remediator.Core.Facts;
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

    private void Node(string ready, DateTimeOffset since) =>
        _bench.Cluster = [Fact.Parse($$"""node{node="n1",ready="{{ready}}",role="worker"}""", since)];

    private void Fire()
    {
        _bench.Rules = alert => Bench.Says(DecisionKind.Escalate, alert) with { For = TimeSpan.FromMinutes(5) };
        _bench.Fire(name: "KubeNodeNotReady");
    }
}
