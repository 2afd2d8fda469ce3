using k8s;
using k8s.Models;
using Remediator.Actions.Tests.Cluster;

namespace Remediator.Actions.Tests.Kubernetes.GrowVolumeClaim;

/// <summary>
/// Volumes of a driver that is this class: what it has done about a claim it writes into the claim's status, as drivers and kubelets
/// do. All else is the real API server's: who may ask for more, quotas, and that nothing becomes smaller.
/// </summary>
internal sealed class FakeVolumes(TestNamespace space) : IAsyncDisposable
{
    private readonly List<string> _volumes = [];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public string Class => space.Name;

    public static async Task<FakeVolumes> StartAsync(TestNamespace space)
    {
        await space.Client.StorageV1.CreateStorageClassAsync(new()
        {
            Metadata = new() { Name = space.Name }, Provisioner = "remediator.test/driver", AllowVolumeExpansion = true,
        }, cancellationToken: Token);
        return new(space);
    }

    /// <summary>Claims of 10Gi, bound.</summary>
    public async Task ClaimAsync(params string[] names)
    {
        foreach (var name in names)
        {
            await space.Client.CoreV1.CreatePersistentVolumeAsync(new()
            {
                Metadata = new() { Name = $"{space.Name}-{name}" },
                Spec = new()
                {
                    Capacity = Size("10Gi"), AccessModes = ["ReadWriteOnce"], StorageClassName = Class,
                    PersistentVolumeReclaimPolicy = "Retain", ClaimRef = new() { NamespaceProperty = space.Name, Name = name },
                    Csi = new() { Driver = "remediator.test", VolumeHandle = name },
                },
            }, cancellationToken: Token);
            _volumes.Add($"{space.Name}-{name}");
            await space.Client.CoreV1.CreateNamespacedPersistentVolumeClaimAsync(new()
            {
                Metadata = new() { Name = name },
                Spec = new()
                {
                    AccessModes = ["ReadWriteOnce"], StorageClassName = Class, Resources = new() { Requests = Size("10Gi") },
                },
            }, space.Name, cancellationToken: Token);
            await TestNamespace.UntilAsync(
                $"{name} is bound", () => ReadAsync(name), c => c.Status?.Phase == "Bound" && c.Status.Capacity?.Count > 0);
        }
    }

    /// <summary>A set without pods, of which the claims <c>data-NAME-0</c>, ... are.</summary>
    public Task SetAsync(string name) => space.Client.AppsV1.CreateNamespacedStatefulSetAsync(new()
    {
        Metadata = new() { Name = name },
        Spec = new()
        {
            Replicas = 0, ServiceName = name, Selector = new() { MatchLabels = Labels(name) },
            Template = new()
            {
                Metadata = new() { Labels = Labels(name) }, Spec = new() { Containers = [new() { Name = "main", Image = "db" }] },
            },
            VolumeClaimTemplates =
            [
                new()
                {
                    Metadata = new() { Name = "data" },
                    Spec = new() { AccessModes = ["ReadWriteOnce"], Resources = new() { Requests = Size("10Gi") } },
                },
            ],
        },
    }, space.Name, cancellationToken: Token);

    public Task<V1PersistentVolumeClaim> ReadAsync(string name) =>
        space.Client.CoreV1.ReadNamespacedPersistentVolumeClaimAsync(name, space.Name, cancellationToken: Token);

    public async Task<string> RequestedAsync(string name) => (await ReadAsync(name)).Spec.Resources.Requests["storage"].ToString();

    /// <summary>As a person does it.</summary>
    public Task AskAsync(string name, string size) => PatchAsync(
        name, $$$$$"""{"spec":{"resources":{"requests":{"storage":"{{{{{size}}}}}"}}}}""");

    /// <summary>Volume and file system have that size.</summary>
    public Task GrowAsync(string name, string size) => StatusAsync(
        name, $$$"""{"status":{"capacity":{"storage":"{{{size}}}"},"conditions":[]}}""");

    /// <summary>The volume is larger, and a node has to make the file system so.</summary>
    public Task LeaveToTheNodeAsync(string name, DateTime since) => StatusAsync(
        name,
        $$$"""
        {"status":{"conditions":[
          {"type":"FileSystemResizePending","status":"True","lastTransitionTime":"{{{since:yyyy-MM-ddTHH:mm:ssZ}}}"}]}}
        """);

    public Task RefuseAsync(V1PersistentVolumeClaim claim, string why) => space.Client.CoreV1.CreateNamespacedEventAsync(new()
    {
        Metadata = new() { GenerateName = "resize-" }, Reason = "VolumeResizeFailed", Type = "Warning", Message = why,
        InvolvedObject = new()
        {
            Kind = "PersistentVolumeClaim", Name = claim.Metadata.Name, NamespaceProperty = space.Name, Uid = claim.Metadata.Uid,
        },
        LastTimestamp = TimeProvider.System.GetUtcNow().UtcDateTime,
    }, space.Name, cancellationToken: Token);

    /// <summary>From now on the class lets no claim become larger.</summary>
    public Task ForbidAsync() => space.Client.StorageV1.PatchStorageClassAsync(
        new V1Patch("""{"allowVolumeExpansion":false}""", V1Patch.PatchType.MergePatch), Class, cancellationToken: Token);

    public async Task QuotaAsync(string hard)
    {
        await space.Client.CoreV1.CreateNamespacedResourceQuotaAsync(new()
        {
            Metadata = new() { Name = "small" },
            Spec = new() { Hard = new Dictionary<string, ResourceQuantity> { ["requests.storage"] = new(hard) } },
        }, space.Name, cancellationToken: Token);
        await TestNamespace.UntilAsync(
            "the quota is counted",
            () => space.Client.CoreV1.ReadNamespacedResourceQuotaAsync("small", space.Name, cancellationToken: Token),
            q => q.Status?.Used?.ContainsKey("requests.storage") == true);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var volume in _volumes)
            await space.Client.CoreV1.DeletePersistentVolumeAsync(volume, cancellationToken: CancellationToken.None);
        await space.Client.StorageV1.DeleteStorageClassAsync(Class, cancellationToken: CancellationToken.None);
    }

    private Task<V1PersistentVolumeClaim> PatchAsync(string name, string patch) =>
        space.Client.CoreV1.PatchNamespacedPersistentVolumeClaimAsync(
            new V1Patch(patch, V1Patch.PatchType.MergePatch), name, space.Name, cancellationToken: Token);

    private Task<V1PersistentVolumeClaim> StatusAsync(string name, string patch) =>
        space.Client.CoreV1.PatchNamespacedPersistentVolumeClaimStatusAsync(
            new V1Patch(patch, V1Patch.PatchType.MergePatch), name, space.Name, cancellationToken: Token);

    private static Dictionary<string, ResourceQuantity> Size(string size) => new() { ["storage"] = new(size) };

    private static Dictionary<string, string> Labels(string name) => new() { ["app"] = name };
}
