using k8s;
using k8s.Models;
using Remediator.Actions.Kubernetes.DeleteFailedPods;
using Remediator.Actions.Kubernetes.Pods;
using Remediator.Actions.Kubernetes.Workloads;
using Remediator.Actions.Tests.Cluster;
using Remediator.Core.Actions;
using Remediator.Core.Facts;

namespace Remediator.Actions.Tests.Kubernetes.DeleteFailedPods;

[Trait("Needs", "Cluster")]
public sealed class DeleteFailedPodsOnAClusterTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task PodsThatTheirNodeEnded_AreDeletedButTheNewest_OnceTheirDeploymentIsWhole()
    {
        await using var space = await TestNamespace.CreateAsync();
        await using var user = await OnlyItsPermissions.OfAsync(space, "kubernetes.delete-failed-pods");
        // put on a node that has not so many processors: its kubelet admits none
        await space.DeployAsync("api", "exec sleep 3600", 1, d =>
        {
            d.Spec.Strategy = new() { Type = "RollingUpdate", RollingUpdate = new() { MaxUnavailable = "100%", MaxSurge = 0 } };
            d.Spec.Template.Spec.NodeName = "node-1";
            d.Spec.Template.Spec.Containers[0].Resources = new()
                { Requests = new Dictionary<string, ResourceQuantity> { ["cpu"] = new("1000") } };
        });
        await TestNamespace.UntilAsync("seven pods that were not admitted", space.PodsAsync, pods => pods.Count(IsByNode) >= 7);
        var action = new DeleteFailedPodsAction(user.Api, new WorkloadReader(user.Api));
        Assert.Contains("does not have all its pods", (await PlanAsync(action, space)).Refusal, StringComparison.Ordinal);

        await space.Client.AppsV1.PatchNamespacedDeploymentAsync(new V1Patch(
            """[{"op":"replace","path":"/spec/template/spec/containers/0/resources/requests/cpu","value":"10m"}]""",
            V1Patch.PatchType.JsonPatch),
            "api", space.Name, cancellationToken: Token);
        await TestNamespace.UntilAsync("one good pod", space.PodsAsync, pods =>
            pods.Where(p => !p.IsOver()).ToList() is [var only] && only.IsReady());
        var plan = (await TestNamespace.UntilAsync("a plan", () => PlanAsync(action, space), r => r.Plan is not null)).Plan!;
        var before = await space.PodsAsync();
        var newest = before.Where(IsByNode).OrderByDescending(p => p.Metadata.CreationTimestamp)
            .ThenBy(p => p.Metadata.Name, StringComparer.Ordinal)
            .Take(5)
            .ToList();
        Assert.Equal(
            before.Where(IsByNode).Except(newest).Select(p => p.Metadata.Uid).Order(), plan.Parameters.Values.Order());

        var request = space.Request(new DeleteFailedPodsInput(), "deployment", "api");
        Assert.Equal(ProbeAnswer.DidNotHappen, (await action.ProbeAsync(request, plan, Token)).Answer);
        await action.ApplyAsync(request, plan, Token);
        await TestNamespace.UntilAsync(
            "they are gone", () => action.ProbeAsync(request, plan, Token), p => p.Answer is ProbeAnswer.Happened);
        await action.ApplyAsync(request, plan, Token);

        var after = await space.PodsAsync();
        Assert.Equal(
            newest.Concat(before.Where(p => !p.IsOver())).Select(p => p.Metadata.Uid).Order(), after.Select(p => p.Metadata.Uid).Order());
        Assert.Contains("5 are kept", (await PlanAsync(action, space)).Refusal, StringComparison.Ordinal);
    }

    [Fact]
    public async Task APodThatWroteMoreThanItMay_IsEvictedForItself_AndIsNoLeftover()
    {
        await using var space = await TestNamespace.CreateAsync();
        await space.DeployAsync("api", "dd if=/dev/zero of=/tmp/x bs=1M count=8; exec sleep 3600", 1, d =>
            d.Spec.Template.Spec.Containers[0].Resources = new()
                { Limits = new Dictionary<string, ResourceQuantity> { ["ephemeral-storage"] = new("1Mi") } });
        var pods = await TestNamespace.UntilAsync("an evicted pod", space.PodsAsync, all => all.Any(p => p.Status.Reason == "Evicted"));
        Assert.All(pods.Where(p => p.Status.Reason == "Evicted"), p => Assert.False(IsByNode(p), p.Status.Message));
    }

    private static async Task<PlanResult> PlanAsync(DeleteFailedPodsAction action, TestNamespace space) => await action.PlanAsync(
        space.Request(new DeleteFailedPodsInput(), "deployment", "api", await space.FactsAsync()), Token);

    private static bool IsByNode(V1Pod pod) => PodEnds.IsByNode(pod.Status.Phase, pod.Status.Reason, pod.Status.Message);
}
