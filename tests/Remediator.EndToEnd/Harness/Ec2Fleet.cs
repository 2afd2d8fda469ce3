using System.Collections.Concurrent;
using k8s;
using k8s.Models;
using Remediator.Testing.Aws;

namespace Remediator.EndToEnd.Harness;

/// <summary>
/// The fleet's nodes as instances of the model of EC2, each zone's in an Auto Scaling group of its own. A machine that was rebooted says so
/// with its boot id, and hangs as before; the node of one that was ended is removed, as the cloud's controller does. What a group launches
/// joins the cluster: with a kubelet that waits for it where its zone has one, else it never turns ready.
/// </summary>
internal sealed class Ec2Fleet : IAsyncDisposable
{
    /// <summary>Where kubelets wait, out of the way of pods.</summary>
    private const string Waiting = "fleet-waiting";
    private const string Reserved = "remediator.test/reserved";

    private static readonly TimeSpan Every = TimeSpan.FromSeconds(1);

    private readonly Fleet _fleet;
    private readonly Kubernetes _client;
    private readonly ConcurrentQueue<Func<Task>> _toDo = new();
    private readonly ConcurrentDictionary<string, string> _nodes = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, bool> _added = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _end = new();
    private Task _cloud = Task.CompletedTask;

    private Ec2Fleet(Fleet fleet, Kubernetes client, AwsEndpoint aws) => (_fleet, _client, Aws) = (fleet, client, aws);

    public AwsEndpoint Aws { get; }

    public IReadOnlyDictionary<string, string> Settings => new Dictionary<string, string>
    {
        ["Aws:Region"] = AwsEndpoint.Region,
        ["Aws:Ec2Endpoint"] = Aws.Url,
        ["Aws:AutoScalingEndpoint"] = Aws.Url,
        ["Aws:Cluster"] = "test",
    };

    /// <param name="zones">Those in which what is launched joins with a kubelet.</param>
    public static async Task<Ec2Fleet> StartAsync(Fleet fleet, string kubeconfig, params IReadOnlyList<string> zones)
    {
        Environment.SetEnvironmentVariable("AWS_ACCESS_KEY_ID", AwsEndpoint.AccessKey);
        Environment.SetEnvironmentVariable("AWS_SECRET_ACCESS_KEY", AwsEndpoint.Secret);
        var client = new Kubernetes(KubernetesClientConfiguration.BuildConfigFromConfigFile(kubeconfig));
        var cloud = new Ec2Fleet(fleet, client, await AwsEndpoint.StartAsync());
        try
        {
            await Task.WhenAll([cloud.TieAllAsync(), .. zones.Select(cloud.AddWaitingAsync)]);
            var model = cloud.Aws.Model;
            model.Rebooted += i => cloud._toDo.Enqueue(() => cloud.StartAgainAsync(i));
            model.Launched += i => cloud._toDo.Enqueue(() => cloud.JoinAsync(i));
            model.Ended += i => cloud._toDo.Enqueue(() => cloud.RemoveAsync(i));
            cloud._cloud = Task.Run(cloud.RunAsync);
            return cloud;
        }
        catch
        {
            await cloud.DisposeAsync();
            throw;
        }
    }

    /// <summary>Of what is launched in the zone.</summary>
    public static string Next(string zone) => $"{zone}-next";

    public ModelInstance Of(string node) => Aws.Model.Instances[_nodes.Single(n => n.Value == node).Key];

    public ModelGroup Group(string zone) => Aws.Model.Groups[zone];

    /// <summary>A hollow kubelet says of no start of its machine which it is. Of one that is frozen: it would say so again.</summary>
    public Task SayBootAsync(string node) => SayBootAsync(node, 1);

    /// <summary>What went wrong here is no fault of what is tested.</summary>
    public Task ThrowIfBrokenAsync() => _cloud.IsCompleted ? _cloud : Task.CompletedTask;

    /// <summary>The fleet is again as others expect it.</summary>
    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        try
        {
            await _cloud;
        }
        finally
        {
            _end.Dispose();
            await Task.WhenAll(_added.Keys.Select(_fleet.RemoveAsync));
            await _fleet.CompleteAsync(_client);
            _client.Dispose();
            await Aws.DisposeAsync();
        }
    }

    private static DateTime Now => TimeProvider.System.GetUtcNow().UtcDateTime;

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
        catch (OperationCanceledException) when (_end.IsCancellationRequested)
        {
            // its time is over
        }
    }

    private Task TieAllAsync()
    {
        var ties = new List<Task>();
        foreach (var (zone, i) in Fleet.Nodes.GroupBy(n => n.Zone).Select((g, i) => (g, i)))
        {
            var group = Aws.Model.Add(new ModelGroup(zone.Key) { Desired = zone.Count() });
            group.Zones.Clear();
            group.Zones.Add(zone.Key);
            foreach (var (node, number) in zone.Select((n, number) => (n.Node, number)))
            {
                var instance = Aws.Model.Add(new ModelInstance($"i-0f1ee7000000{i:x2}{number:x3}")
                    { Group = zone.Key, Zone = zone.Key, Console = $"kernel: {node} hangs\n" });
                ties.Add(TieAsync(instance, node));
            }
        }

        return Task.WhenAll(ties);
    }

    private async Task AddWaitingAsync(string zone)
    {
        _added[Next(zone)] = true;
        await _fleet.AddAsync(Next(zone), Waiting, $"{Reserved}=yes:NoSchedule");
    }

    /// <summary>
    /// A hollow kubelet names its own provider when it registers, and nobody may change that; it goes on with a Node that is made anew.
    /// </summary>
    private async Task TieAsync(ModelInstance instance, string node)
    {
        var seen = await _client.CoreV1.ReadNodeAsync(node);
        instance.Address = seen.Status.Addresses.First(a => a.Type == "InternalIP").Address;
        foreach (var condition in seen.Status.Conditions)
            condition.LastTransitionTime = Now;
        seen.Metadata.Labels["topology.kubernetes.io/zone"] = instance.Zone;
        await _client.CoreV1.DeleteNodeAsync(node);
        // with its conditions: without any, the controller manager of Kubernetes 1.20 dies of it
        await MakeAsync(instance, node, seen.Metadata.Labels, seen.Status);
    }

    private async Task MakeAsync(ModelInstance instance, string node, IDictionary<string, string> labels, V1NodeStatus status)
    {
        _nodes[instance.Id] = node;
        await _client.CoreV1.CreateNodeAsync(new()
        {
            Metadata = new() { Name = node, Labels = labels },
            Spec = new() { ProviderID = $"aws:///{instance.Zone}/{instance.Id}" },
            Status = status,
        });
    }

    private async Task StartAgainAsync(ModelInstance instance)
    {
        await SayBootAsync(_nodes[instance.Id], instance.Reboots + 1);
        instance.Checks = "ok";
    }

    private async Task SayBootAsync(string node, int boot) => await _client.CoreV1.PatchNodeStatusAsync(
        new V1Patch(new { status = new { nodeInfo = new { bootID = $"boot-{boot}" } } }, V1Patch.PatchType.StrategicMergePatch), node);

    private async Task JoinAsync(ModelInstance instance)
    {
        var node = Next(instance.Zone);
        if (_added.TryAdd(node, true))
        {
            await MakeAsync(
                instance, node, new Dictionary<string, string> { ["topology.kubernetes.io/zone"] = instance.Zone },
                new()
                {
                    Addresses = [new() { Type = "InternalIP", Address = instance.Address }],
                    Conditions = [new() { Type = "Ready", Status = "False", LastTransitionTime = Now }],
                });
        }
        else
        {
            await TieAsync(instance, node);
        }

        instance.Checks = "ok";
    }

    private async Task RemoveAsync(ModelInstance instance) => await _fleet.RemoveAsync(_nodes[instance.Id]);
}
