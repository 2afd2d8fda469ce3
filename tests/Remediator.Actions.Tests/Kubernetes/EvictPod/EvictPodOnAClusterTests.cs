using k8s;
using k8s.Models;
using Remediator.Actions.Kubernetes.EvictPod;
using Remediator.Actions.Kubernetes.Pods;
using Remediator.Actions.Tests.Cluster;
using Remediator.Core.Actions;
using Remediator.Testing;

namespace Remediator.Actions.Tests.Kubernetes.EvictPod;

[Trait("Needs", "Cluster")]
public sealed class EvictPodOnAClusterTests
{
    /// <summary>One of three replicas crashes: the one that made the directory first; a StatefulSet gives that a stable name.</summary>
    private const string OnlyTheSecondCrashes = "case $HOSTNAME in *-1) exit 3;; *) exec sleep 3600;; esac";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task TheOneBadPod_IsEvicted_AndItsNewOneIsAnother()
    {
        await using var space = await TestNamespace.CreateAsync();
        await space.StatefulSetAsync("api", OnlyTheSecondCrashes, 3);
        await UntilCrashingAsync(space);
        var action = new EvictPodAction(space.Api, space.Workloads);
        var request = space.Request(new EvictPodInput(), "statefulset", "api", await space.FactsAsync());

        var plan = (await action.PlanAsync(request, Token)).Plan;
        Assert.NotNull(plan);
        Assert.Equal("api-1", plan.Parameters["pod"]);
        Assert.Equal(ProbeAnswer.DidNotHappen, (await action.ProbeAsync(request, plan, Token)).Answer);

        var before = await space.PodsAsync();
        Assert.Equal($"pod {space.Name}/api-1 was evicted.", (await action.ApplyAsync(request, plan, Token)).Message);
        Assert.Equal(ProbeAnswer.Happened, (await action.ProbeAsync(request, plan, Token)).Answer);
        var after = await TestNamespace.UntilAsync("a new pod api-1", space.PodsAsync,
            pods => pods.Any(p => p.Metadata.Name == "api-1" && p.Metadata.Uid != plan.Preconditions["uid"]));
        Assert.Equal(Uids(before, "api-0", "api-2"), Uids(after, "api-0", "api-2"));

        Assert.Equal($"pod {space.Name}/api-1 was gone already.", (await action.ApplyAsync(request, plan, Token)).Message);
        Assert.Equal(Uids(after, "api-1"), Uids(await space.PodsAsync(), "api-1"));
    }

    [Fact]
    public async Task ABudgetThatForbids_IsWaitedOut_AndNeverBroken()
    {
        await using var space = await TestNamespace.CreateAsync();
        await space.StatefulSetAsync("api", OnlyTheSecondCrashes, 3);
        await UntilCrashingAsync(space);
        await BudgetAsync(space, minAvailable: 3);
        var action = new EvictPodAction(space.Api, space.Workloads);
        var request = space.Request(new EvictPodInput(), "statefulset", "api", await space.FactsAsync());
        var plan = (await action.PlanAsync(request, Token)).Plan;
        Assert.NotNull(plan);

        var e = await Assert.ThrowsAsync<ActionFailedException>(() => action.ApplyAsync(
            request with { NotAfter = TimeProvider.System.GetUtcNow().AddSeconds(10) }, plan, Token));
        Assert.Equal(FailureKind.Transient, e.Kind);
        Assert.StartsWith(
            $"pod {space.Name}/api-1 may not be evicted now: its disruption budget forbids it.", e.Message, StringComparison.Ordinal);
        Assert.Equal(ProbeAnswer.DidNotHappen, (await action.ProbeAsync(request, plan, Token)).Answer);

        var version = await BudgetVersionAsync(space);
        var waiting = action.ApplyAsync(request with { NotAfter = TimeProvider.System.GetUtcNow() + Wait.Patience }, plan, Token);
        await space.Client.CustomObjects.DeleteNamespacedCustomObjectAsync(
            "policy", version, space.Name, "poddisruptionbudgets", "api", cancellationToken: Token);
        Assert.Equal($"pod {space.Name}/api-1 was evicted.", (await waiting).Message);
    }

    private static async Task<string> BudgetVersionAsync(TestNamespace space) =>
        (await space.Client.CoreV1.GetAPIResourcesAsync(Token)).Resources.Single(r => r.Name == "pods/eviction").Version;

    private static async Task BudgetAsync(TestNamespace space, int minAvailable)
    {
        var version = await BudgetVersionAsync(space);
        await space.Client.CustomObjects.CreateNamespacedCustomObjectAsync(new Dictionary<string, object>
        {
            ["apiVersion"] = $"policy/{version}",
            ["kind"] = "PodDisruptionBudget",
            ["metadata"] = new Dictionary<string, object> { ["name"] = "api" },
            ["spec"] = new Dictionary<string, object>
            {
                ["minAvailable"] = minAvailable,
                ["selector"] = new Dictionary<string, object> { ["matchLabels"] = new Dictionary<string, object> { ["app"] = "api" } },
            },
        }, "policy", version, space.Name, "poddisruptionbudgets", cancellationToken: Token);
        await TestNamespace.UntilAsync("the budget's controller has looked at it", async () =>
            (await space.Client.CustomObjects.GetNamespacedCustomObjectAsync(
                "policy", version, space.Name, "poddisruptionbudgets", "api", Token))
                .ToString()!,
            text => text.Contains("expectedPods", StringComparison.Ordinal));
    }

    private static async Task UntilCrashingAsync(TestNamespace space) =>
        await TestNamespace.UntilAsync("api-1 restarted and the others run", space.PodsAsync, pods =>
        pods.Any(p => p.Metadata.Name == "api-1" && p.Restarts() > 1) && pods.Count(p => p.IsReady()) >= 2);

    private static string[] Uids(IEnumerable<V1Pod> pods, params string[] names) =>
        [.. pods.Where(p => names.Contains(p.Metadata.Name)).Select(p => p.Metadata.Uid).Order(StringComparer.Ordinal)];
}
