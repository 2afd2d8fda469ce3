using Remediator.Core.Alerts;

namespace Remediator.Core.Tests.Resources;

/// <summary>What is said where alerts carry another cluster's name: the first week of many installations.</summary>
public sealed class AlertsByClusterTests
{
    [Fact]
    public void WhereAllAreOurs_NothingIsSaid() => Assert.Equal("", Of(7).Problem);

    [Fact]
    public void OneOfAnother_IsNamed() => Assert.StartsWith(
        "1 alert that fires is of another cluster ('eu-2': 1), and this one is 'eu-1' (0): nothing is done about them.",
        Of(0, ("eu-2", 1)).Problem, StringComparison.Ordinal);

    [Fact]
    public void Many_AreNamedByTheirCounts_TheCommonestFirst() => Assert.StartsWith(
        "24 alerts that fire are of other clusters ('f': 9, 'e': 5, 'd': 4, 'a': 2, 'b': 2, ...), and this one is 'eu-1' (3)",
        Of(3, ("a", 2), ("b", 2), ("c", 2), ("d", 4), ("e", 5), ("f", 9)).Problem, StringComparison.Ordinal);

    [Fact]
    public void HoweverManyNamesAreSent_FewAreTold_AndNoAlertIsLost()
    {
        var counts = Of(0, [.. Enumerable.Range(0, 500).Select(i => ($"c{i}", 1))]).Commonest().ToList();
        Assert.Equal((21, ("others", 480)), (counts.Count, counts[^1]));
    }

    [Fact]
    public void ClusterThatIsNamedLikeTheRest_IsOneOfIt_SoThatNoNameIsToldTwice()
    {
        var many = Of(0, [("others", 7), .. Enumerable.Range(0, 30).Select(i => ($"c{i}", 2))]).Commonest().ToList();
        Assert.Equal(("others", 7 + (30 - 19) * 2), Assert.Single(many, c => c.Cluster == "others"));
        Assert.Equal([("others", 7), ("c0", 2)], Of(0, ("others", 7), ("c0", 2)).Commonest());
    }

    private static AlertsByCluster Of(int ours, params (string Name, int Alerts)[] others) =>
        new("eu-1", ours, others.ToDictionary(o => o.Name, o => o.Alerts));
}
