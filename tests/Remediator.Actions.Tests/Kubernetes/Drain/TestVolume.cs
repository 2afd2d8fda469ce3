using k8s;
using k8s.Autorest;
using k8s.Models;

namespace Remediator.Actions.Tests.Kubernetes.Drain;

/// <summary>
/// A claim that is bound to a volume which is attached to a node, as their controllers would write it. There is no storage.
/// </summary>
internal sealed class TestVolume : IAsyncDisposable
{
    private readonly TestNode _node;

    private TestVolume(TestNode node, string claim) => (_node, Claim) = (node, claim);

    public string Claim { get; }

    public string Name => $"{_node.Space.Name}-{Claim}";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private k8s.Kubernetes Client => _node.Space.Client;

    public static async Task<TestVolume> AttachAsync(TestNode node, string claim)
    {
        var volume = new TestVolume(node, claim);
        await volume.Client.CoreV1.CreateNamespacedPersistentVolumeClaimAsync(new()
        {
            Metadata = new() { Name = claim },
            Spec = new()
            {
                AccessModes = ["ReadWriteOnce"], StorageClassName = "remediator-test", VolumeName = volume.Name,
                Resources = new() { Requests = new Dictionary<string, ResourceQuantity> { ["storage"] = new("1Gi") } },
            },
        }, node.Space.Name, cancellationToken: Token);
        await volume.Client.StorageV1.CreateVolumeAttachmentAsync(new()
        {
            Metadata = new() { Name = volume.Name },
            Spec = new() { Attacher = "remediator.test", NodeName = node.Name, Source = new() { PersistentVolumeName = volume.Name } },
        }, cancellationToken: Token);
        return volume;
    }

    /// <summary>A pod on the node that runs and uses it.</summary>
    public Task UseAsync(string pod, string label, string value) => Client.CoreV1.CreateNamespacedPodAsync(new()
    {
        Metadata = new() { Name = pod, Labels = new Dictionary<string, string> { ["app"] = pod, [label] = value } },
        Spec = new()
        {
            NodeName = _node.Name,
            AutomountServiceAccountToken = false,
            Containers = [new() { Name = "main", Image = "remediator.test/busybox:1" }],
            Volumes = [new() { Name = "data", PersistentVolumeClaim = new() { ClaimName = Claim } }],
        },
    }, _node.Space.Name, cancellationToken: Token);

    public Task DetachAsync() => Client.StorageV1.DeleteVolumeAttachmentAsync(Name, cancellationToken: CancellationToken.None);

    public async ValueTask DisposeAsync()
    {
        try
        {
            await DetachAsync();
        }
        catch (HttpOperationException)
        {
            // a test may have detached it
        }
    }
}
