using System.Globalization;
using k8s;
using k8s.Autorest;
using k8s.Models;
using Remediator.Testing.Aws;

namespace Remediator.EndToEnd.Harness;

/// <summary>
/// A hollow node of the real cluster in a zone of its own, whose machine is an instance of the model of EC2. What its kubelet would tell
/// the API server is told here: nothing while it hangs, and another boot id once the model has rebooted the instance.
/// </summary>
internal sealed class Ec2Node : IAsyncDisposable
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(1);

    private readonly Kubernetes _client;
    private readonly CancellationTokenSource _end = new();
    private Task _kubelet = Task.CompletedTask;
    private volatile string _bootId = "boot-1";
    private volatile bool _hangs;

    private Ec2Node(Kubernetes client, AwsEndpoint aws, string name, ModelInstance instance) =>
        (_client, Aws, Name, Instance) = (client, aws, name, instance);

    public string Name { get; }

    public AwsEndpoint Aws { get; }

    public ModelInstance Instance { get; }

    /// <summary>As the settings of the engine name it.</summary>
    public IReadOnlyDictionary<string, string> Settings => new Dictionary<string, string>
    {
        ["Aws:Region"] = AwsEndpoint.Region,
        ["Aws:Ec2Endpoint"] = Aws.Url,
        ["Aws:AutoScalingEndpoint"] = Aws.Url,
        ["Aws:Cluster"] = "test",
    };

    public static async Task<Ec2Node> StartAsync(string name, string kubeconfig)
    {
        Environment.SetEnvironmentVariable("AWS_ACCESS_KEY_ID", AwsEndpoint.AccessKey);
        Environment.SetEnvironmentVariable("AWS_SECRET_ACCESS_KEY", AwsEndpoint.Secret);
        var aws = await AwsEndpoint.StartAsync();
        var client = new Kubernetes(KubernetesClientConfiguration.BuildConfigFromConfigFile(kubeconfig));
        var group = aws.Model.Add(new ModelGroup("workers") { Desired = 2 });
        group.Zones.Clear();
        group.Zones.AddRange([$"zone-{name}", "zone-b"]);
        aws.Model.Add(new ModelInstance("i-0123456789abcdef1") { Group = "workers", Zone = "zone-b" });
        var instance = aws.Model.Add(
            new ModelInstance("i-0123456789abcdef0") { Group = "workers", Zone = $"zone-{name}", Console = "kernel: it hangs\n" });
        var node = new Ec2Node(client, aws, name, instance);
        aws.Model.Rebooted += _ => (node._bootId, node._hangs) = ("boot-2", false);
        await client.CoreV1.CreateNodeAsync(new()
        {
            Metadata = new() { Name = name, Labels = new Dictionary<string, string> { ["topology.kubernetes.io/zone"] = $"zone-{name}" } },
            // other scenarios' pods would wait here for a kubelet
            Spec = new()
            {
                ProviderID = $"aws:///zone-{name}/{instance.Id}",
                Taints = [new() { Key = "remediator.test/hollow", Effect = "NoSchedule" }],
            },
        }, cancellationToken: TestContext.Current.CancellationToken);
        node._kubelet = Task.Run(node.RunAsync);
        return node;
    }

    public void Hang() => _hangs = true;

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _kubelet;
        _end.Dispose();
        await _client.CoreV1.DeleteNodeAsync(Name);
        _client.Dispose();
        await Aws.DisposeAsync();
    }

    private async Task RunAsync()
    {
        using var timer = new PeriodicTimer(Every);
        var readySince = TimeProvider.System.GetUtcNow();
        var boot = _bootId;
        do
        {
            Aws.Model.Settle();
            if (_hangs)
                continue;
            if (boot != _bootId)
                (boot, readySince) = (_bootId, TimeProvider.System.GetUtcNow());
            await TellAsync(boot, readySince);
            // EC2's checks are late
            if (boot != "boot-1" && TimeProvider.System.GetUtcNow() - readySince > 5 * Every)
                Instance.Checks = "ok";
        }
        while (await TickAsync(timer));
    }

    private async Task<bool> TickAsync(PeriodicTimer timer)
    {
        try
        {
            return await timer.WaitForNextTickAsync(_end.Token);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private async Task TellAsync(string boot, DateTimeOffset readySince)
    {
        try
        {
            await _client.CoreV1.PatchNodeStatusAsync(new V1Patch($$"""
                {"status":{"addresses":[{"type":"InternalIP","address":"{{Instance.Address}}"}],
                  "nodeInfo":{"architecture":"amd64","bootID":"{{boot}}","containerRuntimeVersion":"","kernelVersion":"",
                    "kubeProxyVersion":"","kubeletVersion":"v1.20.2","machineID":"m1","operatingSystem":"linux","osImage":"",
                    "systemUUID":"u1"},
                  "conditions":[{"type":"Ready","status":"True","reason":"KubeletReady","lastHeartbeatTime":"{{Now}}",
                    "lastTransitionTime":"{{Text(readySince)}}"}]} }
                """, V1Patch.PatchType.StrategicMergePatch), Name);
        }
        catch (Exception e) when (e is HttpOperationException or HttpRequestException or TaskCanceledException)
        {
            // somebody was faster, or the server is busy; the next round tells it
        }
    }

    private static string Now => Text(TimeProvider.System.GetUtcNow());

    private static string Text(DateTimeOffset time) => time.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
}
