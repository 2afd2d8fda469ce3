using k8s;
using k8s.Models;
using Remediator.Actions.Kubernetes.WorkloadReady;
using Remediator.Actions.Tests.Cluster;
using Remediator.Core.Actions;

namespace Remediator.Actions.Tests.Kubernetes.WorkloadReady;

[Trait("Needs", "Cluster")]
public sealed class WorkloadReadyOnAClusterTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("deployment")]
    [InlineData("statefulset")]
    [InlineData("daemonset")]
    public async Task AWorkloadThatRuns_IsReady_AndStable(string kind)
    {
        await using var space = await TestNamespace.CreateAsync();
        await space.RunAsync(kind, "web", "exec sleep 3600", 2);
        var first = await UntilAsync(space, kind, r => r.Good);
        var second = await CheckAsync(space, kind);

        Assert.Matches("^([12]) of \\1 ready, all of the newest revision$", second.Observed);
        Assert.Equal(first.Stability, second.Stability);
    }

    [Fact]
    public async Task APodThatIsReplaced_SaysNothing_AndAContainerThatEnds_DoesWithItsTime()
    {
        await using var space = await TestNamespace.CreateAsync();
        await space.DeployAsync("web", "exec sleep 3600", 2);
        var before = await UntilAsync(space, "deployment", r => r.Good);
        var gone = (await space.PodsAsync())[0].Metadata.Name;
        await space.Client.CoreV1.DeleteNamespacedPodAsync(gone, space.Name, cancellationToken: Token);
        await TestNamespace.UntilAsync("the pod is gone", space.PodsAsync, pods => pods.All(p => p.Metadata.Name != gone));
        var after = await UntilAsync(space, "deployment", r => r.Good);
        Assert.Equal((before.Stability, before.EndedAt, null), (after.Stability, after.EndedAt, before.EndedAt));

        await space.DeployAsync("short", "sleep 5; exit 3", 1);
        await UntilAsync(space, "deployment", r => r.EndedAt is not null, "short");
    }

    [Fact]
    public async Task ARolloutThatCrashes_IsNotReady_ThoughTheOldReplicasStillServe()
    {
        await using var space = await TestNamespace.CreateAsync();
        await space.DeployAsync("web", "exec sleep 3600", 2);
        await UntilAsync(space, "deployment", r => r.Good);
        await space.Client.AppsV1.PatchNamespacedDeploymentAsync(new V1Patch(
            """[{"op":"replace","path":"/spec/template/spec/containers/0/command/2","value":"exit 3"}]""", V1Patch.PatchType.JsonPatch),
            "web", space.Name, cancellationToken: Token);
        var result = await CheckAsync(space, "deployment");
        Assert.False(result.Good);
        await UntilAsync(space, "deployment", r => r.Observed == "1 of 2 are of the newest revision");
    }

    [Fact]
    public async Task AWorkloadScaledToNothing_IsNotReady()
    {
        await using var space = await TestNamespace.CreateAsync();
        await space.DeployAsync("web", "exec sleep 3600", 0);
        await UntilAsync(space, "deployment", r => r.Observed == "it is scaled to 0");
    }

    private static Task<CheckResult> CheckAsync(TestNamespace space, string kind, string name = "web") =>
        new WorkloadReadyAction(space.Api, space.Workloads).CheckAsync(space.Request(new WorkloadReadyInput(), kind, name), Token);

    private static Task<CheckResult> UntilAsync(TestNamespace space, string kind, Func<CheckResult, bool> good, string name = "web") =>
        TestNamespace.UntilAsync("the state that the test is about", () => CheckAsync(space, kind, name), good);
}
