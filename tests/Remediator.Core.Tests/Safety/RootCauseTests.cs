using Remediator.Core.Events;
using Remediator.Core.Facts;
using Remediator.Core.Incidents;
using Remediator.Core.Journal;
using Remediator.Core.Resources;
using Remediator.Core.Rules;
using Remediator.Core.Safety;
using Remediator.Core.Tests.Incidents;

namespace Remediator.Core.Tests.Safety;

/// <summary>What waits for a cause, in which words, and what stands for itself.</summary>
public sealed class RootCauseTests
{
    private readonly Bench _bench = new();

    [Theory]
    [InlineData("false", "", "its sick pods are on node n1, which is not ready; nothing is done here before that is over; now: pod api-1")]
    [InlineData(
        "unknown", "", "its sick pods are on node n1, which is not ready; nothing is done here before that is over; now: pod api-1")]
    [InlineData(
        "true",
        "memory_pressure",
        "its sick pods are on node n1, which is under memory pressure; nothing is done here before that is over; now: pod api-1")]
    [InlineData(
        "true",
        "disk_pressure",
        "its sick pods are on node n1, which is under disk pressure; nothing is done here before that is over; now: pod api-1")]
    [InlineData(
        "true",
        "pid_pressure",
        "its sick pods are on node n1, which is under pid pressure; nothing is done here before that is over; now: pod api-1")]
    [InlineData("true", "", null)]
    public void SickNode(string ready, string pressure, string? reason)
    {
        _bench.Cluster = [Node("n1", ready, pressure), Fleet.Pod("n1", "a")];
        AssertHeld(reason);
    }

    [Theory]
    [InlineData("running", true)]
    [InlineData("held", true)]
    [InlineData("escalated", true)]
    [InlineData("awaiting approval", true)]
    [InlineData("unhandled", false)] // an alert of which nothing follows is no reason to let pods crash
    [InlineData("suppressed", false)]
    public void NodeWithAnOpenIncident(string status, bool held)
    {
        _bench.Cluster = [Node("n1", "true"), Fleet.Pod("n1", "a")];
        NodeIncident(status);
        AssertHeld(held
            ? $"its sick pods are on node n1, which has an incident of its own: node-not-ready (incident 01node); "
                + $"nothing is done here before that is over; now: pod api-1, and that incident is {status}"
            : null);
    }

    [Fact]
    public void SickNodeWithAnIncident_ShowsIt()
    {
        _bench.Cluster = [Node("n1", "false"), Fleet.Pod("n1", "a"), Fleet.Pod("n1", "a", pod: "api-2")];
        NodeIncident("escalated");
        AssertHeld(
            "its sick pods are on node n1, which is not ready (incident 01node); nothing is done here before that is over; now: 2 pods");
    }

    [Fact]
    public void NodeThatIsGone() =>
        Held(
            [Fleet.Pod("n1", "a")],
            "its sick pods are on node n1, which is no longer in the cluster; nothing is done here before that is over; now: pod api-1");

    [Fact]
    public void OnePodThatIsSickOnAGoodNode_IsSickByItself() =>
        Held([Node("n1", "false"), Node("n2", "true"), Fleet.Pod("n1", "a"), Fleet.Pod("n2", "a", pod: "api-2")], null);

    [Fact]
    public void GoodPodsElsewhere_ChangeNothing() =>
        Held(
            [
                Node("n1", "false"), Node("n2", "true"), Fleet.Pod("n1", "a"),
                Fleet.Pod("n2", "a", ready: "true", crashing: "false", pod: "api-2")],
            "its sick pods are on node n1, which is not ready; nothing is done here before that is over; now: pod api-1");

    [Fact]
    public void PodOnItsWayOut_FromAGoodNode_DoesNotCount()
    {
        var leaving = new Dictionary<string, string>(Fleet.Pod("n2", "a", pod: "api-2").Labels) { ["terminating"] = "true" };
        Held(
            [Node("n1", "false"), Node("n2", "true"), Fleet.Pod("n1", "a"), new("pod", leaving, default)],
            "its sick pods are on node n1, which is not ready; nothing is done here before that is over; now: pod api-1");
    }

    [Theory]
    [InlineData("Succeeded")]
    [InlineData("Failed")]
    public void PodThatHasEnded_DoesNotCount(string phase) => Held([Node("n1", "false"), Fleet.Pod("n1", "a", phase: phase)], null);

    [Theory]
    [InlineData("kube-system", "aws-node", "daemonset", true)]
    [InlineData("calico-system", "calico-node", "daemonset", true)]
    [InlineData("kube-system", "kube-proxy", "daemonset", true)]
    [InlineData("logging", "fluent-bit", "daemonset", false)]
    [InlineData("shop", "cilium", "deployment", false)]
    public void NetworkOfTheNode(string space, string name, string kind, bool held) => Held(
        [Node("n1", "true"), Fleet.Pod("n1", "a"), PodOf(space, name, kind, "n1")],
        held
            ? $"its sick pods are on node n1, whose network does not work; nothing is done here before that is "
                + $"over; now: pod api-1, and pod {space}/{name}-x is not ready"
            : null);

    [Theory]
    [InlineData("2", "0", true)]
    [InlineData("2", "1", false)]
    [InlineData("0", "0", false)]
    [InlineData("", "", false)]
    public void ClusterDns(string desired, string available, bool held) =>
        Held(
            [Dns(desired, available)],
            held
                ? "deployment kube-system/coredns is down, so names cannot be resolved in the cluster; nothing is done here "
                    + "before that is over"
                : null);

    [Theory]
    [InlineData("ImagePullBackOff", false)]
    [InlineData("CreateContainerConfigError", false)]
    [InlineData("CrashLoopBackOff", true)]
    public void ClusterDns_BringsNeitherImagesNorConfiguration(string waiting, bool held)
    {
        _bench.Cluster = [Dns("2", "0"), Container("shop", "api", waiting, "registry.test/api:1")];
        _bench.Fire();
        Assert.Equal(held ? 1 : 0, _bench.Happenings<Held>().Count());
    }

    [Theory]
    [InlineData("false", true)]
    [InlineData("true", false)]
    [InlineData("", false)]
    public void DeclaredDependency(string ready, bool held) => Held(
        [new(
            "dependency",
            new Dictionary<string, string> {
                ["namespace"] = "shop",
                ["workload"] = "api",
                ["workload_kind"] = "deployment",
                ["on"] = "deployment/shop/db",
                ["ready"] = ready },
            default)],
        held ? "it declares a dependency on deployment/shop/db, which is not ready; nothing is done here before that is over" : null);

    [Theory]
    [InlineData("KubeAPIDown", "", true)]
    [InlineData("KubeAPIDown", "test", true)]
    [InlineData("KubeAPIDown", "another", false)]
    [InlineData("etcdNoLeader", "", true)]
    [InlineData("KubeSchedulerDown", "", false)] // fires for ever where the control plane is managed
    public void ControlPlane(string alert, string cluster, bool held) =>
        Held(
            [new(alert, new Dictionary<string, string> { ["cluster"] = cluster }, default)],
            held ? $"the cluster itself is in trouble: {alert} fires; nothing is done here before that is over" : null);

    [Theory]
    [InlineData("etcdInsufficientMembers", "apisix-etcd", "apisix", false)]
    [InlineData("etcdNoLeader", "milvus/etcd", "milvus", false)]
    [InlineData("etcdInsufficientMembers", "patroni-etcd", "", false)]
    [InlineData("KubeAPIDown", "apiserver", "tenant-a", false)] // a virtual cluster's own
    [InlineData("etcdInsufficientMembers", "kube-etcd", "kube-system", true)]
    [InlineData("etcdNoLeader", "etcd", "openshift-etcd", true)]
    [InlineData("KubeAPIDown", "apiserver", "default", true)]
    public void C14_EtcdOfAnApplication_BrakesNothing(string alert, string job, string space, bool held) => Held(
        [new(alert, new Dictionary<string, string> { ["job"] = job, ["namespace"] = space }, default)],
        held ? $"the cluster itself is in trouble: {alert} fires; nothing is done here before that is over" : null);

    [Theory]
    [InlineData(1, true, "registry.test/api:1", false)]
    [InlineData(2, true, "registry.test/api:1", true)]
    [InlineData(2, false, "registry.test/api:1", false)] // three workloads of one image: its tag is missing
    [InlineData(2, true, "other.test/api:1", false)]
    public void Registry(int others, bool ownImages, string image, bool held) => Held(
        [
            Container("shop", "api", "ImagePullBackOff", image),
            .. Enumerable.Range(0, others).Select(
                i => Container("shop", $"w{i}", "ErrImagePull", ownImages ? $"registry.test/w{i}:1" : "registry.test/api:1")),
        ],
        held
            ? "3 workloads cannot pull their images from registry.test, and each needs a different one: the registry or the "
                + "network to it is broken; nothing is done here before that is over"
            : null);

    [Theory]
    [InlineData("nginx", "docker.io")]
    [InlineData("library/nginx:1", "docker.io")]
    [InlineData("quay.io/x/y", "quay.io")]
    [InlineData("localhost/x", "localhost")]
    [InlineData("host:5000/x@sha256:0", "host:5000")]
    public void RegistryOfAnImage(string image, string registry) => Assert.Equal(registry, FailingRegistries.Registry(image));

    [Fact]
    public void CauseThatHeals_LetsWhatIsStillBrokenBeDecidedAgain()
    {
        _bench.Cluster = [Node("n1", "false"), Fleet.Pod("n1", "a")];
        _bench.Fire();
        Assert.Empty(_bench.Happenings<RunStarted>());
        _bench.Cluster = [Node("n1", "true"), Fleet.Pod("n1", "a")];
        _bench.Wake(TimeSpan.FromSeconds(15));
        Assert.Single(_bench.Happenings<RunStarted>());
    }

    [Fact]
    public void CauseThatBeginsDuringARun_StopsItsNextStep()
    {
        _bench.Fire();
        _bench.Cluster = [Node("n1", "false"), Fleet.Pod("n1", "a")];
        NodeIncident("running");
        _bench.Planned();
        _bench.Wake(TimeSpan.FromHours(3));
        Assert.Empty(_bench.Intents);
        Assert.Empty(_bench.Happenings<Escalated>());
        Assert.Equal(
            (
                "held",
                "root cause busy: its sick pods are on node n1, which is not ready (incident 01node); nothing is done "
                    + "here before that is over; now: pod api-1"),
            IncidentRows.Status(_bench.State.Incidents[0]));
    }

    /// <summary>A workload makes its pods anew every minute, on whatever node, and what is wrong with the node goes on too.</summary>
    [Fact]
    public void PodsThatComeAndGoOnASickNode_AreNoNewWait()
    {
        NodeIncident("held");
        for (var i = 0; i < 20; i++)
        {
            _bench.Cluster = [Node("n1", "true"), Fleet.Pod("n1", "a", pod: $"api-{(char)('a' + i)}")];
            if (i % 2 == 1)
            {
                _bench.Cluster.Add(Fleet.Pod("n1", "a", pod: "api-z"));
            }

            _bench.Open[0] = _bench.Open[0] with { Status = i % 3 == 0 ? "held" : "running" };
            if (i == 0)
            {
                _bench.Fire();
            }

            _bench.Wake(TimeSpan.FromSeconds(15));
        }

        _bench.Only<Held>();
    }

    [Fact]
    public void NetworkOfTheNode_ThatCrashesAgainAndAgain_IsNoNewWait()
    {
        _bench.Cluster = [Node("n1", "true"), Fleet.Pod("n1", "a"), PodOf("kube-system", "cilium", "daemonset", "n1")];
        _bench.Fire();
        var crashing = new Dictionary<string, string>(_bench.Cluster[2].Labels) { ["crashing"] = "true", ["pod"] = "cilium-y" };
        _bench.Cluster[2] = new("pod", crashing, DateTimeOffset.UnixEpoch);
        _bench.Wake(TimeSpan.FromSeconds(15));
        _bench.Only<Held>();
    }

    [Fact]
    public void RuleThatEscalates_WaitsForTheCause()
    {
        _bench.Rules = a => Bench.Says(DecisionKind.Escalate, a);
        _bench.Cluster = [Node("n1", "false"), Fleet.Pod("n1", "a")];
        _bench.Fire();
        Assert.Empty(_bench.Happenings<Escalated>());
        Assert.Equal("root cause busy", _bench.Only<Held>().Guard);
    }

    [Fact]
    public void CauseThatNobodyKnowsOf_IsToldAfterAnHour()
    {
        _bench.Cluster = [Node("n1", "false"), Fleet.Pod("n1", "a")];
        _bench.Fire();
        _bench.Wake(TimeSpan.FromMinutes(59));
        Assert.Empty(_bench.Happenings<Escalated>());
        _bench.Wake(TimeSpan.FromMinutes(1));
        Assert.Equal(
            "root cause busy: its sick pods are on node n1, which is not ready; that has lasted for 60 min, and nobody was told of "
                + "it; now: pod api-1",
            _bench.Only<Escalated>().Reason);
    }

    [Fact]
    public void Storm_ComesFirst()
    {
        _bench.Cluster = [.. Fleet.Nodes("a", 2, 4), .. Fleet.Nodes("b", 9, 0), Fleet.Pod("a5", "a")];
        _bench.Fire();
        Assert.Equal("storm", _bench.Only<Held>().Guard);
    }

    private void Held(IReadOnlyList<Fact> cluster, string? reason)
    {
        _bench.Cluster = [.. cluster];
        AssertHeld(reason);
    }

    private void AssertHeld(string? reason)
    {
        _bench.Fire();
        Assert.Equal(reason, _bench.Happenings<Held>().SingleOrDefault()?.Reason);
        Assert.Equal(reason is null ? 1 : 0, _bench.Happenings<RunStarted>().Count());
        Assert.All(_bench.Happenings<Held>(), h => Assert.Equal("root cause busy", h.Guard));
    }

    private void NodeIncident(string status) =>
        _bench.Open.Add(new IncidentRow {
            Id = "01node",
            Resource = new ResourceKey("test", "node", "", "n1"),
            Problem = "node-not-ready",
            Status = status,
            Summary = "",
            OpenedAt = _bench.Now });

    private static Fact Node(string name, string ready, string pressure = "") => new(
        "node",
        new Dictionary<string, string>(Fleet.Node(name, "a", ready).Labels)
            { [pressure.Length > 0 ? pressure : "role"] = pressure.Length > 0 ? "true" : "worker" },
        DateTimeOffset.UnixEpoch);

    private static Fact PodOf(string space, string workload, string kind, string node) => new(
        "pod",
        new Dictionary<string, string>(Fleet.Pod(node, "a", crashing: "false").Labels)
            { ["namespace"] = space, ["workload"] = workload, ["workload_kind"] = kind, ["pod"] = $"{workload}-x" },
        DateTimeOffset.UnixEpoch);

    private static Fact Dns(string desired, string available) =>
        new(
            "workload",
            new Dictionary<string, string>(Fleet.Workload("coredns", available, "0", desired: desired).Labels)
                { ["namespace"] = "kube-system" },
            DateTimeOffset.UnixEpoch);

    private static Fact Container(string space, string workload, string waiting, string image) => new(
        "container",
        new Dictionary<string, string> {
            ["namespace"] = space,
            ["workload"] = workload,
            ["workload_kind"] = "deployment",
            ["container"] = "main",
            ["waiting"] = waiting,
            ["image"] = image },
        DateTimeOffset.UnixEpoch);
}
