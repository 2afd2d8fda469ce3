using k8s;
using k8s.Models;
using Remediator.Actions.Tests.Cluster;
using Remediator.Testing.Aws;

namespace Remediator.Actions.Tests.Aws;

/// <summary>A further hollow node of the cluster whose machine is an instance of the model.</summary>
internal sealed class OtherNode : IAsyncDisposable
{
    private readonly AwsNode _first;
    private readonly ModelInstance _instance;

    private OtherNode(AwsNode first, ModelInstance instance) =>
        (_first, _instance, Name) = (first, instance, $"{first.Node.Space.Name}-{instance.Id[^4..]}");

    public string Name { get; }

    private k8s.Kubernetes Client => _first.Node.Space.Client;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static async Task<OtherNode> JoinAsync(AwsNode first, ModelInstance instance)
    {
        var node = new OtherNode(first, instance);
        await node.Client.CoreV1.CreateNodeAsync(new()
        {
            Metadata = new() { Name = node.Name },
            Spec = new()
            {
                ProviderID = $"aws:///{instance.Zone}/{instance.Id}",
                Taints = [new() { Key = TestNamespace.Hollow, Effect = "NoSchedule" }],
            },
        }, cancellationToken: Token);
        return node;
    }

    /// <param name="since">How long it has been ready.</param>
    public Task TellAsync(bool isReady, TimeSpan since) => Client.CoreV1.PatchNodeStatusAsync(new V1Patch(
        $$"""
        {"status":{"addresses":[{"type":"InternalIP","address":"{{_instance.Address}}"}],
          "conditions":[{"type":"Ready","status":"{{(isReady ? "True" : "False")}}","reason":"Kubelet",
            "lastHeartbeatTime":"{{Time(TimeSpan.Zero)}}","lastTransitionTime":"{{Time(since)}}"}]} }
        """, V1Patch.PatchType.StrategicMergePatch), Name, cancellationToken: Token);

    /// <summary>As a kubelet reports a pod that the scheduler has put there.</summary>
    public async Task CarryAsync(string name, bool isReady)
    {
        var space = _first.Node.Space.Name;
        await Client.CoreV1.CreateNamespacedPodAsync(new()
        {
            Metadata = new() { Name = name },
            Spec = new()
            {
                NodeName = Name, AutomountServiceAccountToken = false, Containers = [new() { Name = "main", Image = "none" }],
                Tolerations = [new() { OperatorProperty = "Exists" }],
            },
        }, space, cancellationToken: Token);
        await Client.CoreV1.PatchNamespacedPodStatusAsync(new V1Patch(
            $$$"""{"status":{"phase":"Running","conditions":[{"type":"Ready","status":"{{{(isReady ? "True" : "False")}}}"}]}}""",
            V1Patch.PatchType.StrategicMergePatch), name, space, cancellationToken: Token);
    }

    public async ValueTask DisposeAsync() =>
        await Client.CoreV1.DeleteNodeAsync(Name, cancellationToken: CancellationToken.None);

    private static string Time(TimeSpan ago) =>
        (TimeProvider.System.GetUtcNow() - ago).ToString("yyyy-MM-ddTHH:mm:ssZ", System.Globalization.CultureInfo.InvariantCulture);
}
