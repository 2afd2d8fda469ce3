using Remediator.Actions.Aws.EnterStandby;
using Remediator.Actions.Tests.Cluster;
using Remediator.Core.Actions;

namespace Remediator.Actions.Tests.Aws;

[Trait("Needs", "Cluster")]
[Collection(AwsNode.OneGroup)]
public sealed class EnterStandbyTests
{
    private const string Mark = "remediator.io/standby";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task AnInstance_GoesToStandby_AndComesBackWhenAllIsWell()
    {
        await using var node = await AwsNode.CreateAsync();
        var (request, plan) = (Request(node), await PlanAsync(node));
        Assert.Equal(
            $"put instance {AwsNode.Id} (node {node.Node.Name}) in Standby in Auto Scaling group workers, which wants one instance less "
                + "meanwhile",
            plan.Summary);
        var began = (await node.Standby.ApplyAsync(request, plan, Token)).Began;
        Assert.NotNull(began);
        Assert.Equal((ActState.InProgress, $"instance {AwsNode.Id} is EnteringStandby"), await LookAsync(node, plan, began.Handle));
        Assert.Equal((2, "act-1"), (node.Group.Desired, await node.AnnotationAsync(Mark)));
        node.Aws.Model.Settle();
        Assert.Equal((ActState.Done, $"instance {AwsNode.Id} is in Standby"), await LookAsync(node, plan, began.Handle));

        var back = await node.Standby.UndoAsync(request, plan, Token);
        Assert.Equal($"Instance {AwsNode.Id} is Standby: its node is not ready.", back.Message);
        Assert.NotNull(back.Began);
        await node.StatusAsync("boot-2", isReady: true);
        node.Instance.Checks = "initializing";
        Assert.Equal(
            (ActState.InProgress, $"instance {AwsNode.Id} is Standby: EC2's check of its instance is initializing"),
            await LookAsync(node, plan, back.Began.Handle));
        node.Instance.Checks = "ok";
        Assert.True((await node.Standby.WatchAsync(request, plan, back.Began.Handle, Token)).NeedsPush);
        Assert.NotNull((await node.Standby.UndoAsync(request, plan, Token)).Began);
        Assert.Equal(("Pending", 3), (node.Instance.Lifecycle, node.Group.Desired));
        Assert.False((await node.Standby.WatchAsync(request, plan, back.Began.Handle, Token)).NeedsPush);
        node.Aws.Model.Settle();
        Assert.True((await node.Standby.WatchAsync(request, plan, back.Began.Handle, Token)).NeedsPush);
        var done = await node.Standby.UndoAsync(request, plan, Token);
        Assert.Equal(
            ($"Instance {AwsNode.Id} is in service in Auto Scaling group workers.", null),
            (done.Message, await node.AnnotationAsync(Mark)));
        Assert.Null(done.Began);
        Assert.Equal(done.Message, (await node.Standby.UndoAsync(request, plan, Token)).Message);
    }

    [Fact]
    public async Task WithoutAnAnswer_ItIsOnlyLookedAt()
    {
        await using var node = await AwsNode.CreateAsync();
        var (request, plan) = (Request(node), await PlanAsync(node));
        node.Aws.Endpoint.Drop("EnterStandby");
        Assert.NotNull((await node.Standby.ApplyAsync(request, plan, Token)).Began);
        Assert.NotNull((await node.Standby.ApplyAsync(request, plan, Token)).Began);
        Assert.Equal((1, 2), (node.Aws.Endpoint.Count("EnterStandby"), node.Group.Desired));
    }

    /// <summary>An answer to a read may be older than the change.</summary>
    [Fact]
    public async Task AReadThatLagsBehind_ChangesNothing()
    {
        await using var node = await AwsNode.CreateAsync();
        node.Aws.Model.StaleReads = 8;
        var (request, plan) = (Request(node), await PlanAsync(node));
        var began = (await node.Standby.ApplyAsync(request, plan, Token)).Began!;
        Assert.Equal((ActState.InProgress, $"instance {AwsNode.Id} is InService"), await LookAsync(node, plan, began.Handle));
        await node.Standby.ApplyAsync(request, plan, Token);
        Assert.Equal((1, 2), (node.Aws.Endpoint.Count("EnterStandby"), node.Group.Desired));
    }

    [Fact]
    public async Task WhatSomebodyElseHasPutInStandby_StaysThere()
    {
        await using var node = await AwsNode.CreateAsync();
        var plan = await PlanAsync(node);
        node.Instance.Lifecycle = "Standby";
        await node.StatusAsync("boot-2", isReady: true);
        Assert.Equal(
            $"node {node.Node.Name} does not carry the mark of this action any more; what is in Standby stays there.",
            (await node.Standby.UndoAsync(Request(node), plan, Token)).Message);
        Assert.Equal("Standby", node.Instance.Lifecycle);
    }

    [Fact]
    public async Task AtTheGroupsMaximum_ItDoesNotComeBackByForce()
    {
        await using var node = await AwsNode.CreateAsync();
        var (request, plan) = (Request(node), await PlanAsync(node));
        await node.Standby.ApplyAsync(request, plan, Token);
        node.Aws.Model.Settle();
        await node.StatusAsync("boot-2", isReady: true);
        node.Group.Max = 2;
        Assert.Equal(
            $"Instance {AwsNode.Id} is Standby: its Auto Scaling group workers wants its maximum of 2 already.",
            (await node.Standby.UndoAsync(request, plan, Token)).Message);
        Assert.Equal(0, node.Aws.Endpoint.Count("ExitStandby"));
    }

    public static TheoryData<string, string> Doubts => new()
    {
        { "no group", $"instance {AwsNode.Id} belongs to no Auto Scaling group" },
        { "minimum", "its Auto Scaling group workers is at its minimum of 3, and an instance in Standby is not counted" },
        { "standby", $"its Auto Scaling group workers has instance {AwsNode.Id} in Standby" },
        { "only one", "its Auto Scaling group workers has no other instance in service" },
        { "hook", $"its Auto Scaling group workers has instance {AwsNode.Id} in Terminating:Wait" },
        { "its own start", $"its Auto Scaling group workers has instance {AwsNode.Id} in Pending:Wait" },
        { "interrupted", $"EC2 takes spot instance {AwsNode.Id} back (marked-for-termination)" },
        { "reused address", $"the node has the address 10.0.0.1, and instance {AwsNode.Id} 10.0.9.9" },
        { "AddToLoadBalancer", "somebody has suspended AddToLoadBalancer of Auto Scaling group workers, and in service again it would get "
            + "no work" },
        { "warm pool", $"its Auto Scaling group workers has instance {AwsNode.Id} in Warmed:Stopped" },
        { "unhealthy", $"its Auto Scaling group workers takes instance {AwsNode.Id} for UNHEALTHY and is about to replace it" },
        { "zones", "without it zone eu-central-1a would have 0 instances of Auto Scaling group workers in service and another zone 2, so "
            + "that the group would end a healthy one there to balance them" },
        { "busy", "its Auto Scaling group workers is at work (Launching a new EC2 instance)" },
    };

    [Theory]
    [MemberData(nameof(Doubts))]
    public async Task WhatSpeaksAgainstIt_IsSaid(string trouble, string doubt)
    {
        await using var node = await AwsNode.CreateAsync();
        switch (trouble)
        {
            case "no group": node.Instance.Group = ""; break;
            case "minimum": node.Group.Min = 3; break;
            case "standby": node.Instance.Lifecycle = "Standby"; break;
            case "only one":
                (node.Group.Min, node.Group.Desired) = (0, 1);
                node.Aws.Model.Instances.Remove("i-0123456789abcdef1");
                node.Aws.Model.Instances["i-0123456789abcdef2"].Lifecycle = "Pending";
                break;
            case "hook": node.Instance.Lifecycle = "Terminating:Wait"; break;
            case "its own start": node.Instance.Lifecycle = "Pending:Wait"; break;
            case "interrupted": (node.Instance.IsSpot, node.Instance.SpotStatus) = (true, "marked-for-termination"); break;
            case "reused address": node.Aws.Model.Add(node.Instance with { Address = "10.0.9.9" }); break;
            case "AddToLoadBalancer": node.Group.Suspended.Add(trouble); break;
            case "warm pool": node.Instance.Lifecycle = "Warmed:Stopped"; break;
            case "unhealthy": node.Instance.Health = "Unhealthy"; break;
            case "zones":
                node.Aws.Model.Add(new Testing.Aws.ModelInstance("i-0123456789abcdef3") { Group = "workers", Zone = "eu-central-1b" });
                node.Group.Desired = 4;
                break;
            case "busy": node.Group.Activities.Add("Launching a new EC2 instance"); break;
        }

        Assert.Equal(
            $"node {node.Node.Name} is not put in Standby: {doubt}.", (await node.Standby.PlanAsync(Request(node), Token)).Refusal);
    }

    /// <summary>Between its plan and the call, a person may have taken hours to approve it.</summary>
    [Theory]
    [InlineData(StandbyCapacity.Lower, "its Auto Scaling group workers is at work (Launching a new EC2 instance)")]
    [InlineData(StandbyCapacity.Keep, "somebody has suspended Launch of Auto Scaling group workers")]
    public async Task WhatCameBetweenPlanAndCall_IsSeen(StandbyCapacity capacity, string doubt)
    {
        await using var node = await AwsNode.CreateAsync();
        var request = node.Request(new EnterStandbyInput { Capacity = capacity });
        var plan = (await node.Standby.PlanAsync(request, Token)).Plan!;
        node.Group.Activities.Add("Launching a new EC2 instance");
        if (capacity is StandbyCapacity.Keep)
            node.Group.Suspended.Add("Launch");
        var e = await Assert.ThrowsAsync<ActionFailedException>(() => node.Standby.ApplyAsync(request, plan, Token));
        Assert.Equal((FailureKind.Permanent, $"node {node.Node.Name}: {doubt}; nothing was done."), (e.Kind, e.Message));
        Assert.Equal((0, null), (node.Aws.Endpoint.Count("EnterStandby"), await node.AnnotationAsync(Mark)));
    }

    [Fact]
    public async Task WhereTheGroupBalancesNothing_ZonesMayDiffer()
    {
        await using var node = await AwsNode.CreateAsync();
        node.Aws.Model.Add(new Testing.Aws.ModelInstance("i-0123456789abcdef3") { Group = "workers", Zone = "eu-central-1b" });
        node.Group.Desired = 4;
        node.Group.Suspended.Add("AZRebalance");
        await PlanAsync(node);
    }

    [Fact]
    public async Task WithItsPermissionsAlone_ItWorks_AndItAsksForAllOfThem()
    {
        await using var node = await AwsNode.CreateAsync();
        node.Instance.IsSpot = true;
        await using var cluster = await OnlyItsPermissions.OfAsync(node.Node.Space, "aws.enter-standby");
        var declared = node.Standby.Descriptor.Permissions.OfType<AwsPermission>().ToList();
        node.Aws.Endpoint.Allowed = [.. declared.Select(p => (p.Action, p.Tag))];
        var action = new EnterStandbyAction(cluster.Api, node.Aws.Api, node.Aws.Reader(cluster.Api));
        var keeps = node.Request(new EnterStandbyInput { Capacity = StandbyCapacity.Keep });
        Assert.NotNull((await action.PlanAsync(keeps, Token)).Plan);
        var plan = (await action.PlanAsync(Request(node), Token)).Plan;
        Assert.NotNull(plan);
        node.Group.Tags.Clear();
        var e = await Assert.ThrowsAsync<ActionFailedException>(() => action.ApplyAsync(Request(node), plan, Token));
        Assert.Contains("403 AccessDenied", e.Message, StringComparison.Ordinal);
        Assert.Null(await node.AnnotationAsync(Mark));

        node.Group.Tags["remediator"] = "allowed";
        await action.ApplyAsync(Request(node), plan, Token);
        node.Aws.Model.Settle();
        await node.StatusAsync("boot-2", isReady: true);
        await action.UndoAsync(Request(node), plan, Token);
        Assert.Equal("Pending", node.Instance.Lifecycle);
        Assert.Equal(
            declared.Select(p => p.Action.Split(':')[1]).Order(), node.Aws.Endpoint.Calls.Select(c => c.Action).Distinct().Order());
    }

    private static ActionRequest Request(AwsNode node) => node.Request(new EnterStandbyInput());

    private static async Task<ActionPlan> PlanAsync(AwsNode node)
    {
        var planned = await node.Standby.PlanAsync(Request(node), Token);
        Assert.Null(planned.Refusal);
        return planned.Plan!;
    }

    private static async Task<(ActState State, string Seen)> LookAsync(AwsNode node, ActionPlan plan, string handle)
    {
        var status = await node.Standby.WatchAsync(Request(node), plan, handle, Token);
        return (status.State, status.Seen);
    }
}
