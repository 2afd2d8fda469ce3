using System.Collections.Concurrent;
using k8s;
using k8s.Models;
using Remediator.Testing.Aws;

namespace Remediator.EndToEnd.Harness;

/// <summary>
/// The fleet's nodes as instances of the model of EC2, each zone's in an Auto Scaling group of its own. What a group launches joins the
/// cluster with a kubelet of its own, or never turns ready; a machine that was rebooted says so with its boot id, and hangs as before; the
/// node of one that was ended is removed, as the cloud's controller does.
/// </summary>
internal sealed class Ec2Fleet : IAsyncDisposable
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(1);

    private readonly Fleet _fleet;
    private readonly Kubernetes _client;
    private readonly ConcurrentQueue<Func<Task>> _toDo = new();
    private readonly ConcurrentDictionary<string, string> _nodes = new(StringComparer.Ordinal);
    private readonly ConcurrentBag<string> _launched = [];
    private readonly CancellationTokenSource _end = new();
    private Task _cloud = Task.CompletedTask;

    private Ec2Fleet(Fleet fleet, Kubernetes client, AwsEndpoint aws) => (_fleet, _client, Aws) = (fleet, client, aws);

    public AwsEndpoint Aws { get; }

    /// <summary>What is launched in these zones never turns ready.</summary>
    public HashSet<string> SickZones { get; } = new(StringComparer.Ordinal);

    public IReadOnlyDictionary<string, string> Settings => new Dictionary<string, string>
    {
        ["Aws:Region"] = AwsEndpoint.Region,
        ["Aws:Ec2Endpoint"] = Aws.Url,
        ["Aws:AutoScalingEndpoint"] = Aws.Url,
        ["Aws:Cluster"] = "test",
    };

    public static async Task<Ec2Fleet> StartAsync(Fleet fleet, string kubeconfig)
    {
        Environment.SetEnvironmentVariable("AWS_ACCESS_KEY_ID", AwsEndpoint.AccessKey);
        Environment.SetEnvironmentVariable("AWS_SECRET_ACCESS_KEY", AwsEndpoint.Secret);
        var client = new Kubernetes(KubernetesClientConfiguration.BuildConfigFromConfigFile(kubeconfig));
        var cloud = new Ec2Fleet(fleet, client, await AwsEndpoint.StartAsync());
        var model = cloud.Aws.Model;
        foreach (var (zone, i) in Fleet.Nodes.GroupBy(n => n.Zone).Select((g, i) => (g, i)))
        {
            var group = model.Add(new ModelGroup(zone.Key) { Desired = zone.Count() });
            group.Zones.Clear();
            group.Zones.Add(zone.Key);
            foreach (var (node, number) in zone.Select((n, number) => (n.Node, number)))
            {
                var instance = model.Add(new ModelInstance($"i-0f1ee7000000{i:x2}{number:x3}")
                    { Group = zone.Key, Zone = zone.Key, Console = $"kernel: {node} hangs\n" });
                await cloud.TieAsync(instance, node);
            }
        }

        await cloud.AwaitReadyAsync([.. cloud._nodes.Values]);
        model.Rebooted += i => cloud._toDo.Enqueue(() => cloud.SayBootAsync(i));
        model.Launched += i => cloud._toDo.Enqueue(() => cloud.JoinAsync(i));
        model.Ended += i => cloud._toDo.Enqueue(() => cloud.RemoveAsync(i));
        cloud._cloud = Task.Run(cloud.RunAsync);
        return cloud;
    }

    public ModelInstance Of(string node) => Aws.Model.Instances[_nodes.Single(n => n.Value == node).Key];

    public ModelGroup Group(string zone) => Aws.Model.Groups[zone];

    /// <summary>The one that a group has launched since.</summary>
    public ModelInstance Launched(string zone) => Assert.Single(
        Aws.Model.Instances.Values, i => i.Zone == zone && !i.Id.StartsWith("i-0f1ee7", StringComparison.Ordinal));

    /// <summary>The fleet is again as others expect it.</summary>
    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _cloud;
        _end.Dispose();
        foreach (var node in _launched)
            await _fleet.RemoveAsync(node);
        await _fleet.CompleteAsync(_client);
        _client.Dispose();
        await Aws.DisposeAsync();
    }

    private async Task RunAsync()
    {
        using var timer = new PeriodicTimer(Every);
        try
        {
            while (await timer.WaitForNextTickAsync(_end.Token))
            {
                Aws.Model.Settle();
                while (_toDo.TryDequeue(out var one))
                    await one();
            }
        }
        catch (OperationCanceledException)
        {
            // its time is over
        }
    }

    /// <summary>
    /// A hollow kubelet names its own provider when it registers, and nobody may change that; it goes on with a Node that is made anew.
    /// </summary>
    private async Task TieAsync(ModelInstance instance, string node)
    {
        var seen = await _client.CoreV1.ReadNodeAsync(node);
        instance.Address = seen.Status.Addresses.First(a => a.Type == "InternalIP").Address;
        await _client.CoreV1.DeleteNodeAsync(node);
        await _client.CoreV1.CreateNodeAsync(new()
        {
            Metadata = new() { Name = node, Labels = seen.Metadata.Labels },
            Spec = new() { ProviderID = $"aws:///{instance.Zone}/{instance.Id}" },
            // with its conditions: without any, the controller manager of Kubernetes 1.20 dies of it
            Status = seen.Status,
        });
        _nodes[instance.Id] = node;
    }

    private Task AwaitReadyAsync(IReadOnlyList<string> nodes) => Wait.UntilAsync(
        "kubelets that have said that they are ready",
        async () => (await _client.CoreV1.ListNodeAsync()).Items.Where(n => nodes.Contains(n.Metadata.Name))
            .All(n => n.Status.Conditions?.Any(c => c is { Type: "Ready", Status: "True" }) == true),
        CancellationToken.None);

    private async Task SayBootAsync(ModelInstance instance) => await _client.CoreV1.PatchNodeStatusAsync(
        new V1Patch(
            new { status = new { nodeInfo = new { bootID = $"boot-{instance.Reboots + 1}" } } }, V1Patch.PatchType.StrategicMergePatch),
        _nodes[instance.Id]);

    private async Task JoinAsync(ModelInstance instance)
    {
        var node = $"{instance.Zone}-{instance.Id[^4..]}";
        _launched.Add(node);
        if (SickZones.Contains(instance.Zone))
        {
            await _client.CoreV1.CreateNodeAsync(new()
            {
                Metadata = new()
                {
                    Name = node, Labels = new Dictionary<string, string> { ["topology.kubernetes.io/zone"] = instance.Zone },
                },
                Status = new()
                {
                    Addresses = [new() { Type = "InternalIP", Address = instance.Address }],
                    Conditions = [new() { Type = "Ready", Status = "False", LastTransitionTime = DateTime.UtcNow }],
                },
            });
        }
        else
        {
            await _fleet.AddAsync(node, instance.Zone);
        }

        await TieAsync(instance, node);
        if (!SickZones.Contains(instance.Zone))
            await AwaitReadyAsync([node]);
        instance.Checks = "ok";
    }

    private async Task RemoveAsync(ModelInstance instance) => await _fleet.RemoveAsync(_nodes[instance.Id]);
}
