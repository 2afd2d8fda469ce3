using Microsoft.Extensions.DependencyInjection;
using Remediator.Core.Actions;
using Remediator.Core.Secrets;
using Remediator.Testing;

namespace Remediator.Actions.Tests;

public sealed class ActionServicesTests
{
    [Fact]
    public async Task WithoutACluster_EverythingIsThere_AndRunningItSaysWhatIsMissing()
    {
        await using var provider = Services().BuildServiceProvider();
        var registry = provider.GetRequiredService<ActionRegistry>();
        Assert.Equal(ActionCatalogue.All().All.Select(a => a.Descriptor.Name).Order(), registry.All.Select(a => a.Descriptor.Name).Order());
        var e = await Assert.ThrowsAsync<ActionFailedException>(() => registry.Get<IVerifyAction>("kubernetes.workload-ready")
            .CheckAsync(
                Kubernetes.Requests.For(
                    new Remediator.Actions.Kubernetes.WorkloadReady.WorkloadReadyInput()) with { NotAfter = DateTimeOffset.MaxValue },
                TestContext.Current.CancellationToken));
        Assert.Equal(
            "Could not read statefulset shop/api: no Kubernetes cluster is configured. Give a kubeconfig, or run inside a cluster.",
            e.Message);
    }

    private static IServiceCollection Services() =>
        new ServiceCollection().AddSingleton(TimeProvider.System).AddSingleton<ISecrets, FilesAsTheyAre>().AddActions(_ => null);

    /// <summary>Those that write into the spec of a workload or a claim; a restart writes an annotation that no manifest has.</summary>
    [Fact]
    public void ActionsThatChangeAManifest_SaySo() => Assert.Equal(
        ["kubernetes.grow-volume-claim", "kubernetes.raise-memory-limit", "kubernetes.rollout-undo"],
        ActionCatalogue.All().All.Select(a => a.Descriptor).Where(d => d.ChangesManifest).Select(d => d.Name).Order());
}
