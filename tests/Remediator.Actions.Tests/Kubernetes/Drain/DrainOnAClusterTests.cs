using k8s;
using k8s.Models;
using Remediator.Actions.Kubernetes.Cordon;
using Remediator.Actions.Kubernetes.Drain;
using Remediator.Actions.Tests.Cluster;
using Remediator.Core.Actions;
using Remediator.Core.Facts;

namespace Remediator.Actions.Tests.Kubernetes.Drain;

[Trait("Needs", "Cluster")]
public sealed class DrainOnAClusterTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ADrain_EmptiesTheNode_IsSeenAfterACrash_AndIsTakenBack()
    {
        await using var node = await TestNode.CreateAsync();
        await using var kubelet = new TestKubelet(node);
        await kubelet.RunAsync("api", 3, owner: "ReplicaSet");
        await kubelet.RunAsync("logs", 1, owner: "DaemonSet");
        var action = new DrainAction(node.Space.Api);
        var request = node.Request(new DrainInput());
        var plan = (await action.PlanAsync(request, Token)).Plan;
        Assert.NotNull(plan);
        Assert.Equal($"drain node {node.Name}: cordon it and evict 3 pods; what stays: 1 of a DaemonSet", plan.Summary);
        Assert.Equal(ProbeAnswer.DidNotHappen, (await action.ProbeAsync(request, plan, Token)).Answer);

        var outcome = await action.ApplyAsync(request, plan, Token);
        Assert.Null(outcome.Began);
        Assert.Equal($"node {node.Name} is drained: all is evicted; what stays: 1 of a DaemonSet.", outcome.Message);
        Assert.Equal(["logs"], await kubelet.PodsAsync());
        Assert.Equal((true, "act-1", true), await MarksAsync(node));
        var probe = await action.ProbeAsync(request, plan, Token);
        Assert.Equal((ProbeAnswer.Happened, "act-1"), (probe.Answer, probe.Began?.Handle));
        Assert.Equal(ActState.Done, (await action.WatchAsync(request, plan, "act-1", Token)).State);
        Assert.Equal(
            $"node {node.Name} is not ours to drain: the action act-1 drains it.",
            (await action.PlanAsync(node.Request(new DrainInput(), "act-2"), Token)).Refusal);

        Assert.Equal($"node {node.Name} takes pods again.", (await action.UndoAsync(request, plan, Token)).Message);
        Assert.Equal((false, "", false), await MarksAsync(node));
        Assert.Equal(
            $"node {node.Name} carries no mark of this drain any more.", (await action.UndoAsync(request, plan, Token)).Message);
    }

    [Fact]
    public async Task ANodeWithoutPods_IsCordoned_AndRefusedWhereItIsAlready()
    {
        await using var node = await TestNode.CreateAsync();
        await using var kubelet = new TestKubelet(node);
        await kubelet.RunAsync("logs", 1, owner: "DaemonSet");
        var action = new DrainAction(node.Space.Api);
        var request = node.Request(new DrainInput());
        var plan = (await action.PlanAsync(request, Token)).Plan;
        Assert.Equal($"drain node {node.Name}: cordon it and evict no pod; what stays: 1 of a DaemonSet", plan?.Summary);

        var outcome = await action.ApplyAsync(request, plan!, Token);
        Assert.Null(outcome.Began);
        Assert.Equal((true, "act-1", false), await MarksAsync(node));
        Assert.Equal($"node {node.Name} takes pods again.", (await action.UndoAsync(request, plan!, Token)).Message);
        Assert.False(await node.IsCordonedAsync());

        await node.PersonAsync(cordons: true);
        Assert.Equal(
            $"node {node.Name} is cordoned, and no pod on it would be evicted.",
            (await action.PlanAsync(node.Request(new DrainInput(), "act-2"), Token)).Refusal);
    }

    [Fact]
    public async Task VolumesOfEvictedPods_AreWaitedFor_ByName_AndNotForEver()
    {
        await using var node = await TestNode.CreateAsync();
        await using var kubelet = new TestKubelet(node);
        await kubelet.RunAsync("api", 1, owner: "ReplicaSet");
        await using var volume = await TestVolume.AttachAsync(node, "api-data");
        var action = new DrainAction(node.Space.Api);
        var (request, hasty) = (node.Request(new DrainInput()), node.Request(new DrainInput { VolumesWithin = TimeSpan.Zero }));
        var plan = (await action.PlanAsync(request, Token)).Plan;
        Assert.NotNull(plan);

        var outcome = await action.ApplyAsync(request, plan, Token);
        Assert.NotNull(outcome.Began);
        Assert.Equal($"all is evicted; still attached: {volume.Name}", outcome.Message);
        Assert.Equal([], await kubelet.PodsAsync());
        var waits = await action.WatchAsync(request, plan, "act-1", Token);
        Assert.Equal((ActState.InProgress, false), (waits.State, waits.NeedsPush));
        var late = await action.WatchAsync(hasty, plan, "act-1", Token);
        Assert.Equal((ActState.Done, $"all is evicted; still attached: {volume.Name}"), (late.State, late.Seen));

        await volume.DetachAsync();
        var done = await action.WatchAsync(request, plan, "act-1", Token);
        Assert.Equal((ActState.Done, "all is evicted"), (done.State, done.Seen));
        await action.UndoAsync(request, plan, Token);
        Assert.DoesNotContain((await node.ReadAsync()).Metadata.Annotations ?? new Dictionary<string, string>(), a =>
            a.Key.StartsWith("remediator.io/", StringComparison.Ordinal));
    }

    [Fact]
    public async Task VolumesOfPodsThatStay_AreNotWaitedFor()
    {
        await using var node = await TestNode.CreateAsync();
        await using var kubelet = new TestKubelet(node);
        await kubelet.RunAsync("api", 1, owner: "ReplicaSet");
        await using var volume = await TestVolume.AttachAsync(node, "kept");
        await volume.UseAsync("stays", "cluster.x-k8s.io/drain", "skip");
        var action = new DrainAction(node.Space.Api);
        var request = node.Request(new DrainInput());
        var plan = (await action.PlanAsync(request, Token)).Plan;
        Assert.NotNull(plan);

        var outcome = await action.ApplyAsync(request, plan, Token);

        Assert.Null(outcome.Began);
        Assert.Contains("all is evicted; what stays: 1 labelled", outcome.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ABudgetThatForbids_IsNamed_NeverBroken_AndGoneOnWithWhenItAllows()
    {
        await using var node = await TestNode.CreateAsync();
        await using var kubelet = new TestKubelet(node);
        await kubelet.RunAsync("api", 2, owner: "ReplicaSet");
        await kubelet.RunAsync("web", 1, owner: "ReplicaSet");
        await kubelet.BudgetAsync("api", minAvailable: 2);
        var action = new DrainAction(node.Space.Api);
        var request = node.Request(new DrainInput()) with { NotAfter = TimeProvider.System.GetUtcNow().AddSeconds(20) };
        var plan = (await action.PlanAsync(request, Token)).Plan;
        Assert.NotNull(plan);

        var began = (await action.ApplyAsync(request, plan, Token)).Began;
        Assert.Equal(("act-1", TimeSpan.FromMinutes(30)), (began?.Handle, began?.Within ?? default));
        Assert.Equal(["api-0", "api-1", "web-0"], await kubelet.PodsAsync());
        var blocked = await LookAsync(action, request, plan);
        Assert.Equal((ActState.InProgress, false), (blocked.State, blocked.NeedsPush));
        Assert.StartsWith(
            $"nothing is evicted yet: 1 pod to be evicted; {node.Space.Name}/api-0, {node.Space.Name}/api-1 may not be evicted now: its "
                + "disruption budget forbids it. The disruption budget api needs 2 healthy pods and has 2 currently",
            blocked.Seen, StringComparison.Ordinal);
        Assert.Equal(["api-0", "api-1", "web-0"], await kubelet.PodsAsync());

        await kubelet.ForgetBudgetAsync("api");
        Assert.Equal((ActState.InProgress, true), await TestNamespace.UntilAsync(
            "a drain that wants to go on", async () => Shape(await LookAsync(action, request, plan)), s => s.NeedsPush));
        Assert.Null((await action.ApplyAsync(Later(request), plan, Token)).Began);
        Assert.Equal([], await kubelet.PodsAsync());
    }

    [Fact]
    public async Task ABudgetThatLetsOneGo_IsGoneToTheEndOf_AndTheOtherWaits()
    {
        await using var node = await TestNode.CreateAsync();
        await using var kubelet = new TestKubelet(node);
        await kubelet.RunAsync("api", 2, owner: "ReplicaSet");
        await kubelet.RunAsync("web", 1, owner: "ReplicaSet");
        await kubelet.BudgetAsync("api", minAvailable: 1);
        var (action, request, plan) = await BeginAsync(node);

        var left = Assert.Single(await kubelet.PodsAsync());
        Assert.StartsWith("api-", left, StringComparison.Ordinal);
        Assert.StartsWith(
            $"{node.Space.Name}/{left} may not be evicted now: its disruption budget forbids it.",
            (await LookAsync(action, request, plan)).Seen, StringComparison.Ordinal);
    }

    /// <summary>It reports pods as ready until their first probe, and budgets believe it.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task AKubeletThatHasJustStarted_IsNotBelieved(bool nodeBecameReady)
    {
        await using var node = await TestNode.CreateAsync();
        await using var kubelet = new TestKubelet(node, nodeBecameReady ? TimeProvider.System.GetUtcNow().AddSeconds(20) : null);
        await kubelet.RunAsync("api", 1, owner: "ReplicaSet");
        if (!nodeBecameReady)
            await StartedAsync(node);
        var (action, request, plan) = await BeginAsync(node);

        Assert.Equal(["api-0"], await kubelet.PodsAsync());
        var fresh = await LookAsync(action, request, plan);
        Assert.Equal((ActState.InProgress, false), Shape(fresh));
        Assert.Equal(
            $"nothing is evicted yet: the kubelet of node {node.Name} has only just started, and what it says of its pods is not to be "
                + "believed before their probes have spoken",
            fresh.Seen);
        await TestNamespace.UntilAsync(
            "a drain that wants to go on", async () => Shape(await LookAsync(action, request, plan)), s => s.NeedsPush);
        Assert.Null((await action.ApplyAsync(Later(request), plan, Token)).Began);
    }

    [Fact]
    public async Task APodWithTwoBudgets_IsNamedAsThat()
    {
        await using var node = await TestNode.CreateAsync();
        await using var kubelet = new TestKubelet(node);
        await kubelet.RunAsync("api", 1, owner: "ReplicaSet");
        await kubelet.BudgetAsync("api", minAvailable: 0);
        await kubelet.BudgetAsync("api", minAvailable: 0, name: "another");
        var (action, request, plan) = await BeginAsync(node);

        Assert.Equal(
            $"nothing is evicted yet: {node.Space.Name}/api-0 may not be evicted now: it has more than one disruption budget, and then "
                + "the API server evicts nothing",
            (await LookAsync(action, request, plan)).Seen);
        Assert.Equal("node " + node.Name + " takes pods again.", (await action.CancelAsync(Later(request), plan, "act-1", Token)).Message);
        Assert.False(await node.IsCordonedAsync());
        Assert.Equal(["api-0"], await kubelet.PodsAsync());
    }

    [Fact]
    public async Task WhatMustStay_KeepsTheNodeFromBeingDrained()
    {
        await using var node = await TestNode.CreateAsync();
        await using var kubelet = new TestKubelet(node);
        await kubelet.RunAsync("api", 1, owner: "ReplicaSet");
        await kubelet.RunAsync("alone", 1, owner: "");

        Assert.Equal(
            $"node {node.Name} is not drained, since pods on it must not be evicted: {node.Space.Name}/alone-0 (no controller would make "
                + "it anew (unmanaged: refuse)).",
            (await new DrainAction(node.Space.Api).PlanAsync(node.Request(new DrainInput()), Token)).Refusal);
        Assert.False(await node.IsCordonedAsync());
    }

    [Fact]
    public async Task ANodeThatAPersonHasCordoned_StaysCordoned()
    {
        await using var node = await TestNode.CreateAsync();
        await using var kubelet = new TestKubelet(node);
        await kubelet.RunAsync("api", 1, owner: "ReplicaSet");
        await node.PersonAsync(cordons: true);
        var (action, request, plan) = await BeginAsync(node);

        Assert.Equal(
            $"node {node.Name} is no longer drained; it stays cordoned, as somebody else has cordoned it.",
            (await action.UndoAsync(Later(request), plan, Token)).Message);
        Assert.Equal((true, false), (await node.IsCordonedAsync(), await IsOutAsync(node)));
    }

    [Fact]
    public async Task ACordonOfOurs_IsTakenOver_KeptByACancel_AndTakenBackInTheEnd()
    {
        await using var node = await TestNode.CreateAsync();
        await using var kubelet = new TestKubelet(node);
        await kubelet.RunAsync("api", 1, owner: "ReplicaSet");
        var cordon = new CordonAction(node.Space.Api);
        var before = node.Request(new CordonInput(), "act-0");
        await cordon.ApplyAsync(before, (await cordon.PlanAsync(before, Token)).Plan!, Token);
        var (action, request, plan) = await BeginAsync(node);

        Assert.Equal(
            $"node {node.Name} is no longer drained; it stays cordoned, as it was before.",
            (await action.CancelAsync(Later(request), plan, "act-1", Token)).Message);
        Assert.Equal((true, "", false), await MarksAsync(node));
        Assert.Equal($"node {node.Name} takes pods again.", (await action.UndoAsync(Later(request), plan, Token)).Message);
        Assert.Equal((false, "", false), await MarksAsync(node));
        Assert.Empty((await node.ReadAsync()).Metadata.Annotations?.Keys.Where(k => k.StartsWith("remediator", StringComparison.Ordinal)
            && k != "remediator.io/action-id") ?? []);
    }

    [Fact]
    public async Task WhoeverUncordonsTheNode_EndsTheDrain()
    {
        await using var node = await TestNode.CreateAsync();
        await using var kubelet = new TestKubelet(node);
        await kubelet.RunAsync("api", 2, owner: "ReplicaSet");
        await kubelet.BudgetAsync("api", minAvailable: 1);
        var (action, request, plan) = await BeginAsync(node);
        await node.PersonAsync(cordons: false);
        await kubelet.ForgetBudgetAsync("api");

        Assert.Equal(new(ActState.Failed, $"somebody has uncordoned node {node.Name}"), await LookAsync(action, request, plan));
        Assert.NotNull((await action.ApplyAsync(Later(request), plan, Token)).Began);
        Assert.Single(await kubelet.PodsAsync());
        Assert.Equal(
            $"node {node.Name} is no longer drained; somebody has uncordoned it already.",
            (await action.UndoAsync(Later(request), plan, Token)).Message);
        Assert.Equal((false, "", false), await MarksAsync(node));
    }

    [Fact]
    public async Task OthersWhoTakeTheNodeAway_AreLeftToIt()
    {
        await using var node = await TestNode.CreateAsync();
        await using var kubelet = new TestKubelet(node);
        await kubelet.RunAsync("api", 1, owner: "ReplicaSet");
        var action = new DrainAction(node.Space.Api);
        var request = node.Request(new DrainInput());
        var plan = (await action.PlanAsync(request, Token)).Plan;
        await node.Space.Client.CoreV1.PatchNodeAsync(
            new V1Patch(
                """{"spec":{"taints":[{"key":"karpenter.sh/disrupted","effect":"NoSchedule"}]}}""", V1Patch.PatchType.StrategicMergePatch),
            node.Name, cancellationToken: Token);

        Assert.Equal(
            $"node {node.Name} is not ours to drain: it is being worked on by Karpenter (taint karpenter.sh/disrupted).",
            (await action.PlanAsync(request, Token)).Refusal);
        var e = await Assert.ThrowsAsync<ActionFailedException>(() => action.ApplyAsync(request, plan!, Token));
        Assert.Equal(FailureKind.Permanent, e.Kind);
        Assert.Equal(["api-0"], await kubelet.PodsAsync());
    }

    [Fact]
    public async Task ANodeOfTheControlPlane_IsDrainedByPeople()
    {
        await using var node = await TestNode.CreateAsync();
        var refusal = $"node {node.Name} is of the control plane; that is drained by people.";
        var now = TimeProvider.System.GetUtcNow();
        var facts = new FactView(1, now, [
            new("node", new Dictionary<string, string> { ["node"] = node.Name, ["role"] = "control-plane" }, now)]);

        var action = new DrainAction(node.Space.Api);
        Assert.Equal(refusal, (await action.PlanAsync(node.Request(new DrainInput()) with { Facts = facts }, Token)).Refusal);

        await node.Space.Client.CoreV1.PatchNodeAsync(
            new V1Patch("""{"metadata":{"labels":{"node-role.kubernetes.io/master":""}}}""", V1Patch.PatchType.StrategicMergePatch),
            node.Name, cancellationToken: Token);
        Assert.Equal(refusal, (await action.PlanAsync(node.Request(new DrainInput()), Token)).Refusal);
    }

    private static async Task<(DrainAction Action, ActionRequest Request, ActionPlan Plan)> BeginAsync(TestNode node)
    {
        var action = new DrainAction(node.Space.Api);
        var request = Later(node.Request(new DrainInput()));
        var plan = (await action.PlanAsync(request, Token)).Plan;
        Assert.NotNull(plan);
        await action.ApplyAsync(request, plan, Token);
        return (action, request, plan);
    }

    /// <summary>As a kubelet says it; a little ahead of now, so that the test has time to look.</summary>
    private static Task<Corev1Event> StartedAsync(TestNode node)
    {
        var now = TimeProvider.System.GetUtcNow().AddSeconds(20).UtcDateTime;
        return node.Space.Client.CoreV1.CreateNamespacedEventAsync(new()
        {
            Metadata = new() { Name = $"{node.Name}-starts" },
            InvolvedObject = new() { Kind = "Node", Name = node.Name, Uid = node.Name },
            Reason = "Starting",
            Message = "Starting kubelet.",
            Type = "Normal",
            Source = new() { Component = "kubelet", Host = node.Name },
            FirstTimestamp = now,
            LastTimestamp = now,
        }, "default", cancellationToken: Token);
    }

    private static Task<ActStatus> LookAsync(DrainAction action, ActionRequest request, ActionPlan plan) =>
        action.WatchAsync(Later(request), plan, "act-1", Token);

    private static (ActState State, bool NeedsPush) Shape(ActStatus status) => (status.State, status.NeedsPush);

    private static ActionRequest Later(ActionRequest request) => request with { NotAfter = TimeProvider.System.GetUtcNow().AddSeconds(20) };

    private static async Task<(bool Cordoned, string Draining, bool IsOut)> MarksAsync(TestNode node) =>
        (await node.IsCordonedAsync(), (await node.ReadAsync()).GetAnnotation("remediator.io/draining") ?? "", await IsOutAsync(node));

    private static async Task<bool> IsOutAsync(TestNode node) =>
        (await node.ReadAsync()).GetLabel("node.kubernetes.io/exclude-from-external-load-balancers") is not null;
}
