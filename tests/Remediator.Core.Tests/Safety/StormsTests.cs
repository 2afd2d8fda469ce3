using FsCheck.Xunit;
using Remediator.Core.Facts;
using Remediator.Core.Safety;

namespace Remediator.Core.Tests.Safety;

/// <summary>What is a storm and what is none.</summary>
public sealed class StormsTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 24, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(0, 0, null)]
    [InlineData(0, 1, null)] // the only node of a zone: alone, and no more than itself
    [InlineData(1, 1, null)]
    [InlineData(1, 2, "2 of 3 nodes of zone a are not ready")]
    [InlineData(2, 1, null)]
    [InlineData(4, 2, null)]
    [InlineData(3, 3, "3 of 6 nodes of zone a are not ready")]
    [InlineData(2, 4, "4 of 6 nodes of zone a are not ready")]
    [InlineData(51, 49, null)] // 51 % are well, which is what node-healthcheck-operator wants
    [InlineData(50, 50, "50 of 100 nodes of zone a are not ready")]
    public void NodesOfAZone(int ready, int sick, string? seen)
    {
        // the other zones are large, so that the cluster is well
        var storms = In([.. Fleet.Nodes("a", ready, sick), .. Fleet.Nodes("b", 100, 0), .. Fleet.Nodes("c", 100, 0)]);
        Assert.Equal(seen, storms.SingleOrDefault()?.Seen);
        Assert.All(storms, s => Assert.Equal("test/zone//a", s.Scope.ToString()));
    }

    [Theory]
    [InlineData(0, 0, null)]
    [InlineData(1, 2, null)]
    [InlineData(6, 4, null)]
    [InlineData(5, 4, "4 of 9 nodes of the cluster are not ready")]
    public void NodesOfTheCluster(int ready, int sick, string? seen) =>
        Assert.Equal(seen, In([.. Fleet.Nodes("", ready, sick)]).SingleOrDefault()?.Seen);

    [Fact]
    public void TwoZones_AreAStormOfTheCluster_WhateverTheirShare()
    {
        var storms = In([.. Fleet.Nodes("a", 1, 2), .. Fleet.Nodes("b", 1, 2), .. Fleet.Nodes("c", 100, 0)]);
        Assert.Equal("test/cluster//test", storms[0].Scope.ToString());
        Assert.Equal("2 of 3 nodes of zone a are not ready, and 2 of 3 nodes of zone b are not ready", storms[0].Seen);
    }

    [Theory]
    [InlineData(0, 0, null)]
    [InlineData(0, 9, null)]
    [InlineData(0, 10, "10 of 10 workloads of the cluster crash or are not available")]
    [InlineData(30, 10, null)]
    [InlineData(23, 10, "10 of 33 workloads of the cluster crash or are not available")]
    public void WorkloadsOfTheCluster(int well, int sick, string? seen) =>
        Assert.Equal(seen, In([.. Fleet.Workloads(well, sick)]).SingleOrDefault()?.Seen);

    [Theory]
    [InlineData(0, 4, null)]
    [InlineData(0, 5, "5 of 5 workloads of namespace other crash or are not available")]
    [InlineData(4, 5, "5 of 9 workloads of namespace other crash or are not available")]
    [InlineData(5, 5, null)]
    [InlineData(200, 200, null)]
    [InlineData(150, 200, "200 of 350 workloads of namespace other crash or are not available")]
    public void WorkloadsOfANamespace(int well, int sick, string? seen)
    {
        // the cluster is large, so that it is no storm of its own
        Fact[] facts = [.. Fleet.Workloads(well, sick), .. Fleet.Workloads(1000, 4, "shop")];
        var storm = Storms.In(new(1, Now, facts), new(), new("test", "deployment", "other", "w1"), Now).SingleOrDefault();
        Assert.Equal((seen, seen is null ? null : "test/namespace//other"), (storm?.Seen, storm?.Scope.ToString()));
        Assert.Empty(Storms.In(new(1, Now, facts), new(), new("test", "deployment", "shop", "w1"), Now));
        Assert.Equal(storm, Storms.In(new(1, Now, facts), new(), Storms.Namespace("test", "other"), Now).SingleOrDefault());
    }

    [Theory]
    [InlineData("0", "0", 0, false)] // it is being installed
    [InlineData("0", "4", 0, false)]
    [InlineData("0", "5", 0, true)]
    [InlineData("0", "", 0, true)] // it is not known since when
    [InlineData("1", "0", 0, true)] // that is a loop
    [InlineData("1", "0", 1, false)] // which is told to people only once it lasts
    [InlineData("1", "1", 1, true)]
    [InlineData("1", "1440", 0, false)]
    public void ApplicationThatStarts_IsNoStormOfItsNamespace(string crashing, string sickMinutes, int forMinutes, bool isStorm)
    {
        var facts = Enumerable.Range(0, 5).Select(i => Fleet.Workload($"w{i}", "0", crashing))
            .Select(w => new Fact(w.Name, new Dictionary<string, string>(w.Labels) { ["sick_minutes"] = sickMinutes }, w.Since));
        Assert.Equal(
            isStorm, Storms.In(new(1, Now, [.. facts]), new(), Storms.Namespace("test", "other"), Now.AddMinutes(-forMinutes)).Count > 0);
    }

    /// <summary>One more that is sick never ends a storm of a namespace, and nothing in another one begins or ends it.</summary>
    [Property(MaxTest = 300)]
    public void OnlyItsOwnNamespace_MakesAStormOfIt(byte well, byte sick, byte elsewhere)
    {
        var (ready, ill) = (well % 40, sick % 40);
        bool Is(int more, int others) => Storms.In(
            new(1, Now, [.. Fleet.Workloads(ready, ill + more), .. Fleet.Workloads(1000, others % 300, "shop")]),
            new(),
            new("test", "deployment", "other", "w1"), Now).Any(s => s.Scope.Kind == "namespace");
        Assert.Equal(Is(0, 0), Is(0, elsewhere));
        Assert.True(!Is(0, 0) || Is(1, 0), $"{ill} of {ready + ill} are a storm, one more is none");
    }

    [Theory]
    [InlineData("", true)] // it is not known since when
    [InlineData("3", true)]
    [InlineData("1439", true)]
    [InlineData("1440", false)]
    [InlineData("9000", false)]
    public void WhatHasBeenBrokenForADay_IsNoPartOfAStorm(string sickMinutes, bool isStorm)
    {
        var facts = Fleet.Workloads(0, 10)
            .Select(w => new Fact(w.Name, new Dictionary<string, string>(w.Labels) { ["sick_minutes"] = sickMinutes }, w.Since));
        Assert.Equal(isStorm, In([.. facts]).Count == 1);
    }

    [Theory]
    [InlineData("deployment", "2", "2", "1", true)]
    [InlineData("statefulset", "2", "0", "0", true)]
    [InlineData("daemonset", "2", "1", "0", false)]
    [InlineData("deployment", "0", "0", "0", false)] // scaled to nothing
    [InlineData("deployment", "", "0", "1", false)] // what is not known is not counted
    [InlineData("job", "2", "", "1", false)]
    [InlineData("pod", "1", "0", "1", false)]
    public void WorkloadThatCounts(string kind, string desired, string available, string crashing, bool counts) =>
        Assert.Equal(
            counts, In([.. Enumerable.Range(0, 10).Select(i => Fleet.Workload($"x{i}", available, crashing, kind, desired))]).Count > 0);

    [Theory]
    [InlineData("true", "true", false)]
    [InlineData("false", "true", true)]
    [InlineData("unknown", "false", true)]
    [InlineData("", "false", true)]
    public void CordonedNode_IsSickOnlyWhereItIsNotReady(string ready, string cordoned, bool sick) =>
        Assert.Equal(
            sick,
            In([Fleet.Node("a1", "a", ready, cordoned), Fleet.Node("a2", "a", ready, cordoned), Fleet.Node("a3", "a", "true")]).Count > 0);

    [Fact]
    public void NodeThatJoinedJustNow_DoesNotCountYet_WhereTheStormIsToLast()
    {
        FactView view = new(1, Now, Fleet.Nodes("a", 1, 2, since: Now.AddSeconds(-30)));
        Assert.Single(Storms.In(view, new(), Storms.Cluster("test"), Now));
        Assert.Empty(Storms.In(view, new(), Storms.Cluster("test"), Now.AddMinutes(-1)));
    }

    [Fact]
    public void Alerts_AreNeverCounted() =>
        Assert.Empty(In([
            .. Fleet.Nodes("a", 6, 0),
            .. Enumerable.Range(
                0,
                50).Select(i => new Fact(
                    "KubeNodeNotReady",
                    new Dictionary<string, string> { ["node"] = $"a{i}", ["zone"] = "a", ["ready"] = "false" },
                    Now))]));

    /// <summary>As a warm pool leaves them: for days, and beside them one that is truly down (kubernetes/kops #16871).</summary>
    [Theory]
    [InlineData("""instance{node="NODE",lifecycle="Warmed:Stopped",state="stopped"}""", null)]
    [InlineData("""instance{node="NODE",lifecycle="Warmed:Pending:Wait",state="running"}""", null)]
    [InlineData("""instance{node="NODE",lifecycle="",state="stopped",state_reason="Client.UserInitiatedShutdown"}""", null)]
    [InlineData(
        """instance{node="NODE",state="stopped",state_reason="Server.SpotInstanceShutdown"}""",
        "5 of 9 nodes of the cluster are not ready")]
    [InlineData("""instance{node="NODE",state="stopped"}""", "5 of 9 nodes of the cluster are not ready")]
    [InlineData("""instance{node="NODE",agrees="false",why_not="it is of cluster other"}""", "5 of 9 nodes of the cluster are not ready")]
    [InlineData("""instance{node="NODE",lifecycle="Standby",state="stopped"}""", "5 of 9 nodes of the cluster are not ready")]
    [InlineData("""instance{node="NODE",lifecycle="InService",state="running"}""", "5 of 9 nodes of the cluster are not ready")]
    [InlineData("""instance{node="other",lifecycle="Warmed:Stopped",state="stopped"}""", "5 of 9 nodes of the cluster are not ready")]
    public void NodesThatAreMeantToBeOff_AreNotCounted(string instance, string? seen)
    {
        Fact[] nodes = [.. Fleet.Nodes("", 4, 5)];
        Assert.Equal("5 of 9 nodes of the cluster are not ready", In(nodes).SingleOrDefault()?.Seen);
        Fact[] instances =
        [
            .. nodes[4..8].Select(n => Fact.Parse(instance.Replace("NODE", n["node"], StringComparison.Ordinal)))
                .DistinctBy(f => f.ToString()),
        ];
        Assert.Equal(seen, In([.. nodes, .. instances]).SingleOrDefault()?.Seen);
    }

    /// <summary>They are known a while after the nodes are, and may come back.</summary>
    [Fact]
    public void WhatIsMeantToBeOff_IsAskedAnew_WhereOnlyTheInstancesHaveChanged()
    {
        FactView before = new(1, Now, [.. Fleet.Nodes("", 4, 5)]);
        var off = Enumerable.Range(4, 4).Select(i => Fact.Parse($$"""instance{node="{{i}}",lifecycle="Warmed:Stopped",state="stopped"}"""));
        Assert.Single(Storms.In(before, new(), Storms.Cluster("test"), Now));
        Assert.Empty(Storms.In(before.With(off), new(), Storms.Cluster("test"), Now));
        Assert.Single(Storms.In(before, new(), Storms.Cluster("test"), Now));
    }

    [Fact]
    public void NodesWhoseCloudSaysThatTheyAreShutDown_AreNotCounted() => Assert.Empty(In(
        [
            .. Fleet.Nodes("", 4, 1),
            .. Enumerable.Range(5, 4).Select(i => Fact.Parse($$"""node{node="{{i}}",zone="",ready="unknown",switched_off="true"}"""))]));

    /// <summary>One more that is sick never ends a storm, and one more that is well never begins one.</summary>
    [Property(MaxTest = 300)]
    public void MoreSickNodes_AreNoSmallerStorm(byte ready, byte sick)
    {
        var (well, ill) = (ready % 40, sick % 40);
        var storm = In([.. Fleet.Nodes("a", well, ill)]).Count > 0;
        Assert.True(!storm || In([.. Fleet.Nodes("a", well, ill + 1)]).Count > 0, $"{ill} of {well + ill} are a storm, one more is none");
        Assert.True(
            storm || In([.. Fleet.Nodes("a", well + 1, ill)]).Count == 0,
            $"{ill} of {well + ill} are none, beside one more that is well they are");
        Assert.True(ill > 1 || !storm, "one node is no storm");
    }

    private static IReadOnlyList<Storm> In(IReadOnlyList<Fact> facts) => Storms.In(new(1, Now, facts), new(), Storms.Cluster("test"), Now);
}
