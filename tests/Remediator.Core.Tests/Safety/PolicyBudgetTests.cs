using FsCheck.Xunit;
using Remediator.Core.Actions;
using Remediator.Core.Events;
using Remediator.Core.Facts;
using Remediator.Core.Journal;
using Remediator.Core.Language;
using Remediator.Core.Resources;
using Remediator.Core.Safety;
using Remediator.Core.Tests.Incidents;
using Remediator.Core.Worlds;

namespace Remediator.Core.Tests.Safety;

public sealed class PolicyBudgetTests
{
    private readonly Bench _bench = new();

    private IReadOnlyList<BudgetLimit> OfPolicy => [.. Budget.Limits(_bench.World(), "restart-loop").Skip(2)];

    [Fact]
    public void Limit_OfNothing_LeavesTheTwoOfTheSettings() =>
        Assert.Equal(["cluster test", "namespace test/shop"], Budget.Limits(_bench.World(), "restart-loop").Select(l => l.Budget));

    [Theory]
    [InlineData("namespace", "shop", true)]
    [InlineData("namespace", "sh*", true)]
    [InlineData("namespace", "Shop", false)]
    [InlineData("kind", "node", false)]
    [InlineData("name", "ap?", true)]
    [InlineData("cluster", "test", true)]
    [InlineData("playbook", "restart-loop", true)]
    [InlineData("playbook", "oom", false)]
    [InlineData("zone", "a", true)]
    [InlineData("zone", "b", true)]
    [InlineData("zone", "c", false)]
    [InlineData("node_group", "spot", true)]
    [InlineData("node_group", "big", false)]
    public void Limit_IsAboutTheResourcesThatItMatches(string label, string pattern, bool matches)
    {
        Pods();
        _bench.Policy = new() { Limits = [new() { Match = new(new Dictionary<string, string> { [label] = pattern }), AtOnce = 1 }] };
        Assert.Equal(matches ? [$"test{{{label}=\"{pattern}\"}}"] : [], OfPolicy.Select(l => l.Budget));
    }

    [Fact]
    public void Each_HasABudgetForEveryValue_AndOneForWhatHasNone()
    {
        Pods();
        _bench.Policy = new() { Limits = [new() { Each = ["zone", "namespace"], AtOnce = 1 }] };
        Assert.Equal(["test{namespace=\"shop\", zone=\"a\"}", "test{namespace=\"shop\", zone=\"b\"}"], OfPolicy.Select(l => l.Budget));

        _bench.More.Clear();
        Assert.Equal("test{namespace=\"shop\", zone=\"\"}", Assert.Single(OfPolicy).Budget);
    }

    [Theory]
    [InlineData(10, 0, 9, 1)]
    [InlineData(10, 3, 29, 2)]
    [InlineData(10, 3, 30, 3)]
    [InlineData(100, 3, 7, 7)]
    [InlineData(1, 0, 1, 1)]
    public void Percent_IsRoundedDown_AndAtLeastOne(int percent, int sick, int total, int atOnce)
    {
        Workloads(total, sick);
        _bench.Policy = new() { Limits = [new() { Percent = percent }] };
        var limit = Assert.Single(OfPolicy);
        Assert.Equal((atOnce, $"{percent}% of {total}", sick), (limit.AtOnce, limit.Meaning, limit.Unhealthy.Count));
    }

    [Fact]
    public void Percent_OfASetThatIsEmpty_AllowsNothing()
    {
        _bench.Resource = new("test", "pvc", "shop", "data");
        _bench.Policy = new() { Limits = [new() { Percent = 50 }] };
        Assert.Equal(
            (0, "its set is empty, as far as the view of the cluster shows"), OfPolicy.Select(l => (l.AtOnce, l.Meaning)).Single());
        Assert.Equal("nothing may be changed in test{}: its set is empty, as far as the view of the cluster shows", Check().Refusal);
    }

    [Fact]
    public void Percent_CountsUnhealthyAndInFlight_AndWhatIsBothOnce()
    {
        Workloads(total: 20, sick: 2);
        _bench.Policy =
            new() { Limits = [new() { Match = new(new Dictionary<string, string> { ["kind"] = "deployment" }), Percent = 15 }] };
        _bench.Settings = _bench.Settings with { AtOncePerNamespace = 9 };
        _bench.Permits.Add(new("other", "test{kind=\"deployment\"}", _bench.Now, "test/deployment/shop/w1"));
        Assert.True(Check().IsAllowed);

        _bench.Permits.Add(new("third", "test{kind=\"deployment\"}", _bench.Now, "test/deployment/shop/w19"));
        Assert.Equal(
            "2 of 3 changes are in flight and 2 unhealthy in test{kind=\"deployment\"}, 15% of 20; now: incident other, "
                + "incident third, deployment shop/w0, deployment shop/w1",
            Check().Refusal);
    }

    [Fact]
    public void FirstOneOfTheSetThatBecomesUnhealthy_IsNoNewWait()
    {
        _bench.Policy = new() { Limits = [new() { Percent = 10 }] };
        _bench.Settings = _bench.Settings with { AtOncePerNamespace = 9 };
        Workloads(total: 20, sick: 0);
        _bench.Permits.AddRange([
            new("other", "test{}", _bench.Now, "test/deployment/shop/w1"), new("third", "test{}", _bench.Now, "test/deployment/shop/w2")]);
        var before = Check().Refusal!;
        Workloads(total: 20, sick: 1);
        var after = Check().Refusal!;
        Assert.NotEqual(before, after);
        Assert.True(HeldReason.IsSame(before, after), $"{before} is another wait than {after}");
    }

    [Fact]
    public void PerHour_RefusesUntilTheFirstOfThemIsAnHourAgo()
    {
        _bench.Policy = new() { Limits = [new() { PerHour = 2 }] };
        _bench.Starts.AddRange([
            new("test{}", _bench.Now.AddMinutes(-70)), new("test{}", _bench.Now.AddMinutes(-50)), new("test{}", _bench.Now.AddMinutes(-1)),
            new("else", _bench.Now)]);
        Assert.Equal(new("2 of 2 changes that are allowed within 1h were made in test{}", TimeSpan.FromMinutes(10)), Check());

        _bench.Now += TimeSpan.FromMinutes(10);
        Assert.True(Check().IsAllowed);
    }

    [Theory]
    [InlineData("test/deployment/shop/api", false, "deployment shop/api is being worked on; now: incident other")]
    [InlineData(
        "test/deployment/shop/api",
        true,
        "another incident is being worked on, in what contains or belongs to deployment shop/api; now: incident other")]
    [InlineData("test/node//n1", false, "node n1 is being worked on; now: incident other")]
    [InlineData("test/node//n1", true, null)]
    [InlineData("test/node//n9", false, null)]
    public void Claims_KeepANodeAndWhatIsOnItApart(string resource, bool shared, string? refusal)
    {
        Pods();
        _bench.Claims.Add(new("other", resource, shared));
        Assert.Equal(refusal, Check().Refusal);
    }

    [Theory]
    [InlineData("test/node//n1", "test/deployment/shop/api test/pvc/shop/data test/host//i-0abc")]
    [InlineData("test/node//n9", "")]
    [InlineData("test/deployment/shop/api", "test/node//n1 test/node//n2 test/pvc/shop/data")]
    [InlineData("test/pvc/shop/data", "test/deployment/shop/api test/node//n1")]
    [InlineData("test/filesystem//n1:%2Fvar", "test/node//n1 test/host//n1")]
    public void Run_SharesWhatIsAboveAndBelowItsResource(string resource, string shared)
    {
        Pods();
        _bench.More.Add(
            Fact.Parse("""mount{namespace="shop",workload="api",workload_kind="deployment",pod="api-1",persistentvolumeclaim="data",node="n1",zone="a"}"""));
        _bench.Resource = ResourceKey.Parse(resource);
        Assert.Equal(shared, string.Join(' ', Claims.Shared(_bench.World())));
    }

    [Fact]
    public void WhatAPlanTakes_HasToFitInItsOwnBudgets()
    {
        Pods();
        _bench.Policy = new() { Limits = [new() {
            Match = new(new Dictionary<string, string> { ["kind"] = "node" }),
            Each = ["node_group"],
            AtOnce = 1 }] };
        _bench.Permits.Add(new("other", "test{kind=\"node\", node_group=\"big\"}", _bench.Now, "test/node//n9"));
        _bench.Fire();
        _bench.Planned(new ActionPlan { Summary = "restart the machine", Takes = new("test/node//n3", TimeSpan.FromMinutes(20)) });

        Assert.Empty(_bench.Intents);
        Assert.Equal(
            "1 of 1 change is in flight in test{kind=\"node\", node_group=\"big\"}; now: incident other", _bench.Only<Held>().Reason);

        _bench.Permits.Clear();
        _bench.Wake(TimeSpan.FromMinutes(1));
        _bench.Planned(new ActionPlan { Summary = "restart the machine", Takes = new("test/node//n3", TimeSpan.FromMinutes(20)) });

        Assert.Equal(
            ["cluster test", "namespace test/shop", "test{kind=\"node\", node_group=\"big\"}"],
            Assert.Single(_bench.Intents).Permits.Take(3));
        var wanted = Permits.Wanted(_bench.State.Incidents[0], _bench.World());
        Assert.Equal("test/node//n3", wanted.Budgets[2].Takes.ToString());
        Assert.Equal(["test/deployment/shop/api", "test/node//n3"], wanted.Claims.Select(c => c.ToString()));
        Assert.Equal(["test/node//n1", "test/node//n2"], wanted.Shared.Select(c => c.ToString()));
    }

    [Fact]
    public void WhatAPlanTakes_IsNotTakenWhileOthersWorkOnIt()
    {
        Pods();
        _bench.Claims.Add(new("other", "test/node//n3", IsShared: true));
        _bench.Fire();
        _bench.Planned(new ActionPlan { Summary = "restart the machine", Takes = new("test/node//n3", TimeSpan.FromMinutes(20)) });

        Assert.Empty(_bench.Intents);
        Assert.Equal(
            "another incident is being worked on, in what contains or belongs to node n3; now: incident other", _bench.Only<Held>().Reason);
    }

    /// <summary>
    /// Whatever is sick and whatever others do: the guard lets a change pass only where the sum stays within the percentage, or where this
    /// is the only one.
    /// </summary>
    [Property]
    public bool Percent_IsNeverExceeded(byte total, byte sick, byte percent, byte[] inFlight)
    {
        var bench = new Bench { Settings = new() { AtOncePerCluster = 999, AtOncePerNamespace = 999 } };
        var (all, share) = ((total % 40) + 1, (percent % 100) + 1);
        Workloads(bench, all, sick % (all + 1));
        bench.Policy = new() { Limits = [new() { Percent = share }] };
        foreach (var w in inFlight.Select(w => w % all).Distinct())
        {
            bench.Permits.Add(new($"i{w}", "test{}", bench.Now, $"test/deployment/shop/w{w}"));
        }

        // the bench's own workload takes a place too
        var busy = Enumerable.Range(0, sick % (all + 1)).Concat(inFlight.Select(w => w % all)).Distinct().Count() + 1;
        var allowed = Guards.Ordered.Single(g => g.Name == "budget")
            .Check(bench.Guarded(Bench.Step("evict", "kubernetes.evict-pod"))).IsAllowed;
        return allowed == (busy <= Math.Max(1, (all + 1) * share / 100));
    }

    /// <summary>Its name is part of an index.</summary>
    [Fact]
    public void BudgetOfLongNames_IsShort_AndTwoThatDifferAtTheEndStayTwo()
    {
        string Budget(string end)
        {
            _bench.Policy = new()
            {
                Limits = [new() { Match = new(new Dictionary<string, string> { ["name"] = $"*{end}" }), Each = ["name"], AtOnce = 1 }]
            };
            var resource = new ResourceKey(new string('c', 250), "endpoint", new string('n', 250), new string('"', 1400) + end);
            return PolicyBudgets.Of(_bench.World(), resource, new string('p', 1000)).Single().Budget;
        }

        Assert.InRange(System.Text.Encoding.UTF8.GetByteCount(Budget("1")), 1, 2048);
        Assert.NotEqual(Budget("1"), Budget("2"));
    }

    private Verdict Check() =>
        Guards.Ordered.Single(g => g.Name == "budget").Check(_bench.Guarded(Bench.Step("evict", "kubernetes.evict-pod")));

    /// <summary>Two pods of the workload, on nodes of two zones.</summary>
    private void Pods()
    {
        _bench.More.Add(Fact.Parse("""pod{namespace="shop",workload="api",workload_kind="deployment",pod="api-1",node="n1",zone="a"}"""));
        _bench.More.Add(Fact.Parse("""pod{namespace="shop",workload="api",workload_kind="deployment",pod="api-2",node="n2",zone="b"}"""));
        _bench.More.Add(
            Fact.Parse("""node{node="n1",zone="a",node_group="spot",ready="true",provider_id="aws:///eu-central-1a/i-0abc"}"""));
        _bench.More.Add(Fact.Parse("""node{node="n2",zone="b",ready="true"}"""));
        _bench.More.Add(Fact.Parse("""node{node="n3",zone="c",node_group="big",ready="true"}"""));
    }

    private void Workloads(int total, int sick) => Workloads(_bench, total - 1, sick);

    /// <summary>Besides the bench's own, which is healthy as far as its numbers say.</summary>
    private static void Workloads(Bench bench, int more, int sick) => bench.More.AddRange(Enumerable.Range(0, more).Select(i => Fact.Parse(
        $$"""workload{namespace="shop",workload="w{{i}}",workload_kind="deployment",desired="2",available="{{(i < sick ? 1 : 2)}}"}""")));
}
