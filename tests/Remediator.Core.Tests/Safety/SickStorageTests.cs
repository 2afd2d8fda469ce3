using Remediator.Core.Events;
using Remediator.Core.Facts;
using Remediator.Core.Playbooks;
using Remediator.Core.Rules;
using Remediator.Core.Safety;
using Remediator.Core.Tests.Incidents;

namespace Remediator.Core.Tests.Safety;

/// <summary>A server of files that sick nodes have in common: case 46, and others of its kind.</summary>
public sealed class SickStorageTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 24, 12, 0, 0, TimeSpan.Zero);

    private const string Of46 = "all 3 nodes that mount from nfs:10.9.9.9 are not ready, or were not a moment ago";

    /// <summary>Six nodes, each a word: its name, how it is, and the servers that it mounts from.</summary>
    [Theory]
    [InlineData("a:down:S b:down:S c:down:S d:well e:well f:well", Of46, "three of six, and no other has it")]
    [InlineData("a:down:S b:back:S c:back:S d:well e:well f:well", Of46, "out of step: two are ready since a moment")]
    [InlineData("a:flaps:S b:flaps:S c:flaps:S d:well e:well f:well", Of46, "ready by turns for half an hour")]
    [InlineData("a:down:SS b:down:S c:down:S d:well e:well f:well", Of46, "two pods of a node are one node")]
    [InlineData("a:down:S b:down:S c:well:S d:well e:well f:well", null, "one that mounts it is well")]
    [InlineData("a:down:S b:well c:well d:well e:well f:well", null, "one node alone has nothing in common with anybody")]
    [InlineData("a:down:S b:down c:well:T d:well e:well f:well", null, "they have nothing in common")]
    [InlineData("a:down:S b:off:S c:well d:well e:well f:well", null, "one is meant to be off")]
    [InlineData("a:down:S b:late:S c:well d:well e:well f:well", null, "the second fell ill just now: that is not told yet")]
    public void WhatSickNodesHaveInCommon_AndNoWellOneHas(string nodes, string? seen, string because)
    {
        var storms = Storms.In(new(1, Now, [.. Facts(nodes)]), new(), new("test", "node", "", "a"), Now.AddMinutes(-1))
            .Where(s => s.Scope.Kind == "file-server").ToList();
        Assert.True(seen == storms.SingleOrDefault()?.Seen, $"{because}: {storms.SingleOrDefault()?.Seen}");
        Assert.All(storms, s => Assert.Equal(Storms.FileServer("test", "nfs:10.9.9.9"), s.Scope));
    }

    [Fact]
    public void C46_NodesOfADeadFileServer_AreLeftAlone_AndPeopleGetServerVolumesPodsAndNodes()
    {
        Assert.Equal("storm", Held("a:down:S b:back:S c:back:S d:well e:well f:well").Guard);
        var bench = Scope("a:down:S b:back:S c:back:S d:well e:well f:well");
        Assert.Equal(
            $"A storm: {Of46} (nodes: a, b, c; volumes: pv-S; pods: shop/a-0, shop/b-0, shop/c-0). Nothing is repaired there until it is "
                + "over.",
            bench.Only<Escalated>().Message);
    }

    /// <summary>The volume of a pod names its server itself, so that there is neither a claim nor a volume object.</summary>
    [Fact]
    public void FileServerThatPodsNameThemselves_IsFoundToo()
    {
        Assert.Equal("storm", Held("a:down:D b:down:D c:well d:well e:well f:well").Guard);
        Assert.Contains(
            "all 2 nodes that mount from nfs:10.8.8.8",
            Scope("a:down:D b:down:D c:well d:well e:well f:well", "nfs:10.8.8.8").Only<Escalated>().Message, StringComparison.Ordinal);
    }

    /// <summary>What one file system hangs is no fault of nodes that are dead beside it.</summary>
    [Fact]
    public void NodeThatIsDeadBesideThem_AndMountsNothingOfTheirs_IsRepaired()
    {
        var bench = Sick("f:down a:down:S b:down:S c:well d:well e:well g:well h:well", "f");
        Assert.Empty(bench.Happenings<Held>());
        Assert.Single(bench.Happenings<RunStarted>());
    }

    /// <summary>It waits for the server as its node does: moved away, it takes the mount along.</summary>
    [Fact]
    public void WorkloadThatMountsFromIt_IsHeldToo_AndNoOther()
    {
        Bench Of(string server)
        {
            var bench = new Bench();
            bench.Cluster =
            [
                .. Facts("a:down:S b:down:S c:well d:well e:well f:well"), Fleet.Pod("c", "", ready: "false"),
                Fact.Parse($$"""mount{namespace="shop",workload="api",workload_kind="deployment",pod="api-1",node="",server="{{server}}"}"""),
            ];
            bench.Fire();
            return bench;
        }

        Assert.Equal("storm", Of("nfs:10.9.9.9").Only<Held>().Guard);
        Assert.Empty(Of("nfs:10.7.7.7").Happenings<Held>());
    }

    private static Held Held(string nodes) => Sick(nodes, "a").Only<Held>();

    /// <summary>What comes of an alert about one of them.</summary>
    private static Bench Sick(string nodes, string node)
    {
        var bench = new Bench { Resource = new("test", "node", "", node), IsThere = false, Cluster = [.. Facts(nodes)] };
        bench.Playbook = Bench.RestartLoop(Mode.Auto, Bench.Step("mild", "kubernetes.evict-pod")) with
        {
            ResourceKinds = ["node"], Problem = [Condition.Parse("node{ready!=\"true\"}")],
        };
        bench.Fire(name: "KubeNodeNotReady");
        return bench;
    }

    /// <summary>What comes of it on the server itself.</summary>
    private static Bench Scope(string nodes, string server = "nfs:10.9.9.9")
    {
        var bench = new Bench { Resource = Storms.FileServer("test", server), IsThere = false, Cluster = [.. Facts(nodes)] };
        bench.Wake(TimeSpan.FromSeconds(1));
        return bench;
    }

    private static IEnumerable<Fact> Facts(string nodes)
    {
        foreach (var server in new[] { ("S", "10.9.9.9"), ("T", "10.7.7.7") })
        {
            yield return Fact.Parse(
                $$"""pvc{namespace="shop",persistentvolumeclaim="{{server.Item1}}",volume="pv-{{server.Item1}}",server="nfs:{{server.Item2}}"}""");
        }

        foreach (var node in nodes.Split(' ').Select(n => n.Split(':')))
        {
            var (name, how) = (node[0], node[1]);
            yield return Fact.Parse(
                how switch
                {
                    "well" => $$"""node{node="{{name}}",ready="true",unwell="false"}""",
                    "back" => $$"""node{node="{{name}}",ready="true",unwell="true"}""",
                    "flaps" => $$"""node{node="{{name}}",ready="true",flapping="true"}""",
                    "off" => $$"""node{node="{{name}}",ready="unknown",unwell="true",switched_off="true"}""",
                    _ => $$"""node{node="{{name}}",ready="false",unwell="true",role="worker"}""",
                },
                how == "late" ? Now : DateTimeOffset.UnixEpoch);
            foreach (var (mount, number) in node.ElementAtOrDefault(2)?.Select((c, i) => (c, i)) ?? [])
            {
                var on = mount == 'D' ? "server=\"nfs:10.8.8.8\"" : $"persistentvolumeclaim=\"{mount}\"";
                yield return Fact.Parse(
                    $$"""mount{namespace="shop",workload="web",workload_kind="statefulset",pod="{{name}}-{{number}}",node="{{name}}",{{on}}}""");
            }
        }
    }
}
