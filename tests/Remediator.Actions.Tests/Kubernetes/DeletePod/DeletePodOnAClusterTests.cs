using Remediator.Actions.Kubernetes.DeletePod;
using Remediator.Actions.Kubernetes.PodReady;
using Remediator.Actions.Kubernetes.Pods;
using Remediator.Actions.Tests.Cluster;
using Remediator.Core.Actions;

namespace Remediator.Actions.Tests.Kubernetes.DeletePod;

[Trait("Needs", "Cluster")]
public sealed class DeletePodOnAClusterTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task TheWaitingPod_IsDeletedOnce_WithItsOwnGracePeriod()
    {
        await using var space = await TestNamespace.CreateAsync();
        await space.StatefulSetAsync("api", "exec sleep 3600", 1);
        await TestNamespace.UntilAsync("api-0 runs", space.PodsAsync, pods => pods.Any(p => p.IsReady()));
        await space.StatefulSetAsync("bad", "true", 1, image: "remediator.test/no-such:1");
        await TestNamespace.UntilAsync("bad-0 waits for its image", space.PodsAsync, pods => pods.Any(p => p.IsWaiting()));
        var action = new DeletePodAction(space.Api, space.Workloads);
        var request = space.Request(new DeletePodInput { Which = PodChoice.Waiting }, "statefulset", "bad", await space.FactsAsync());

        var plan = (await action.PlanAsync(request, Token)).Plan;
        Assert.NotNull(plan);
        Assert.Equal(ProbeAnswer.DidNotHappen, (await action.ProbeAsync(request, plan, Token)).Answer);
        Assert.Equal($"pod {space.Name}/bad-0 was deleted.", (await action.ApplyAsync(request, plan, Token)).Message);
        var next = await TestNamespace.UntilAsync("another bad-0", space.PodsAsync, pods =>
            pods.Any(p => p.Metadata.Name == "bad-0" && p.Metadata.Uid != plan.Preconditions["uid"]));
        Assert.Equal(ProbeAnswer.Happened, (await action.ProbeAsync(request, plan, Token)).Answer);

        Assert.Equal($"pod {space.Name}/bad-0 was gone already.", (await action.ApplyAsync(request, plan, Token)).Message);
        Assert.Equal(next.Select(p => p.Metadata.Uid).Order(), (await space.PodsAsync()).Select(p => p.Metadata.Uid).Order());
    }

    [Fact]
    public async Task PodReady_IsAboutThePodsThatAreThere()
    {
        await using var space = await TestNamespace.CreateAsync();
        await space.StatefulSetAsync("api", "exec sleep 3600", 1);
        var request = space.Request(new PodReadyInput(), "pod", "api-0");
        var ready = await TestNamespace.UntilAsync(
            "the pod is ready", () => new PodReadyAction(space.Api, space.Workloads).CheckAsync(request, Token), r => r.Good);
        Assert.Equal("1 of 1 ready", ready.Observed);
        Assert.Null(ready.EndedAt);

        await space.StatefulSetAsync("bad", "exit 3", 1);
        var bad = space.Request(new PodReadyInput(), "statefulset", "bad");
        await TestNamespace.UntilAsync(
            "the pod crashes",
            () => new PodReadyAction(space.Api, space.Workloads).CheckAsync(bad, Token),
            r => r.Observed == "pod bad-0 is not ready: container main waits: CrashLoopBackOff");
        var nobody = space.Request(new PodReadyInput(), "pod", "nobody");
        Assert.Equal("there is no pod", (await new PodReadyAction(space.Api, space.Workloads).CheckAsync(nobody, Token)).Observed);
    }
}
