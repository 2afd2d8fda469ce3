using Remediator.Actions.Aws.EnterStandby;
using Remediator.Actions.Aws.StopStartInstance;
using Remediator.Actions.Tests.Cluster;
using Remediator.Core.Actions;
using Remediator.Core.Facts;
using Remediator.Core.Policies;

namespace Remediator.Actions.Tests.Aws;

/// <summary>Against hollow nodes of the real cluster, whose machines are instances of the model.</summary>
[Trait("Needs", "Cluster")]
public sealed class StopStartInstanceTests
{
    private const string Name = "aws.stop-start-instance";
    private const string Asked = "remediator.io/moving-asked";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task AMachineOnBadHardware_IsStopped_AndStartedOnce()
    {
        await using var node = await InStandbyAsync();
        var plan = await PlanAsync(node);
        Assert.Equal(
            $"stop instance {AwsNode.Id} (node {node.Node.Name}) and start it on other hardware, since EC2's check of its system is "
                + "impaired", plan.Summary);
        Assert.Equal(ProbeAnswer.DidNotHappen, (await node.StopStart.ProbeAsync(Request(node), plan, Token)).Answer);
        var outcome = await node.StopStart.ApplyAsync(Request(node), plan, Token);
        Assert.StartsWith($"AWS was asked to stop instance {AwsNode.Id} (request ", outcome.Message, StringComparison.Ordinal);
        Assert.Equal((TimeSpan.FromMinutes(40), "stop"), (outcome.Began?.Within, await node.AnnotationAsync(Asked)));
        Assert.Equal(ProbeAnswer.Happened, (await node.StopStart.ProbeAsync(Request(node), plan, Token)).Answer);
        Assert.Equal((ActState.InProgress, $"instance {AwsNode.Id} is stopping", false), await LookAsync(node, plan));
        Assert.Equal(
            $"AWS was asked to stop instance {AwsNode.Id} before; it is only looked at.",
            (await node.StopStart.ApplyAsync(Request(node), plan, Token)).Message);

        node.Aws.Model.Settle();
        Assert.Equal((ActState.InProgress, $"instance {AwsNode.Id} is stopped", true), await LookAsync(node, plan));
        outcome = await node.StopStart.ApplyAsync(Request(node), plan, Token);
        Assert.StartsWith($"AWS was asked to start instance {AwsNode.Id} (request ", outcome.Message, StringComparison.Ordinal);
        await node.StopStart.ApplyAsync(Request(node), plan, Token);
        Assert.Equal(
            (ActState.InProgress, $"instance {AwsNode.Id} is pending, and EC2 was asked to start it", false), await LookAsync(node, plan));
        node.Aws.Model.Settle();
        Assert.Equal(
            (ActState.InProgress, $"instance {AwsNode.Id} runs, and has not started again yet, according to its kubelet", false),
            await LookAsync(node, plan));
        await node.StatusAsync("boot-2", isReady: false);
        Assert.Equal(
            (ActState.InProgress, $"instance {AwsNode.Id} was stopped and started; its node is not ready yet", false),
            await LookAsync(node, plan));
        await node.StatusAsync("boot-2", isReady: true);
        Assert.Equal(
            (ActState.InProgress,
                $"instance {AwsNode.Id} was stopped and started and its node is ready; EC2's check of its instance is initializing", false),
            await LookAsync(node, plan));
        node.Instance.Checks = "ok";
        Assert.Equal(
            (ActState.Done, $"instance {AwsNode.Id} was stopped and started, its node is ready, and EC2's checks are ok", false),
            await LookAsync(node, plan));
        Assert.Equal((1, 1), (node.Instance.Stops, node.Instance.Starts));
    }

    /// <summary>A stronger step may follow then.</summary>
    /// <param name="bootId">As its kubelet says it, which may not have come up at all.</param>
    [Theory]
    [InlineData("boot-2")]
    [InlineData("boot-1")]
    public async Task AfterWhichTheNodeIsNotReady_ItIsOver_AndDidNotHelp(string bootId)
    {
        await using var node = await InStandbyAsync();
        var plan = await PlanAsync(node);
        await StoppedAsync(node, plan);
        await node.StopStart.ApplyAsync(Request(node), plan, Token);
        node.Aws.Model.Settle();
        await node.StatusAsync(bootId, isReady: false);
        var asked = TimeProvider.System.GetUtcNow().AddMinutes(-16).ToUnixTimeSeconds();
        await node.PatchAsync($$$"""{"metadata":{"annotations":{"remediator.io/moving-at":"{{{asked}}}"} } }""", isStatus: false);
        Assert.Equal(
            (ActState.Done,
                $"instance {AwsNode.Id} was stopped and started, and its node is not ready 15 minutes after that was asked for", false),
            await LookAsync(node, plan));
    }

    [Fact]
    public async Task WithoutAnAnswer_NeitherIsAskedForAgain()
    {
        await using var node = await InStandbyAsync();
        var plan = await PlanAsync(node);
        node.Aws.Endpoint.Drop("StopInstances");
        var outcome = await node.StopStart.ApplyAsync(Request(node), plan, Token);
        Assert.EndsWith(
            "Whether it was accepted is seen by what happens; it is not asked for again.", outcome.Message, StringComparison.Ordinal);
        await node.StopStart.ApplyAsync(Request(node), plan, Token);
        node.Aws.Model.Settle();
        node.Aws.Endpoint.Drop("StartInstances");
        await node.StopStart.ApplyAsync(Request(node), plan, Token);
        node.Instance.State = "stopped";
        Assert.Equal(
            (ActState.InProgress, $"instance {AwsNode.Id} is stopped, and EC2 was asked to start it", false), await LookAsync(node, plan));
        await node.StopStart.ApplyAsync(Request(node), plan, Token);
        Assert.Equal((1, 1), (node.Aws.Endpoint.Count("StopInstances"), node.Aws.Endpoint.Count("StartInstances")));
    }

    [Fact]
    public async Task AStopThatWasCertainlyRefused_LeavesNoMark()
    {
        await using var node = await InStandbyAsync();
        node.Instance.IsStopProtected = true;
        var plan = await PlanAsync(node);
        var e = await Assert.ThrowsAsync<ActionFailedException>(() => node.StopStart.ApplyAsync(Request(node), plan, Token));
        Assert.Equal((FailureKind.Permanent, null), (e.Kind, await node.AnnotationAsync(Asked)));
        Assert.Contains("400 OperationNotPermitted", e.Message, StringComparison.Ordinal);
        Assert.Equal("running", node.Instance.State);
    }

    /// <summary>EC2 says so with a status that elsewhere leaves open what was done.</summary>
    [Fact]
    public async Task AStartThatEc2HasNoRoomFor_IsAskedForAgain()
    {
        await using var node = await InStandbyAsync();
        var plan = await PlanAsync(node);
        await StoppedAsync(node, plan);
        node.Instance.HasNoCapacity = true;
        var e = await Assert.ThrowsAsync<ActionFailedException>(() => node.StopStart.ApplyAsync(Request(node), plan, Token));
        Assert.Equal((FailureKind.Transient, "stop"), (e.Kind, await node.AnnotationAsync(Asked)));
        Assert.True((await LookAsync(node, plan)).NeedsPush);
        node.Instance.HasNoCapacity = false;
        await node.StopStart.ApplyAsync(Request(node), plan, Token);
        Assert.Equal(1, node.Instance.Starts);
    }

    /// <summary>EC2 may accept a start, and stop the instance again for want of room; whoever else has stopped it wants it off.</summary>
    [Theory]
    [InlineData("Server.InsufficientInstanceCapacity", 2)]
    [InlineData("Client.UserInitiatedShutdown", 1)]
    [InlineData("Server.InternalError", 1)]
    public async Task AStartThatEndsForWantOfRoom_IsAskedForAgain(string reason, int starts)
    {
        await using var node = await InStandbyAsync();
        var plan = await PlanAsync(node);
        await StoppedAsync(node, plan);
        await node.StopStart.ApplyAsync(Request(node), plan, Token);
        (node.Instance.State, node.Instance.StateReason) = ("stopped", reason);
        Assert.Equal(starts > 1, (await LookAsync(node, plan)).NeedsPush);
        await node.StopStart.ApplyAsync(Request(node), plan, Token);
        Assert.Equal((starts, "start"), (node.Instance.Starts, await node.AnnotationAsync(Asked)));
    }

    [Theory]
    [InlineData("terminated", "somebody has ended it meanwhile")]
    [InlineData("InService", "somebody has taken instance i-0123456789abcdef0 out of Standby in Auto Scaling group workers (InService)")]
    public async Task WhoeverTakesItMeanwhile_HasIt(string what, string why)
    {
        await using var node = await InStandbyAsync();
        var plan = await PlanAsync(node);
        await StoppedAsync(node, plan);
        (node.Instance.State, node.Instance.Lifecycle) = what == "InService" ? ("stopped", what) : (what, "Standby");
        var (state, seen, _) = await LookAsync(node, plan);
        Assert.Equal(ActState.Failed, state);
        Assert.Contains(why, seen, StringComparison.Ordinal);
        if (what == "InService")
            await Assert.ThrowsAsync<ActionFailedException>(() => node.StopStart.ApplyAsync(Request(node), plan, Token));
        Assert.Equal(0, node.Instance.Starts);
    }

    public static TheoryData<string, string> Doubts => new()
    {
        { "sound", $"nothing says that the hardware under instance {AwsNode.Id} is bad" },
        { "initializing", $"nothing says that the hardware under instance {AwsNode.Id} is bad" },
        { "reboot event", $"nothing says that the hardware under instance {AwsNode.Id} is bad" },
        { "spot", $"instance {AwsNode.Id} is a spot instance, which EC2 may not start again" },
        { "block", $"instance {AwsNode.Id} is a capacity-block instance, which EC2 may not start again" },
        { "interrupted", $"EC2 takes spot instance {AwsNode.Id} back (marked-for-stop)" },
        { "root", $"the root of instance {AwsNode.Id} is on no EBS volume, and would be lost" },
        { "dedicated", $"instance {AwsNode.Id} belongs to a dedicated host, and may start on the same one" },
        {
            "store",
            "instances of type m7id.large have an instance store, which is lost when they stop, unless the policy says local_data: lost "
                + "for its group"
        },
        {
            "in service",
            $"its Auto Scaling group workers would replace instance {AwsNode.Id} while it is stopped; it has to be in Standby first "
                + "(aws.enter-standby)"
        },
        { "hook", $"its Auto Scaling group workers has instance {AwsNode.Id} in Pending:Wait" },
        { "of others", $"somebody has put instance {AwsNode.Id} in Standby" },
        { "stopped", $"instance {AwsNode.Id} is stopped" },
        { "ready", "it is ready" },
        { "no boot", "its kubelet has never said which start of the machine it runs on, so that another one could not be proven" },
        { "address", $"the node has the address 10.0.0.1, and instance {AwsNode.Id} 10.0.0.9" },
        { "evidence", "nothing of it was kept elsewhere, and a stop takes what could tell the cause (evidence: aws.console-output)" },
        { "pods", "it has to be drained first, since pods on it would go down with it: shop/api-1" },
    };

    [Theory]
    [MemberData(nameof(Doubts))]
    public async Task WhatSpeaksAgainstIt_IsSaid(string trouble, string doubt)
    {
        await using var node = await InStandbyAsync();
        var request = Request(node);
        await (trouble switch
        {
            "ready" => node.StatusAsync("boot-1", isReady: true),
            "no boot" => node.StatusAsync("", isReady: false),
            "of others" => node.PatchAsync("""{"metadata":{"annotations":{"remediator.io/standby":null} } }""", isStatus: false),
            _ => Task.CompletedTask,
        });
        _ = trouble switch
        {
            "sound" => node.Instance.System = "ok",
            "initializing" => node.Instance.System = "initializing",
            "reboot event" => (node.Instance.System, node.Instance.Event) = ("ok", "system-reboot"),
            "spot" => node.Instance.IsSpot = true,
            "block" => node.Instance.Bought = "capacity-block",
            "interrupted" => (node.Instance.IsSpot, node.Instance.SpotStatus) = (true, "marked-for-stop"),
            "root" => node.Instance.IsEbs = false,
            "dedicated" => node.Instance.Tenancy = "host",
            "store" => node.Instance.Type = "m7id.large",
            "in service" => node.Instance.Lifecycle = "InService",
            "hook" => node.Instance.Lifecycle = "Pending:Wait",
            "stopped" => node.Instance.State = "stopped",
            "address" => node.Instance.Address = "10.0.0.9",
            "evidence" => request = request with { Facts = new(1, TimeProvider.System.GetUtcNow(), []) },
            "pods" => request = node.Request(
                new StopStartInstanceInput(), "act-1",
                Fact.Parse($$"""pod{namespace="shop", pod="api-1", node="{{node.Node.Name}}", phase="Running"}""")),
            _ => (object)trouble,
        };
        var planned = await node.StopStart.PlanAsync(request, Token);
        Assert.Equal($"node {node.Node.Name} is not stopped and started: {doubt}.", planned.Refusal);
        Assert.Equal(0, node.Instance.Stops);
    }

    [Fact]
    public async Task WhereThePolicyGivesUpLocalData_AnInstanceStoreIsNoReason()
    {
        await using var node = await InStandbyAsync();
        (node.Instance.Type, node.Instance.System, node.Instance.Event) = ("m7id.large", "ok", "instance-retirement");
        node.Aws.Policy = new ManagedGroup { Name = "workers", LosesLocalData = true };
        Assert.EndsWith("since EC2 has announced instance-retirement", (await PlanAsync(node)).Summary, StringComparison.Ordinal);
    }

    /// <summary>What came between the plan and the call.</summary>
    [Theory]
    [InlineData("InService", "it has to be in Standby first")]
    [InlineData("boot", "it was started again since this was planned")]
    public async Task WhatChangedSinceThePlan_KeepsItRunning(string what, string why)
    {
        await using var node = await InStandbyAsync();
        var plan = await PlanAsync(node);
        if (what == "boot")
            await node.StatusAsync("boot-2", isReady: false);
        else
            node.Instance.Lifecycle = what;
        var e = await Assert.ThrowsAsync<ActionFailedException>(() => node.StopStart.ApplyAsync(Request(node), plan, Token));
        Assert.Equal(FailureKind.Permanent, e.Kind);
        Assert.Contains(why, e.Message, StringComparison.Ordinal);
        Assert.Equal(0, node.Aws.Endpoint.Count("StopInstances"));
    }

    [Fact]
    public async Task OneStartOfAMachine_IsAskedToEndOnce_InAllIncidents()
    {
        await using var node = await InStandbyAsync();
        await node.StopStart.ApplyAsync(Request(node), await PlanAsync(node), Token);
        node.Instance.State = "running";
        Assert.Equal(
            $"node {node.Node.Name} is not stopped and started: the action act-1 has asked for that already since it last started.",
            (await node.StopStart.PlanAsync(Request(node, "act-2"), Token)).Refusal);
    }

    [Fact]
    public async Task OneOfNoGroup_NeedsNoStandby()
    {
        await using var node = await AwsNode.CreateAsync();
        (node.Instance.Group, node.Instance.System) = ("", "impaired");
        var plan = await PlanAsync(node);
        await StoppedAsync(node, plan);
        await node.StopStart.ApplyAsync(Request(node), plan, Token);
        Assert.Equal((1, 1), (node.Instance.Stops, node.Instance.Starts));
    }

    [Fact]
    public async Task WithItsPermissionsAlone_ItWorks_AndItAsksForAllOfThem()
    {
        await using var node = await InStandbyAsync();
        await using var cluster = await OnlyItsPermissions.OfAsync(node.Node.Space, Name);
        var declared = node.StopStart.Descriptor.Permissions.OfType<AwsPermission>().ToList();
        node.Aws.Endpoint.Allowed = [.. declared.Select(p => (p.Action, p.Tag))];
        var before = node.Aws.Endpoint.Calls.Count;
        var action = new StopStartInstanceAction(cluster.Api, node.Aws.Api, node.Aws.Reader(cluster.Api));
        var plan = (await action.PlanAsync(Request(node), Token)).Plan;
        Assert.NotNull(plan);
        node.Instance.Tags.Remove("remediator");
        var e = await Assert.ThrowsAsync<ActionFailedException>(() => action.ApplyAsync(Request(node), plan, Token));
        Assert.Contains("403 UnauthorizedOperation", e.Message, StringComparison.Ordinal);
        Assert.Equal((0, null), (node.Instance.Stops, await node.AnnotationAsync(Asked)));

        node.Instance.Tags["remediator"] = "allowed";
        await action.ApplyAsync(Request(node), plan, Token);
        node.Aws.Model.Settle();
        await action.ApplyAsync(Request(node), plan, Token);
        Assert.Equal((1, 1), (node.Instance.Stops, node.Instance.Starts));
        var asked = node.Aws.Endpoint.Calls.Skip(before).Select(c => c.Action).Distinct().Append("DescribeSpotInstanceRequests");
        Assert.Equal(declared.Select(p => p.Action.Split(':')[1]).Order(), asked.Order());
    }

    /// <summary>Its hardware fails, and we have put it in Standby.</summary>
    private static async Task<AwsNode> InStandbyAsync()
    {
        var node = await AwsNode.CreateAsync();
        var request = node.Request(new EnterStandbyInput(), "standby-1");
        var planned = await node.Standby.PlanAsync(request, Token);
        Assert.Null(planned.Refusal);
        await node.Standby.ApplyAsync(request, planned.Plan!, Token);
        node.Aws.Model.Settle();
        node.Instance.System = "impaired";
        return node;
    }

    private static async Task StoppedAsync(AwsNode node, ActionPlan plan)
    {
        await node.StopStart.ApplyAsync(Request(node), plan, Token);
        node.Aws.Model.Settle();
        Assert.Equal("stopped", node.Instance.State);
    }

    private static ActionRequest Request(AwsNode node, string action = "act-1") => node.Request(new StopStartInstanceInput(), action);

    private static async Task<ActionPlan> PlanAsync(AwsNode node)
    {
        var planned = await node.StopStart.PlanAsync(Request(node), Token);
        Assert.Null(planned.Refusal);
        return planned.Plan!;
    }

    private static async Task<(ActState State, string Seen, bool NeedsPush)> LookAsync(AwsNode node, ActionPlan plan)
    {
        var status = await node.StopStart.WatchAsync(Request(node), plan, "boot-1", Token);
        return (status.State, status.Seen, status.NeedsPush);
    }
}
