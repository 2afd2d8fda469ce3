using System.Collections;
using System.Diagnostics.CodeAnalysis;
using Remediator.Core.Facts;
using Remediator.Core.Policies;
using Remediator.Core.Resources;
using Remediator.Core.Safety;
using Remediator.Core.Tests.Incidents;

namespace Remediator.Core.Tests.Safety;

/// <summary>What a decision asks of the facts grows with the cluster, not with its square (finding B18).</summary>
public sealed class LargeClusterTests
{
    private int _reads;

    [Theory]
    [InlineData("node_group")]
    [InlineData("zone")]
    public void SetOfALimit_IsCountedInStepsThatGrowWithTheCluster(string label)
    {
        var (small, large) = (Reads(label, 200), Reads(label, 1600));

        // 64 times as many where each workload asks every node
        Assert.InRange(large / (double)small, 1, 12);
    }

    [Fact]
    public void SetOfALimit_IsCountedOnceInAView()
    {
        var world = Cluster(100);
        Ask(world, "node_group");
        _reads = 0;

        Ask(world, "node_group");

        Assert.InRange(_reads, 0, 20);
    }

    [Fact]
    public void NodesOfAStorm_AreCountedOnceInAView()
    {
        var world = Cluster(100);
        Storms.In(world.View, Policy.Default.Storm, world.Resource, world.Now);
        _reads = 0;

        Storms.In(world.View, Policy.Default.Storm, world.Resource, world.Now);

        Assert.InRange(_reads, 0, 20);
    }

    [Fact]
    public void WhatManyWaitFor_IsFoundOnceInAView()
    {
        var world = new Bench().World() with
        {
            View = new(1, default, Enumerable.Range(0, 100).Select(i => Counted($$"""
                pod{namespace="shop",workload="w-{{i}}",workload_kind="deployment",pod="p-{{i}}",phase="Pending",
                reason="Unschedulable",age_minutes="9"}
                """))),
        };
        Assert.Equal(100, SharedCauses.Of(world with { Resource = Workload(7) })?.Victims.Count);
        _reads = 0;

        Assert.Equal("no room", SharedCauses.Of(world with { Resource = Workload(8) })?.Key);

        Assert.InRange(_reads, 0, 20);
    }

    private static ResourceKey Workload(int number) => new("test", "deployment", "shop", $"w-{number}");

    private int Reads(string label, int size)
    {
        var world = Cluster(size);
        _reads = 0;
        Assert.Equal(size / 10, Ask(world, label));
        return _reads;
    }

    private static int Ask(Worlds.World world, string label) => LimitedSet.Of(
        world, Workload(0), PolicyMatch.Everything,
        new Dictionary<string, string> { [label] = "g-0" }).Total;

    private Worlds.World Cluster(int size) => new Bench().World() with
    {
        View = new(1, default, Enumerable.Range(0, size).SelectMany(i => new[]
        {
            Counted($$"""node{node="n-{{i}}",zone="g-{{i % 10}}",node_group="g-{{i % 10}}",ready="true"}"""),
            Counted($$"""workload{namespace="shop",workload="w-{{i}}",workload_kind="deployment",desired="1",available="1"}"""),
            Counted($$"""pod{namespace="shop",workload="w-{{i}}",workload_kind="deployment",pod="p-{{i}}",node="n-{{i}}",zone="g-{{i % 10}}"}"""),
        })),
    };

    private Fact Counted(string text)
    {
        var fact = Fact.Parse(text);
        return fact with { Labels = new CountedLabels(fact.Labels, this) };
    }

    private sealed class CountedLabels(IReadOnlyDictionary<string, string> labels, LargeClusterTests test)
        : IReadOnlyDictionary<string, string>
    {
        public int Count => labels.Count;

        public IEnumerable<string> Keys => labels.Keys;

        public IEnumerable<string> Values => labels.Values;

        public string this[string key] => Counted()[key];

        public bool ContainsKey(string key) => Counted().ContainsKey(key);

        public bool TryGetValue(string key, [MaybeNullWhen(false)] out string value) => Counted().TryGetValue(key, out value);

        public IEnumerator<KeyValuePair<string, string>> GetEnumerator() => Counted().GetEnumerator();

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

        private IReadOnlyDictionary<string, string> Counted()
        {
            test._reads++;
            return labels;
        }
    }
}
