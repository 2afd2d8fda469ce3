using k8s;
using k8s.Models;
using Remediator.Actions.Kubernetes.RolloutRestart;
using Remediator.Actions.Kubernetes.WorkloadReady;
using Remediator.Actions.Tests.Cluster;
using Remediator.Core.Actions;

namespace Remediator.Actions.Tests.Kubernetes.RolloutRestart;

[Trait("Needs", "Cluster")]
public sealed class RolloutRestartOnAClusterTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("deployment")]
    [InlineData("statefulset")]
    [InlineData("daemonset")]
    public async Task ARestart_ReplacesEveryPod_Once(string kind)
    {
        await using var space = await TestNamespace.CreateAsync();
        await space.RunAsync(kind, "web", "exec sleep 3600", 2);
        await UntilReadyAsync(space, kind);
        var before = await UidsAsync(space);
        var action = new RolloutRestartAction(space.Api, space.Workloads);
        var request = space.Request(new RolloutRestartInput(), kind, "web");

        var plan = (await action.PlanAsync(request, Token)).Plan;
        Assert.NotNull(plan);
        var pods = before.Length == 1 ? "the one pod" : $"all {before.Length} pods"; // of a DaemonSet, one on each node
        Assert.Equal($"restart {pods} of {kind} {space.Name}/web by its update strategy", plan.Summary);
        Assert.Equal(ProbeAnswer.DidNotHappen, (await action.ProbeAsync(request, plan, Token)).Answer);

        Assert.Equal($"{kind} {space.Name}/web replaces its pods.", (await action.ApplyAsync(request, plan, Token)).Message);
        Assert.Equal(ProbeAnswer.Happened, (await action.ProbeAsync(request, plan, Token)).Answer);
        await TestNamespace.UntilAsync("all pods are new and ready", async () =>
            await UidsAsync(space), uids => uids.Length == before.Length && !uids.Intersect(before).Any());
        await UntilReadyAsync(space, kind);

        var after = await UidsAsync(space);
        Assert.Equal(
            $"{kind} {space.Name}/web was restarted by this action already.", (await action.ApplyAsync(request, plan, Token)).Message);
        Assert.Equal(after, await UidsAsync(space));
    }

    [Fact]
    public async Task AWorkloadThatSomebodyChangedMeanwhile_IsLeftAlone()
    {
        await using var space = await TestNamespace.CreateAsync();
        await space.DeployAsync("web", "exec sleep 3600", 2);
        await UntilReadyAsync(space, "deployment");
        var action = new RolloutRestartAction(space.Api, space.Workloads);
        var request = space.Request(new RolloutRestartInput(), "deployment", "web");
        var plan = (await action.PlanAsync(request, Token)).Plan;
        Assert.NotNull(plan);
        await PatchAsync(space, """{"spec":{"replicas":1}}""");

        var e = await Assert.ThrowsAsync<ActionFailedException>(() => action.ApplyAsync(request, plan, Token));
        Assert.Equal(
            (
                FailureKind.Permanent,
                $"The deployment {space.Name}/web was changed by somebody else after this was planned; nothing was done."),
            (e.Kind, e.Message));
        Assert.Equal(ProbeAnswer.DidNotHappen, (await action.ProbeAsync(request, plan, Token)).Answer);
    }

    [Fact]
    public async Task APausedWorkload_IsNotRestarted()
    {
        await using var space = await TestNamespace.CreateAsync();
        await space.DeployAsync("web", "exec sleep 3600");
        await UntilReadyAsync(space, "deployment");
        await PatchAsync(space, """{"spec":{"paused":true}}""");
        var result = await new RolloutRestartAction(space.Api, space.Workloads)
            .PlanAsync(space.Request(new RolloutRestartInput(), "deployment", "web"), Token);
        Assert.Equal($"deployment {space.Name}/web is paused.", result.Refusal);
    }

    private static async Task PatchAsync(TestNamespace space, string merge) => await space.Client.AppsV1.PatchNamespacedDeploymentAsync(
        new V1Patch(merge, V1Patch.PatchType.MergePatch), "web", space.Name, cancellationToken: Token);

    private static async Task<string[]> UidsAsync(TestNamespace space) =>
        [.. (await space.PodsAsync())
            .Where(p => p.Metadata.DeletionTimestamp is null)
            .Select(p => p.Metadata.Uid)
            .Order(StringComparer.Ordinal)];

    private static async Task UntilReadyAsync(TestNamespace space, string kind) =>
        await TestNamespace.UntilAsync($"{kind} web is ready", () =>
        new WorkloadReadyAction(space.Api, space.Workloads)
            .CheckAsync(space.Request(new WorkloadReadyInput(), kind, "web"), Token), r => r.Good);
}
