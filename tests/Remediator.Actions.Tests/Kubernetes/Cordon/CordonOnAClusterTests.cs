using Remediator.Actions.Kubernetes.Cordon;
using Remediator.Actions.Kubernetes.DescribeNode;
using Remediator.Actions.Kubernetes.NodeReady;
using Remediator.Actions.Tests.Cluster;
using Remediator.Core.Actions;

namespace Remediator.Actions.Tests.Kubernetes.Cordon;

[Trait("Needs", "Cluster")]
public sealed class CordonOnAClusterTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ACordon_IsDoneOnce_SeenAfterACrash_AndTakenBack()
    {
        await using var node = await TestNode.CreateAsync();
        var action = new CordonAction(node.Space.Api);
        var request = node.Request(new CordonInput());
        var plan = (await action.PlanAsync(request, Token)).Plan;
        Assert.NotNull(plan);
        Assert.Equal($"cordon node {node.Name}, so that nothing new is scheduled on it", plan.Summary);
        Assert.Equal(ProbeAnswer.DidNotHappen, (await action.ProbeAsync(request, plan, Token)).Answer);

        Assert.Equal($"node {node.Name} is cordoned.", (await action.ApplyAsync(request, plan, Token)).Message);
        var seen = await node.ReadAsync();
        Assert.True(seen.Spec.Unschedulable);
        Assert.Equal("act-1", seen.Metadata.Annotations["remediator.io/cordoned"]);
        Assert.Equal("act-1", seen.Metadata.Annotations["remediator.io/action-id"]);
        Assert.Equal(ProbeAnswer.Happened, (await action.ProbeAsync(request, plan, Token)).Answer);
        Assert.Equal($"node {node.Name} was cordoned by this action already.", (await action.ApplyAsync(request, plan, Token)).Message);

        Assert.Equal($"node {node.Name} is uncordoned.", (await action.UndoAsync(request, plan, Token)).Message);
        seen = await node.ReadAsync();
        Assert.NotEqual(true, seen.Spec.Unschedulable);
        Assert.False(seen.Metadata.Annotations?.ContainsKey("remediator.io/cordoned") == true);
        Assert.Equal($"node {node.Name} is not cordoned any more.", (await action.UndoAsync(request, plan, Token)).Message);
    }

    [Fact]
    public async Task WhatAPersonHasCordoned_IsNeitherCordonedNorUncordoned()
    {
        await using var node = await TestNode.CreateAsync();
        var action = new CordonAction(node.Space.Api);
        var request = node.Request(new CordonInput());
        var plan = (await action.PlanAsync(request, Token)).Plan;
        Assert.NotNull(plan);
        await node.PersonAsync(cordons: true);

        Assert.Equal($"node {node.Name} is cordoned already: a person has cordoned it.", (await action.PlanAsync(request, Token)).Refusal);
        var e = await Assert.ThrowsAsync<ActionFailedException>(() => action.ApplyAsync(request, plan, Token));
        Assert.Equal(
            (FailureKind.Permanent, $"node {node.Name} was cordoned by somebody else after this was planned; nothing was done."),
            (e.Kind, e.Message));
        Assert.Equal(
            $"node {node.Name} stays cordoned: a person has cordoned it since.", (await action.UndoAsync(request, plan, Token)).Message);
        Assert.True(await node.IsCordonedAsync());
    }

    [Fact]
    public async Task APersonWhoUncordonsAndCordonsAgain_LeavesOurMark_AndIsRespected()
    {
        await using var node = await TestNode.CreateAsync();
        var (action, request, plan) = await CordonAsync(node);
        Assert.SkipWhen(
            (await node.ReadAsync()).Metadata.ManagedFields is null or { Count: 0 },
            "This API server keeps no record of who changed which field; CordonMarkTests has what is read from one.");
        await node.PersonAsync(cordons: false);
        await node.PersonAsync(cordons: true);
        Assert.Equal("act-1", (await node.ReadAsync()).Metadata.Annotations["remediator.io/cordoned"]);

        Assert.Equal(
            $"node {node.Name} stays cordoned: a person has cordoned it since.", (await action.UndoAsync(request, plan, Token)).Message);
        Assert.True(await node.IsCordonedAsync());
    }

    [Fact]
    public async Task ACordonOfAnotherAction_IsNotTakenBack()
    {
        await using var node = await TestNode.CreateAsync();
        var (action, _, plan) = await CordonAsync(node);

        Assert.Equal(
            $"node {node.Name} is cordoned already, by Remediator.",
            (await action.PlanAsync(node.Request(new CordonInput(), "act-2"), Token)).Refusal);
        Assert.Equal(
            $"node {node.Name} stays cordoned: a person has cordoned it since.",
            (await action.UndoAsync(node.Request(new CordonInput(), "act-2"), plan, Token)).Message);
        Assert.True(await node.IsCordonedAsync());
    }

    [Fact]
    public async Task AnotherNodeOfThatName_IsLeftAlone()
    {
        await using var node = await TestNode.CreateAsync();
        var (action, request, plan) = await CordonAsync(node);
        await node.ReplaceAsync();

        Assert.Equal(ProbeAnswer.Unknown, (await action.ProbeAsync(request, plan, Token)).Answer);
        Assert.Equal(
            $"The node {node.Name} that was cordoned is gone; there is nothing to uncordon.",
            (await action.UndoAsync(request, plan, Token)).Message);
        Assert.Equal(
            FailureKind.Permanent, (await Assert.ThrowsAsync<ActionFailedException>(() => action.ApplyAsync(request, plan, Token))).Kind);
        Assert.False(await node.IsCordonedAsync());
    }

    [Fact]
    public async Task ANodeWithoutAKubelet_IsNotReady_AndDescribed()
    {
        await using var node = await TestNode.CreateAsync();
        await CordonAsync(node);
        Assert.False((await new NodeReadyAction(node.Space.Api).CheckAsync(node.Request(new NodeReadyInput()), Token)).Good);
        var evidence = await new DescribeNodeAction(node.Space.Api).ReadAsync(node.Request(new DescribeNodeInput()), Token);
        Assert.Contains("cordoned: by Remediator, action act-1\n", evidence.Text, StringComparison.Ordinal);
        Assert.Contains("0 pods on it\n", evidence.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WhatTheActionsOfNodesDeclare_IsEnough()
    {
        await using var node = await TestNode.CreateAsync();
        await using var user = await OnlyItsPermissions.OfAsync(node.Space, "kubernetes.cordon");
        var action = new CordonAction(user.Api);
        var request = node.Request(new CordonInput());
        var plan = (await action.PlanAsync(request, Token)).Plan;
        Assert.NotNull(plan);
        await action.ApplyAsync(request, plan, Token);
        Assert.Equal($"node {node.Name} is uncordoned.", (await action.UndoAsync(request, plan, Token)).Message);

        await using var reader = await OnlyItsPermissions.OfAsync(node.Space, "kubernetes.node-ready");
        await new NodeReadyAction(reader.Api).CheckAsync(node.Request(new NodeReadyInput()), Token);
        await new DescribeNodeAction(reader.Api).ReadAsync(node.Request(new DescribeNodeInput()), Token);
    }

    private static async Task<(CordonAction Action, ActionRequest Request, ActionPlan Plan)> CordonAsync(TestNode node)
    {
        var action = new CordonAction(node.Space.Api);
        var request = node.Request(new CordonInput());
        var plan = (await action.PlanAsync(request, Token)).Plan;
        Assert.NotNull(plan);
        await action.ApplyAsync(request, plan, Token);
        return (action, request, plan);
    }
}
