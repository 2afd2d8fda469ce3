using k8s;
using k8s.Autorest;
using k8s.Models;
using Remediator.Actions.Tests.Cluster;
using Remediator.Core.Actions;

namespace Remediator.Actions.Tests.Kubernetes;

/// <summary>
/// A node without a kubelet on the real API server, gone with the test: only its spec and what is written on it matter here.
/// </summary>
internal sealed class TestNode : IAsyncDisposable
{
    private TestNode(TestNamespace space, string name) => (Space, Name) = (space, name);

    public TestNamespace Space { get; }

    public string Name { get; }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static async Task<TestNode> CreateAsync()
    {
        var space = await TestNamespace.CreateAsync();
        var node = new TestNode(space, $"{space.Name}-n1");
        await node.PutAsync();
        return node;
    }

    public ActionRequest Request(object input, string action = "act-1") =>
        Space.Request(input, "node", Name, actionId: action) with { Resource = new("test", "node", "", Name) };

    public Task<V1Node> ReadAsync() => Space.Client.CoreV1.ReadNodeAsync(Name, cancellationToken: Token);

    public async Task<bool> IsCordonedAsync() => (await ReadAsync()).Spec.Unschedulable == true;

    /// <summary>As <c>kubectl cordon</c> and <c>kubectl uncordon</c> do.</summary>
    public Task PersonAsync(bool cordons) => Space.Client.CoreV1.PatchNodeAsync(
        new V1Patch(
            cordons ? """{"spec":{"unschedulable":true}}""" : """{"spec":{"unschedulable":null}}""", V1Patch.PatchType.StrategicMergePatch),
        Name, fieldManager: "kubectl-cordon", cancellationToken: Token);

    public async Task ReplaceAsync()
    {
        await Space.Client.CoreV1.DeleteNodeAsync(Name, cancellationToken: Token);
        await PutAsync();
    }

    /// <summary>No pod of another test lands on it, as those of a DaemonSet would where it says that it is ready.</summary>
    private Task<V1Node> PutAsync() => Space.Client.CoreV1.CreateNodeAsync(
        new()
        {
            Metadata = new() { Name = Name },
            Spec = new() { Taints = [new() { Key = TestNamespace.Hollow, Effect = "NoSchedule" }] },
        }, cancellationToken: Token);

    public async ValueTask DisposeAsync()
    {
        try
        {
            await Space.Client.CoreV1.DeleteNodeAsync(Name, cancellationToken: CancellationToken.None);
        }
        catch (HttpOperationException)
        {
            // a test may have taken it away
        }

        await Space.DisposeAsync();
    }
}
