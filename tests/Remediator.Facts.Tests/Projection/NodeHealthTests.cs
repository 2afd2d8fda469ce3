using Remediator.Core.Facts;
using Remediator.Facts.Objects;

namespace Remediator.Facts.Tests.Projection;

/// <summary>A node's own time: how it was seen, each time with the minute of the last transition of its condition.</summary>
public sealed class NodeHealthTests : ProjectionTest
{
    [Theory]
    [InlineData("False 0, Unknown 3", 3, 0, "the node stopped answering")]
    [InlineData("Unknown 0, False 3, Unknown 4", 4, 0, "it answers now and then")]
    [InlineData("True -60, False 0, True 2, False 4", 4, 0, "ready for two minutes only")]
    [InlineData("True -60, False 0, True 2, True 6, False 8", 8, 0, "not ready for a moment between two views")]
    [InlineData("True -60, False 0, True 2, False 12", 12, 12, "ready for ten minutes")]
    [InlineData("False 0, True 2, Unknown 30", 30, 30, "ready for half an hour")]
    [InlineData("False 5", 9, 5, "first seen after it began")]
    [InlineData("True -60, False 0, True 2", 3, 2, "it is ready: since when it is that")]
    public void ItIsUnhealthySince_TheBeginning_WhateverItsConditionSaysBetween(string seen, int now, int since, string because)
    {
        var fact = See(seen, now);
        Assert.True(A.Now.AddMinutes(since) == fact.Since, $"{because}: since {fact.Since - A.Now}");
    }

    [Fact]
    public void AnotherNodeOfTheSameName_HasATimeOfItsOwn()
    {
        var cluster = new SeenCluster(Memory);
        cluster.See(new() { Nodes = [At("False", 0)] }, A.Now);
        var other = At("False", 7);
        var view = cluster.See(
            new() { Nodes = [other with { Metadata = other.Metadata with { Uid = "another", ResourceVersion = "2" } }] },
            A.Now.AddMinutes(7));
        Assert.Equal(A.Now.AddMinutes(7), Assert.Single(view.Named("node")).Since);
    }

    [Theory]
    [InlineData("True -60, False 0, True 2, False 4, True 6", 6, "false")]
    [InlineData("True -60, False 0, True 2, False 4, True 6, False 8", 8, "true")]
    [InlineData("True -60, True 2, True 6, True 8", 8, "true")]
    [InlineData("True -60, False 0, Unknown 2, False 4, Unknown 6, False 8", 8, "false")]
    [InlineData("True -60, False 0, True 2, False 20, True 22, False 40, True 42", 42, "false")]
    public void ItFlaps_WhereItStoppedBeingReadyThreeTimesInHalfAnHour(string seen, int now, string flapping) =>
        Assert.Equal(flapping, See(seen, now)["flapping"]);

    /// <summary>As the nodes of a dead file server are: ready by turns, and none of them well.</summary>
    [Theory]
    [InlineData("True -60", 0, "false")]
    [InlineData("True -60, False 0", 1, "true")]
    [InlineData("True -60, False 0, True 4", 7, "true")]
    [InlineData("True -60, False 0, True 4", 15, "false")]
    [InlineData("True -60, False 0, True 4, False 8, True 12", 15, "true")]
    [InlineData("True 0", 1, "false")]
    public void ItIsUnwell_UntilItWasReadyForLongEnough(string seen, int now, string unwell)
    {
        var fact = See(seen, now);
        Assert.Equal(unwell, fact["unwell"]);
    }

    [Fact]
    public void ItFlapsNoMore_WithTimeAlone()
    {
        var cluster = new SeenCluster(Memory);
        var objects = See(cluster, "True -60, False 0, True 2, False 4, True 6, False 8, True 9");
        Assert.Equal("true", Assert.Single(cluster.See(objects, A.Now.AddMinutes(29)).Named("node"))["flapping"]);
        Assert.Equal("false", Assert.Single(cluster.See(objects, A.Now.AddMinutes(31)).Named("node"))["flapping"]);
    }

    private Fact See(string seen, int now)
    {
        var cluster = new SeenCluster(Memory);
        return Assert.Single(cluster.See(See(cluster, seen), A.Now.AddMinutes(now)).Named("node"));
    }

    private static ClusterObjects See(SeenCluster cluster, string seen)
    {
        var objects = new ClusterObjects();
        foreach (var look in seen.Split(", ").Select(l => l.Split(' ')))
        {
            var minute = int.Parse(look[1], System.Globalization.CultureInfo.InvariantCulture);
            objects = new() { Nodes = [At(look[0], minute)] };
            cluster.See(objects, A.Now.AddMinutes(Math.Max(0, minute)));
        }

        return objects;
    }

    private static Node At(string ready, int minute)
    {
        var node = A.Node("n1");
        return node with
        {
            Metadata = node.Metadata with { ResourceVersion = $"{minute + 100}" },
            Status = node.Status with
            {
                Conditions = [new() { Type = "Ready", Status = ready, LastTransitionTime = A.Now.AddMinutes(minute) }],
            },
        };
    }
}
