using System.Collections.Concurrent;
using Remediator.Core.Alerts;
using Remediator.Core.Events;
using Remediator.Core.Facts;
using Remediator.Core.Playbooks;
using Remediator.Core.Resources;
using Remediator.Core.Rules;
using Remediator.Core.Safety;
using Remediator.Core.Worlds;

namespace Remediator.Grains.Tests;

/// <summary>Many nodes at once, through grains and store.</summary>
public sealed class NodesTests : IDisposable
{
    private readonly FakeCluster _cluster = new();
    private readonly string _folder = Directory.CreateTempSubdirectory("remediator-nodes-").FullName;

    /// <summary>Zone, readiness and what is unsteady of each.</summary>
    private readonly Dictionary<string, (string Zone, string Ready, string Unsteady)> _nodes = [];

    /// <summary>Those with a pod that mounts from a server of files.</summary>
    private readonly List<string> _mounts = [];

    /// <summary>Those of which an action was asked what it would do, as it asks AWS.</summary>
    private readonly ConcurrentDictionary<string, bool> _planned = [];

    public NodesTests()
    {
        _cluster.BeforePlan = (request, _) =>
        {
            _planned[request.Resource.Name] = true;
            return Task.CompletedTask;
        };
        _cluster.Beyond = alert => new(Node(alert.Labels["node"]), true, alert.Labels, "by its label");
        var (dead, unsteady) = (Playbook("node-not-ready", "node{ready!=\"true\"}"), Playbook("node-unsteady", "node{unsteady!=\"\"}"));
        _cluster.Definitions = new(
            "d1", null, new ByAlert(), new Dictionary<string, Playbook> { [dead.Name] = dead, [unsteady.Name] = unsteady })
        {
            // the durations of a policy are shortened too: nothing of it is to be over before a test is
            Policy = new()
            {
                SlowStart = new() { RetryAfter = TimeSpan.FromDays(30) },
                Storm = new() { ToldAfter = TimeSpan.Zero, Cooldown = TimeSpan.FromDays(30) },
            },
        };
        _cluster.AfterEffect = request =>
        {
            lock (_nodes)
            {
                // nothing that is done to a node helps against what is unsteady about it
                if (_nodes[request.Resource.Name] is { Unsteady.Length: > 0 })
                    _cluster.Break(request.Resource.Name);
                else
                    _nodes[request.Resource.Name] = (_nodes[request.Resource.Name].Zone, "true", "");
            }

            See();
            return Task.CompletedTask;
        };
    }

    [Fact]
    public async Task WhileAZoneIsDown_NothingIsDoneToItsNodes_AndOneElsewhereIsRepaired()
    {
        Add("a", 4, "unknown");
        Add("b", 8, "true");
        Add("c", 9, "true");
        _nodes["b0"] = ("b", "unknown", "");
        See();
        await using var engine = await StartAsync();
        foreach (var name in _nodes.Where(n => n.Value.Ready != "true").Select(n => n.Key).ToList())
            await PostAsync(engine, "KubeNodeNotReady", name);

        Assert.Equal(CloseReason.Verified, (await engine.AwaitAsync<IncidentClosed>(Node("b0"))).Reason);
        foreach (var name in new[] { "a0", "a1", "a2", "a3" })
        {
            Assert.StartsWith(
                "4 of 4 nodes of zone a are not ready: the cause is elsewhere",
                (await engine.AwaitAsync<Held>(Node(name), h => h.Guard == "storm")).Reason, StringComparison.Ordinal);
        }

        await engine.AwaitAsync<Escalated>(Storms.Zone("test", "a"));
        Assert.Equal(["b0"], Touched());
        Assert.Equal(["b0"], _planned.Keys);
    }

    /// <summary>Its alerts say that ten nodes are dead, and the nodes say that they are not.</summary>
    [Fact]
    public async Task OfAFloodOfAlertsByOneDetector_TheNodeThatIsDeadIsRepaired_AndNoOther()
    {
        Add("a", 12, "true");
        _nodes["a11"] = ("a", "unknown", "");
        See();
        await using var engine = await StartAsync();
        foreach (var name in _nodes.Keys.Where(n => n != "a10").ToList())
            await PostAsync(engine, "KubeNodeNotReady", name);

        Assert.Equal(CloseReason.Verified, (await engine.AwaitAsync<IncidentClosed>(Node("a11"))).Reason);
        foreach (var name in Enumerable.Range(0, 10).Select(i => $"a{i}"))
        {
            await engine.AwaitAsync<Held>(
                Node(name), h => h.Reason.StartsWith("the cluster does not show what the alert says", StringComparison.Ordinal));
        }

        Assert.Equal(["a11"], Touched());
        Assert.Equal(["a11"], _planned.Keys);
    }

    /// <summary>What a detector says of the nodes is seen on them too, and what is done about it does not help.</summary>
    [Fact]
    public async Task AFloodThatIsStopped_DoesNotStopTheRepairOfANodeThatIsDead()
    {
        Add("a", 12, "true");
        foreach (var name in Enumerable.Range(0, 10).Select(i => $"a{i}"))
            _nodes[name] = ("a", "true", "disk pressure");
        See();
        await using var engine = await StartAsync();
        foreach (var name in Enumerable.Range(0, 10).Select(i => $"a{i}"))
            await PostAsync(engine, "KubeNodePressure", name);
        await engine.AwaitAsync<Escalated>(
            Storms.Zone("test", "a"), e => e.Message == "Repairs of zone a are stopped: the last 2 in a row did not help.");
        Assert.Equal(2, Touched().Count);

        lock (_nodes)
            _nodes["a11"] = ("a", "unknown", "");
        See();
        await PostAsync(engine, "KubeNodeNotReady", "a11");
        Assert.Equal(CloseReason.Verified, (await engine.AwaitAsync<IncidentClosed>(Node("a11"))).Reason);
        Assert.Equal(3, Touched().Count);
    }

    /// <summary>Its nodes stop being ready out of step: each is ready again at times, and their playbook asks for them by turns.</summary>
    [Fact]
    public async Task C46_NodesOfADeadFileServer_AreNotTouched_AndPeopleGetTheServerOnce()
    {
        Add("a", 9, "true");
        foreach (var name in new[] { "a0", "a1", "a2" })
        {
            _nodes[name] = ("a", name == "a2" ? "true" : "unknown", name == "a2" ? "flapping" : "");
            _mounts.Add(name);
        }

        See();
        await using var engine = await StartAsync();
        foreach (var name in _mounts)
            await PostAsync(engine, name == "a2" ? "KubeNodePressure" : "KubeNodeNotReady", name);

        foreach (var name in _mounts)
        {
            Assert.StartsWith(
                "all 3 nodes that mount from nfs:10.9.9.9 are not ready, or were not a moment ago: the cause is elsewhere",
                (await engine.AwaitAsync<Held>(Node(name), h => h.Guard == "storm")).Reason, StringComparison.Ordinal);
        }

        Assert.Contains(
            "(nodes: a0, a1, a2; volumes: none; pods: shop/on-a0, shop/on-a1, shop/on-a2)",
            (await engine.AwaitAsync<Escalated>(Storms.FileServer("test", "nfs:10.9.9.9"))).Message, StringComparison.Ordinal);
        Assert.Empty(Touched());
        Assert.Empty(_planned);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static ResourceKey Node(string name) => new("test", ResourceKinds.Node, "", name);

    private static Playbook Playbook(string name, string problem) => FakeCluster.RestartLoop with
    {
        Name = name, Source = name, ResourceKinds = [ResourceKinds.Node], Problem = [Condition.Parse(problem)],
    };

    private void Add(string zone, int count, string ready)
    {
        foreach (var number in Enumerable.Range(0, count))
            _nodes[$"{zone}{number}"] = (zone, ready, "");
    }

    /// <summary>The view shows the nodes as they are now.</summary>
    private void See()
    {
        lock (_nodes)
        {
            _cluster.Beside = [.. _nodes.Select(n => new Fact(
                "node",
                new Dictionary<string, string>
                {
                    ["node"] = n.Key, ["zone"] = n.Value.Zone, ["ready"] = n.Value.Ready, ["unsteady"] = n.Value.Unsteady,
                    ["role"] = "worker", ["flapping"] = n.Value.Unsteady == "flapping" ? "true" : "false",
                },
                DateTimeOffset.UnixEpoch)),
                .. _mounts.Select(n => Fact.Parse(
                    $$"""mount{namespace="shop",workload="on",workload_kind="deployment",pod="on-{{n}}",node="{{n}}",server="nfs:10.9.9.9"}"""))];
        }
    }

    /// <summary>Nodes to which something was done, whether or not it helped.</summary>
    private List<string> Touched() => [.. _nodes.Keys.Where(_cluster.IsTouched).Order(StringComparer.Ordinal)];

    private Task<EngineHost> StartAsync() => EngineHost.StartAsync(
        _cluster, _folder,
        new EngineSettings { Mode = Mode.Auto, DurationScale = 0.02, AtOncePerCluster = 50, AtOncePerNamespace = 50, Demotes = false });

    private static Task<int> PostAsync(EngineHost engine, string alert, string node) => engine.Inbox.AddAsync(
        [
            new(
                new Alert
                {
                    Name = alert, Status = AlertStatus.Firing, StartsAt = DateTimeOffset.UnixEpoch, Fingerprint = $"f-{alert}-{node}",
                    Labels = new Dictionary<string, string> { ["alertname"] = alert, ["node"] = node },
                },
                "test", "trace", DateTimeOffset.UnixEpoch),
        ],
        Token);

    /// <summary>Whatever the facts are.</summary>
    private sealed class ByAlert : IRuleProgram
    {
        public string Revision => "d1";

        public IReadOnlyList<string> FactsFor(string alertName) => [];

        public Decision Decide(Fact alert, FactView view)
        {
            var playbook = alert.Name == "KubeNodePressure" ? "node-unsteady" : "node-not-ready";
            return new()
            {
                Kind = DecisionKind.Run, Rule = playbook, Playbook = playbook, Alert = alert.Name, RulesRevision = "d1",
                ViewVersion = view.Version, ViewAt = view.At, Trace = [],
            };
        }
    }
}
