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
        Assert.Single(Storms.In(view, new(), "test", Now));
        Assert.Empty(Storms.In(view, new(), "test", Now.AddMinutes(-1)));
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

    private static IReadOnlyList<Storm> In(IReadOnlyList<Fact> facts) => Storms.In(new(1, Now, facts), new(), "test", Now);
}
