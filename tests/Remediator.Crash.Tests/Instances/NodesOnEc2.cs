using System.Globalization;
using System.Text.Json.Nodes;
using Remediator.Testing.Aws;
using Remediator.Testing.Kubernetes;

namespace Remediator.Crash.Tests.Instances;

/// <summary>
/// Three nodes of a pretended cluster whose machines are instances of the model of EC2, in one group. The first does not answer. Nothing
/// goes on by itself: what takes a machine or a group its time happens when the test says so.
/// </summary>
internal sealed class NodesOnEc2 : IAsyncDisposable
{
    public const string Sick = "n1";
    private const string Group = "workers";

    private NodesOnEc2(FakeCluster cluster, AwsEndpoint aws) => (Cluster, Aws) = (cluster, aws);

    public FakeCluster Cluster { get; }

    public AwsEndpoint Aws { get; }

    public ModelInstance Instance => Aws.Model.Instances["i-0123456789abcdef1"];

    public int Desired => Aws.Model.Groups[Group].Desired;

    public JsonObject? Node => Cluster.Find("nodes", "", Sick);

    /// <summary>All that the engine has written on it, by its name.</summary>
    public IEnumerable<string> Marks => ((Node?["metadata"]?["annotations"] as JsonObject) ?? []).Select(a => a.Key)
        .Where(a => a.StartsWith("remediator.io/", StringComparison.Ordinal)).Order(StringComparer.Ordinal);

    /// <summary>It takes pods, and its load balancers send it requests.</summary>
    public bool IsFree => Node!["spec"]!["unschedulable"] is null && Node["metadata"]!["labels"]!.AsObject().Count == 1;

    public static async Task<NodesOnEc2> StartAsync()
    {
        var nodes = new NodesOnEc2(await FakeCluster.StartAsync(), await AwsEndpoint.StartAsync());
        nodes.Aws.Model.Add(new ModelGroup(Group));
        foreach (var (zone, i) in "abc".Select((z, i) => ($"eu-central-1{z}", i + 1)))
        {
            var instance = nodes.Aws.Model.Add(new ModelInstance($"i-0123456789abcdef{i}")
                { Group = Group, Zone = zone, Address = $"10.0.0.{i}", Console = "kernel: it hangs\n" });
            nodes.Tell($"n{i}", instance, "boot-1", isReady: i > 1);
        }

        return nodes;
    }

    /// <summary>What the group does ends.</summary>
    public void Settle()
    {
        Aws.Model.Settle();
        Aws.Model.Settle();
    }

    /// <summary>The machine has started again, and all is well.</summary>
    public void Mend()
    {
        Tell(Sick, Instance, "boot-2", isReady: true);
        Instance.Checks = "ok";
    }

    /// <summary>The machine has started again, and 20 minutes later its node is as silent as before.</summary>
    /// <param name="asked">The annotation that says when that was asked for.</param>
    public void StartInVain(string asked)
    {
        Tell(Sick, Instance, "boot-2", isReady: false);
        Instance.Checks = "ok";
        var at = TimeProvider.System.GetUtcNow().AddMinutes(-20).ToUnixTimeSeconds();
        Cluster.Put("nodes", "", Sick, node => node["metadata"]!["annotations"]![asked] = $"{at}");
    }

    /// <summary>What the group has launched is a node that is ready, and carries a pod.</summary>
    public void Join()
    {
        Settle();
        var launched = Aws.Model.Instances.Values.Single(i => !i.Id.StartsWith("i-0123456789abcdef", StringComparison.Ordinal));
        launched.Checks = "ok";
        Tell("n4", launched, "boot-1", isReady: true);
        Cluster.Put("namespaces", "", "shop", _ => { });
        Cluster.Put("pods", "shop", "api-1", pod =>
        {
            pod["spec"] = new JsonObject { ["nodeName"] = "n4", ["containers"] = new JsonArray() };
            pod["status"] = new JsonObject { ["phase"] = "Running", ["conditions"] = Conditions(isReady: true) };
        });
    }

    /// <summary>The instance has ended, and the controller of the cloud has removed its node.</summary>
    public void End()
    {
        Settle();
        Cluster.Remove("nodes", "", Sick);
    }

    public async ValueTask DisposeAsync()
    {
        await Aws.DisposeAsync();
        await Cluster.DisposeAsync();
    }

    private void Tell(string name, ModelInstance instance, string bootId, bool isReady) => Cluster.Put("nodes", "", name, node =>
    {
        if (node["spec"] is null)
        {
            node["metadata"]!["labels"] = new JsonObject { ["topology.kubernetes.io/zone"] = instance.Zone };
            node["spec"] = new JsonObject { ["providerID"] = $"aws:///{instance.Zone}/{instance.Id}" };
        }

        node["status"] = new JsonObject
        {
            ["addresses"] = new JsonArray(new JsonObject { ["type"] = "InternalIP", ["address"] = instance.Address }),
            ["nodeInfo"] = new JsonObject { ["bootID"] = bootId, ["machineID"] = name },
            ["conditions"] = Conditions(isReady),
        };
    });

    /// <summary>For half an hour, which is long enough for all that the engine waits for.</summary>
    private static JsonArray Conditions(bool isReady) =>
    [
        new JsonObject
        {
            ["type"] = "Ready", ["status"] = isReady ? "True" : "Unknown",
            ["lastTransitionTime"] = TimeProvider.System.GetUtcNow().AddMinutes(-30)
                .ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture),
        },
    ];
}
