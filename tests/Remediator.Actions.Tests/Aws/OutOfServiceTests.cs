using Remediator.Actions.Aws.OutOfService;
using Remediator.Actions.Kubernetes.Nodes;
using Remediator.Actions.Tests.Cluster;
using Remediator.Core.Actions;

namespace Remediator.Actions.Tests.Aws;

/// <summary>Against hollow nodes of the real cluster, whose machines are instances of the model.</summary>
[Trait("Needs", "Cluster")]
public sealed class OutOfServiceTests
{
    private const string Taint = "node.kubernetes.io/out-of-service";
    private const string Mark = "remediator.io/out-of-service";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("stopped")]
    [InlineData("terminated")]
    public async Task AMachineThatIsOff_IsTainted_AndTheTaintIsTakenAwayBesideThoseOfOthers(string state)
    {
        await using var node = await CreateAsync();
        node.Instance.State = state;
        var plan = await PlanAsync(node);
        Assert.Equal(
            $"taint node {node.Node.Name} as out of service, since instance {AwsNode.Id} is {state}: its pods are deleted by force, and "
                + "their volumes detached", plan.Summary);
        Assert.Equal(ProbeAnswer.DidNotHappen, (await node.OutOfService.ProbeAsync(Request(node), plan, Token)).Answer);
        await node.OutOfService.ApplyAsync(Request(node), plan, Token);
        var again = await node.OutOfService.ApplyAsync(Request(node), plan, Token);
        Assert.Equal($"node {node.Node.Name} is tainted as out of service.", again.Message);
        Assert.Equal(("nodeshutdown:NoExecute", "act-1"), (await TaintAsync(node), await node.AnnotationAsync(Mark)));
        Assert.Equal(ProbeAnswer.Happened, (await node.OutOfService.ProbeAsync(Request(node), plan, Token)).Answer);
        // what we have tainted ourselves is in nobody else's hands
        Assert.Equal(
            $"node {node.Node.Name} is not tainted as out of service: the action act-1 has tainted it already.",
            (await node.OutOfService.PlanAsync(Request(node), Token)).Refusal);

        var undone = await node.OutOfService.UndoAsync(Request(node), plan, Token);
        Assert.Equal($"node {node.Node.Name} is not tainted as out of service any more.", undone.Message);
        Assert.Equal(($"taint {Taint}", "none"), undone.Changes.Select(c => (c.Field, c.After)).Single());
        Assert.Equal((null, null), (await TaintAsync(node), await node.AnnotationAsync(Mark)));
        Assert.Contains((await node.Node.ReadAsync()).Spec.Taints, t => t.Key == TestNamespace.Hollow);
    }

    /// <summary>A replica was killed after it had taken the taint away, and the controller of nodes has written it back since.</summary>
    [Fact]
    public async Task ATaintThatCameBackAfterAKill_IsTakenAway()
    {
        await using var node = await CreateAsync();
        node.Instance.State = "terminated";
        var plan = await PlanAsync(node);
        await node.OutOfService.ApplyAsync(Request(node), plan, Token);
        var seen = await node.Node.ReadAsync();
        Assert.True(await node.Node.Space.Api.TryPatchNodeAsync(Request(node), seen, OutOfServiceTaint.TakeAway(seen), false, Token));
        Assert.Equal((null, "act-1"), (await TaintAsync(node), await node.AnnotationAsync(Mark)));
        seen = await node.Node.ReadAsync();
        Assert.True(await node.Node.Space.Api.TryPatchNodeAsync(
            Request(node), seen, OutOfServiceTaint.Set(seen, "act-1"), false, Token));
        await node.OutOfService.UndoAsync(Request(node), plan, Token);
        Assert.Equal((null, null), (await TaintAsync(node), await node.AnnotationAsync(Mark)));
        Assert.Equal(
            $"node {node.Node.Name} does not carry the mark of this action any more; if it is tainted, that stays.",
            (await node.OutOfService.UndoAsync(Request(node), plan, Token)).Message);
    }

    [Fact]
    public async Task WhatAPersonHasTainted_StaysTainted()
    {
        await using var node = await CreateAsync();
        node.Instance.State = "terminated";
        var plan = await PlanAsync(node);
        var seen = await node.Node.ReadAsync();
        Assert.True(await node.Node.Space.Api.TryPatchNodeAsync(
            Request(node), seen, OutOfServiceTaint.Set(seen, "a person") with { Annotations = [] }, false, Token));
        Assert.Equal(
            $"node {node.Node.Name} is not tainted as out of service: it is being worked on by somebody who declared it out of service "
                + $"(taint {Taint}).",
            (await node.OutOfService.PlanAsync(Request(node), Token)).Refusal);
        await Assert.ThrowsAsync<ActionFailedException>(() => node.OutOfService.ApplyAsync(Request(node), plan, Token));
        await node.OutOfService.UndoAsync(Request(node), plan, Token);
        Assert.Equal("nodeshutdown:NoExecute", await TaintAsync(node));
    }

    [Theory]
    [InlineData("running", $"instance {AwsNode.Id} is running, and what runs there may still write to its volumes")]
    [InlineData("shutting-down", $"instance {AwsNode.Id} is shutting-down, and what runs there may still write to its volumes")]
    [InlineData("stopping", $"instance {AwsNode.Id} is stopping, and what runs there may still write to its volumes")]
    [InlineData("ready", "it is ready")]
    [InlineData("warm", $"its Auto Scaling group keeps instance {AwsNode.Id} in reserve: it is Warmed:Stopped")]
    [InlineData("namesake", $"instance {AwsNode.Id} is terminated, and i-0fedcba9876543210 has the address of its node now")]
    [InlineData("forgotten", $"EC2 knows no instance {AwsNode.Id}, which the node says it is")]
    public async Task WhereItMayRunStill_ItIsNotTainted(string trouble, string doubt)
    {
        await using var node = await CreateAsync();
        node.Instance.State = "stopped";
        var plan = await PlanAsync(node);
        switch (trouble)
        {
            case "ready": await node.StatusAsync("boot-1", isReady: true); break;
            case "warm": node.Instance.Lifecycle = "Warmed:Stopped"; break;
            case "namesake":
                node.Instance.State = "terminated";
                node.Aws.Model.Add(new Testing.Aws.ModelInstance("i-0fedcba9876543210"));
                break;
            case "forgotten": node.Aws.Model.Instances.Remove(AwsNode.Id); break;
            default: node.Instance.State = trouble; break;
        }

        Assert.Equal(
            $"node {node.Node.Name} is not tainted as out of service: {doubt}.",
            (await node.OutOfService.PlanAsync(Request(node), Token)).Refusal);
        // what was planned before it came up again
        var e = await Assert.ThrowsAsync<ActionFailedException>(() => node.OutOfService.ApplyAsync(Request(node), plan, Token));
        Assert.Equal((FailureKind.Permanent, $"node {node.Node.Name}: {doubt}; nothing was done."), (e.Kind, e.Message));
        Assert.Null(await TaintAsync(node));
    }

    [Fact]
    public async Task WithItsPermissionsAlone_ItWorks_AndItAsksForAllOfThem()
    {
        await using var node = await CreateAsync();
        (node.Instance.State, node.Instance.IsSpot) = ("stopped", true);
        await using var cluster = await OnlyItsPermissions.OfAsync(node.Node.Space, "aws.out-of-service");
        var declared = node.OutOfService.Descriptor.Permissions.OfType<AwsPermission>().ToList();
        node.Aws.Endpoint.Allowed = [.. declared.Select(p => (p.Action, p.Tag))];
        var action = new OutOfServiceAction(cluster.Api, node.Aws.Reader(cluster.Api));
        var plan = (await action.PlanAsync(Request(node), Token)).Plan;
        Assert.NotNull(plan);
        await action.ApplyAsync(Request(node), plan, Token);
        await action.UndoAsync(Request(node), plan, Token);
        Assert.Null(await TaintAsync(node));
        Assert.Equal(
            declared.Select(p => p.Action.Split(':')[1]).Order(), node.Aws.Endpoint.Calls.Select(c => c.Action).Distinct().Order());
    }

    /// <summary>The controller of nodes has written its taints, and writes none from here on.</summary>
    private static async Task<AwsNode> CreateAsync()
    {
        var node = await AwsNode.CreateAsync();
        await TestNamespace.UntilAsync(
            "the taint of the node controller", node.Node.ReadAsync,
            n => n.Spec.Taints?.Any(t => t.Key == "node.kubernetes.io/unreachable") == true);
        return node;
    }

    private static ActionRequest Request(AwsNode node) => node.Request(new OutOfServiceInput());

    private static async Task<ActionPlan> PlanAsync(AwsNode node)
    {
        var planned = await node.OutOfService.PlanAsync(Request(node), Token);
        Assert.Null(planned.Refusal);
        return planned.Plan!;
    }

    private static async Task<string?> TaintAsync(AwsNode node) =>
        ((await node.Node.ReadAsync()).Spec.Taints ?? []).Where(t => t.Key == Taint).Select(t => $"{t.Value}:{t.Effect}").SingleOrDefault();
}
