using Remediator.Core.Facts;
using Remediator.Core.Journal;
using Remediator.Core.Resources;

namespace Remediator.Core.Tests.Facts;

public sealed class FactViewTests
{
    private static readonly FactView View = new(7, DateTimeOffset.UnixEpoch,
    [
        Fact.Parse("""node{node="n1",ready="true"}"""),
        Fact.Parse("""pod{namespace="shop",workload="api",workload_kind="deployment",pod="api-1",node="n1"}"""),
        Fact.Parse("""pod{namespace="shop",workload="api",workload_kind="statefulset",pod="api-0",node="n1"}"""),
        Fact.Parse("""container{namespace="shop",workload="api",workload_kind="deployment",pod="api-1",container="api"}"""),
        Fact.Parse("""container{namespace="other",workload="api",workload_kind="deployment",pod="api-9",container="api"}"""),
        Fact.Parse("""KubePodCrashLooping{namespace="shop",workload="api",workload_kind="deployment"}"""),
        Fact.Parse("""pod{namespace="shop",workload="canary",workload_kind="rollout",pod="canary-1"}"""),
        Fact.Parse("""pvc{namespace="shop",persistentvolumeclaim="data-0"}"""),
    ]);

    [Fact]
    public void Scope_OfAWorkload_IsItsOwnFactsAndThoseOfItsPodsAndAlerts() =>
        Assert.Equal(
            ["KubePodCrashLooping", "container", "pod"], Scope("c/deployment/shop/api").Select(f => f.Name).Order(StringComparer.Ordinal));

    [Fact]
    public void Scope_OfAnotherKindWithTheSameName_IsAnother() =>
        Assert.Equal("api-0", Assert.Single(Scope("c/statefulset/shop/api"))["pod"]);

    [Fact]
    public void Scope_OfANode_IsTheNodeAndWhatRunsOnIt() =>
        Assert.Equal(["node", "pod", "pod"], Scope("c/node//n1").Select(f => f.Name).Order(StringComparer.Ordinal));

    [Theory]
    [InlineData("c/pvc/shop/data-0", 1)]
    [InlineData("c/deployment/shop/none", 0)]
    [InlineData("c/alert/shop/Watchdog", 0)]
    [InlineData("c/rollout/shop/canary", 1)]
    [InlineData("c/filesystem//root", 0)]
    public void Scope_OfOthers_IsWhatIsKnownOfThem(string key, int count) => Assert.Equal(count, Scope(key).Count);

    [Fact]
    public void Scope_KeepsVersionAndTime()
    {
        var scope = View.Scope(ResourceKey.Parse("c/node//n1"));
        Assert.Equal((7, DateTimeOffset.UnixEpoch), (scope.Version, scope.At));
    }

    [Fact]
    public void With_ReplacesNamedBuckets_AndLeavesTheOthersAsTheyAre()
    {
        var next = View.With([Fact.Parse("""node{node="n2"}""")]);

        Assert.Equal("n2", Assert.Single(next.Named("node"))["node"]);
        Assert.Same(View.Bucket("pod"), next.Bucket("pod"));
        Assert.Equal("n1", Assert.Single(View.Named("node"))["node"]);
    }

    [Fact]
    public void Next_WithANameThatHasNoFactsAnyMore_EmptiesIt()
    {
        var next = View.Next(8, DateTimeOffset.UnixEpoch.AddSeconds(1), ["pvc", "node"], [Fact.Parse("""node{node="n2"}""")]);

        Assert.Empty(next.Named("pvc"));
        Assert.Equal(8, next.Version);
        Assert.Same(View.Bucket("container"), next.Bucket("container"));
    }

    [Fact]
    public void Alerts_OneThatIsNamedLikeAKind_CannotPassForAResource()
    {
        var labels = new Dictionary<string, string> { ["node"] = "n9", ["ready"] = "false" };
        var alerts = new AlertFacts();
        alerts.Put(new("1", ResourceKey.Parse("c/node//n9"), "node", labels, default, default));
        alerts.Put(new("2", ResourceKey.Parse("c/node//n9"), "KubeNodeNotReady", labels, default, default));
        var next = alerts.Over(View);

        Assert.Single(next.Named("node"));
        Assert.Single(next.Named("KubeNodeNotReady"));
        Assert.Equal(["KubeNodeNotReady", "KubePodCrashLooping"], next.Alerts.Select(b => b.Name));
    }

    [Fact]
    public void Alerts_ThatHaveNotChanged_AreTakenOverFromTheViewBefore()
    {
        var alerts = new AlertFacts();
        alerts.Put(Alert("1", "KubeNodeNotReady", "n1"));
        alerts.Put(Alert("2", "NodeClockSkew", "n2"));
        var first = alerts.Over(View);
        alerts.Put(Alert("3", "NodeClockSkew", "n3"));
        var second = alerts.Over(View);

        Assert.Same(first.Bucket("KubeNodeNotReady"), second.Bucket("KubeNodeNotReady"));
        Assert.Single(first.Named("NodeClockSkew"));
        Assert.Equal(2, second.Named("NodeClockSkew").Count);
    }

    [Fact]
    public void Alerts_ThatEndOrHaveAnotherName_AreGoneFromTheNextView()
    {
        var alerts = new AlertFacts();
        alerts.Put(Alert("1", "KubeNodeNotReady", "n1"));
        alerts.Put(Alert("2", "NodeClockSkew", "n2"));
        alerts.Over(View);
        alerts.Put(Alert("1", "KubeNodeUnreachable", "n1"));
        alerts.Remove("2");
        alerts.Remove("unknown");
        var next = alerts.Over(View);

        Assert.Equal(["KubeNodeUnreachable", "KubePodCrashLooping"], next.Alerts.Select(b => b.Name));
    }

    private static ActiveAlert Alert(string id, string name, string node) =>
        new(id, new("c", "node", "", node), name, new Dictionary<string, string> { ["node"] = node }, default, default);

    [Fact]
    public void Index_AskedForByManyThreads_IsBuiltOnce()
    {
        var bucket = View.Bucket("pod")!;
        var labels = new IndexLabels(["node"], []);
        var indexes = new FactIndex[64];
        Parallel.For(0, indexes.Length, i => indexes[i] = bucket.Index(labels));
        Assert.Single(indexes.Distinct());
    }

    private static List<Fact> Scope(string key) => [.. View.Scope(ResourceKey.Parse(key)).All];
}
