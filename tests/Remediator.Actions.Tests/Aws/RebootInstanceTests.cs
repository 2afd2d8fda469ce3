using Remediator.Actions.Aws.RebootInstance;
using Remediator.Actions.Tests.Cluster;
using Remediator.Core.Actions;
using Remediator.Core.Facts;

namespace Remediator.Actions.Tests.Aws;

/// <summary>Against hollow nodes of the real cluster, whose machines are instances of the model.</summary>
[Trait("Needs", "Cluster")]
public sealed class RebootInstanceTests
{
    private const string Name = "aws.reboot-instance";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task AReboot_IsProvenByAnotherStart_AReadyNode_AndEveryCheck()
    {
        await using var node = await AwsNode.CreateAsync("Standby");
        var request = node.Request();
        var plan = await PlanAsync(node, request);
        Assert.Equal($"reboot instance {AwsNode.Id} (node {node.Node.Name})", plan.Summary);
        Assert.Equal("boot-1", plan.Preconditions["boot_id"]);
        Assert.Equal(ProbeAnswer.DidNotHappen, (await node.Reboot.ProbeAsync(request, plan, Token)).Answer);

        var outcome = await node.Reboot.ApplyAsync(request, plan, Token);
        Assert.StartsWith($"AWS was asked to reboot instance {AwsNode.Id} (request ", outcome.Message, StringComparison.Ordinal);
        Assert.Equal(TimeSpan.FromMinutes(20), outcome.Began?.Within);
        Assert.Equal(ProbeAnswer.Happened, (await node.Reboot.ProbeAsync(request, plan, Token)).Answer);
        Assert.Equal(
            (ActState.InProgress, $"instance {AwsNode.Id} has not started again yet, according to its kubelet"),
            await LookAsync(node, request, plan));

        await node.StatusAsync("boot-2", isReady: false);
        Assert.Equal(
            (ActState.InProgress, $"instance {AwsNode.Id} was started again; its node is not ready yet"),
            await LookAsync(node, request, plan));
        await node.StatusAsync("boot-2", isReady: true);
        Assert.Equal(
            (ActState.InProgress,
                $"instance {AwsNode.Id} was started again and its node is ready; EC2's check of its instance is initializing"),
            await LookAsync(node, request, plan));
        node.Instance.Checks = "ok";
        node.Instance.Volumes = "impaired";
        Assert.Equal(
            (ActState.InProgress, $"instance {AwsNode.Id} was started again and its node is ready; EC2's check of its volumes is impaired"),
            await LookAsync(node, request, plan));
        node.Instance.Volumes = "ok";
        Assert.Equal(
            (ActState.Done, $"instance {AwsNode.Id} was started again, its node is ready, and EC2's checks are ok"),
            await LookAsync(node, request, plan));
        Assert.Equal(1, node.Instance.Reboots);
    }

    /// <summary>A stronger step may follow then; one whose boot id is the same is for people.</summary>
    [Fact]
    public async Task AReboot_AfterWhichTheNodeIsNotReady_IsOver_AndDidNotHelp()
    {
        await using var node = await AwsNode.CreateAsync("Standby");
        var request = node.Request();
        var plan = await PlanAsync(node, request);
        await node.Reboot.ApplyAsync(request, plan, Token);
        var asked = TimeProvider.System.GetUtcNow().AddMinutes(-16).ToUnixTimeSeconds();
        await node.PatchAsync($$$"""{"metadata":{"annotations":{"remediator.io/rebooted-at":"{{{asked}}}"} } }""", isStatus: false);
        Assert.Equal(
            (ActState.InProgress, $"instance {AwsNode.Id} has not started again yet, according to its kubelet"),
            await LookAsync(node, request, plan));
        await node.StatusAsync("boot-2", isReady: false);
        Assert.Equal(
            (ActState.Done,
                $"instance {AwsNode.Id} was started again, and its node is not ready 15 minutes after that was asked for"),
            await LookAsync(node, request, plan));
    }

    /// <summary>A replica that was killed between the mark, the call and its record.</summary>
    [Fact]
    public async Task WhoeverGoesOnWithIt_NeverSendsItAgain()
    {
        await using var node = await AwsNode.CreateAsync("Standby");
        var (request, plan) = (node.Request(), await PlanAsync(node, node.Request()));
        await node.Reboot.ApplyAsync(request, plan, Token);
        var again = await node.Reboot.ApplyAsync(request, plan, Token);
        Assert.Equal($"AWS was asked to reboot instance {AwsNode.Id} before; it is only looked at.", again.Message);
        Assert.NotNull(again.Began);
        Assert.Equal(1, node.Instance.Reboots);
    }

    [Fact]
    public async Task WithoutAnAnswer_ItIsOnlyLookedAt()
    {
        await using var node = await AwsNode.CreateAsync("Standby");
        var (request, plan) = (node.Request(), await PlanAsync(node, node.Request()));
        node.Aws.Endpoint.Drop("RebootInstances");
        var outcome = await node.Reboot.ApplyAsync(request, plan, Token);
        Assert.EndsWith(
            "Whether it was accepted is seen by what happens; it is not asked for again.", outcome.Message, StringComparison.Ordinal);
        Assert.NotNull(outcome.Began);
        await node.Reboot.ApplyAsync(request, plan, Token);
        Assert.Equal(1, node.Instance.Reboots);
    }

    /// <summary>After 20 minutes without another start people get it, and a later incident does not ask again.</summary>
    [Fact]
    public async Task OneStartOfAMachine_IsAskedToEndOnce_InAllIncidents()
    {
        await using var node = await AwsNode.CreateAsync("Standby");
        await node.Reboot.ApplyAsync(node.Request(), await PlanAsync(node, node.Request()), Token);
        var refused = await node.Reboot.PlanAsync(node.Request("act-2"), Token);
        Assert.Equal(
            $"node {node.Node.Name} is not rebooted: the action act-1 has asked for that already since it last started.", refused.Refusal);

        await node.StatusAsync("boot-2", isReady: false);
        Assert.NotNull((await node.Reboot.PlanAsync(node.Request("act-2"), Token)).Plan);
    }

    [Fact]
    public async Task WhatWasCertainlyRefused_LeavesNoMark()
    {
        await using var node = await AwsNode.CreateAsync("Standby");
        var (request, plan) = (node.Request(), await PlanAsync(node, node.Request()));
        node.Aws.Endpoint.Fail("RebootInstances", 503, "RequestLimitExceeded");
        var e = await Assert.ThrowsAsync<ActionFailedException>(() => node.Reboot.ApplyAsync(request, plan, Token));
        Assert.Equal(FailureKind.Transient, e.Kind);
        Assert.Null(await node.AnnotationAsync("remediator.io/rebooted-boot"));
        await node.Reboot.ApplyAsync(request, plan, Token);
        Assert.Equal(1, node.Instance.Reboots);
    }

    [Fact]
    public async Task AMachineThatStartedAgainBeforeTheCall_IsLeft()
    {
        await using var node = await AwsNode.CreateAsync("Standby");
        var plan = await PlanAsync(node, node.Request());
        await node.StatusAsync("boot-2", isReady: false);
        var e = await Assert.ThrowsAsync<ActionFailedException>(() => node.Reboot.ApplyAsync(node.Request(), plan, Token));
        Assert.Equal(
            (FailureKind.Permanent, $"node {node.Node.Name}: it was started again since this was planned; nothing was done."),
            (e.Kind, e.Message));
        Assert.Equal(0, node.Instance.Reboots);
    }

    [Fact]
    public async Task AnInstanceThatWasEndedMeanwhile_IsAFailure()
    {
        await using var node = await AwsNode.CreateAsync("Standby");
        var (request, plan) = (node.Request(), await PlanAsync(node, node.Request()));
        await node.Reboot.ApplyAsync(request, plan, Token);
        node.Instance.Lifecycle = "Terminating";
        Assert.Equal(
            (ActState.Failed, $"its Auto Scaling group has taken instance {AwsNode.Id} out of service: it is Terminating"),
            await LookAsync(node, request, plan));
        node.Instance.State = "terminated";
        Assert.Equal(
            (ActState.Failed, $"instance {AwsNode.Id} is terminated: somebody has stopped or ended it meanwhile"),
            await LookAsync(node, request, plan));
    }

    public static TheoryData<string, string> Doubts => new()
    {
        { "in service", $"its Auto Scaling group workers would replace instance {AwsNode.Id} if it looked unhealthy while it starts; it "
            + "has to be in Standby first (aws.enter-standby)" },
        { "its own start", $"its Auto Scaling group workers has instance {AwsNode.Id} in Pending:Wait" },
        { "interrupted", $"EC2 takes spot instance {AwsNode.Id} back (marked-for-stop)" },
        { "reused address", $"the node has the address 10.0.0.1, and instance {AwsNode.Id} 10.0.9.9" },
        { "warm", $"its Auto Scaling group workers has instance {AwsNode.Id} in Warmed:Running" },
        { "stopped", $"instance {AwsNode.Id} is stopped" },
        { "terminated", $"instance {AwsNode.Id} is terminated" },
        { "retired", $"EC2 has announced instance-retirement for instance {AwsNode.Id}, which a reboot does not help" },
        { "ready", "it is ready" },
        { "another cluster's", $"instance {AwsNode.Id} is tagged as one of cluster other, not of test; if that is this cluster, set "
            + "Aws:Cluster to that name" },
        { "unknown", $"EC2 knows no instance {AwsNode.Id}, which the node says it is" },
        { "others", "it is being worked on by Karpenter (taint karpenter.sh/disrupted)" },
        { "control plane", "it is of the control plane, which is for people" },
    };

    [Theory]
    [MemberData(nameof(Doubts))]
    public async Task WhatSpeaksAgainstIt_IsSaid(string trouble, string doubt)
    {
        await using var node = await AwsNode.CreateAsync("Standby");
        switch (trouble)
        {
            case "in service": node.Instance.Lifecycle = "InService"; break;
            case "its own start": node.Instance.Lifecycle = "Pending:Wait"; break;
            case "interrupted": (node.Instance.IsSpot, node.Instance.SpotStatus) = (true, "marked-for-stop"); break;
            case "reused address": node.Aws.Model.Add(node.Instance with { Address = "10.0.9.9" }); break;
            case "warm": node.Instance.Lifecycle = "Warmed:Running"; break;
            case "stopped" or "terminated": node.Instance.State = trouble; break;
            case "retired": node.Instance.Event = "instance-retirement"; break;
            case "ready": await node.StatusAsync("boot-1", isReady: true); break;
            case "another cluster's":
                node.Instance.Tags.Remove("kubernetes.io/cluster/test");
                node.Instance.Tags["kubernetes.io/cluster/other"] = "owned";
                break;
            case "unknown": node.Aws.Model.Instances.Remove(AwsNode.Id); break;
            case "others":
                // which would put back the list that it had read before
                await TestNamespace.UntilAsync(
                    "the taint of the node controller", node.Node.ReadAsync,
                    n => n.Spec.Taints?.Any(t => t.Key == "node.kubernetes.io/unreachable") == true);
                await node.PatchAsync("""{"spec":{"taints":[{"key":"karpenter.sh/disrupted","effect":"NoSchedule"}]}}""", isStatus: false);
                break;
            case "control plane":
                await node.PatchAsync("""{"metadata":{"labels":{"node-role.kubernetes.io/control-plane":""}}}""", isStatus: false);
                break;
        }

        Assert.Equal(
            $"node {node.Node.Name} is not rebooted: {doubt}.", (await node.Reboot.PlanAsync(node.Request(), Token)).Refusal);
        Assert.Equal(0, node.Aws.Endpoint.Count("RebootInstances"));
    }

    [Fact]
    public async Task WithoutEvidence_OrWithPodsThatRun_ItIsNotRebooted()
    {
        await using var node = await AwsNode.CreateAsync("Standby");
        var name = node.Node.Name;
        Assert.Equal(
            $"node {name} is not rebooted: nothing of it was kept elsewhere, and a reboot takes what could tell the cause (evidence: "
                + "aws.console-output).",
            (await node.Reboot.PlanAsync(node.Request() with { Facts = FactView.Empty }, Token)).Refusal);
        Assert.Equal(
            $"node {name} is not rebooted: it has to be drained first, since pods on it would go down with it: shop/api-1.",
            (await node.Reboot.PlanAsync(node.Request("act-1",
                Fact.Parse($$"""pod{namespace="shop",pod="api-1",node="{{name}}",phase="Running",workload_kind="deployment"}"""),
                Fact.Parse($$"""pod{namespace="shop",pod="api-2",node="{{name}}",phase="Running",terminating="true"}"""),
                Fact.Parse($$"""pod{namespace="shop",pod="logs",node="{{name}}",phase="Running",workload_kind="daemonset"}"""),
                Fact.Parse($$"""pod{namespace="shop",pod="job",node="{{name}}",phase="Succeeded",workload_kind="job"}"""),
                Fact.Parse("""pod{namespace="shop",pod="api-3",node="n2",phase="Running",workload_kind="deployment"}""")), Token)).Refusal);
    }

    /// <summary>A group that does not replace what looks unhealthy cannot be in the way.</summary>
    [Theory]
    [InlineData("ReplaceUnhealthy")]
    [InlineData("HealthCheck")]
    public async Task WhereTheGroupReplacesNothing_ItNeedsNoStandby(string suspended)
    {
        await using var node = await AwsNode.CreateAsync();
        node.Group.Suspended.Add(suspended);
        Assert.NotNull((await node.Reboot.PlanAsync(node.Request(), Token)).Plan);
    }

    [Fact]
    public async Task WithItsPermissionsAlone_ItWorks_AndItAsksForAllOfThem()
    {
        await using var node = await AwsNode.CreateAsync("Standby");
        node.Instance.IsSpot = true;
        await using var cluster = await OnlyItsPermissions.OfAsync(node.Node.Space, Name);
        var declared = node.Reboot.Descriptor.Permissions.OfType<AwsPermission>().ToList();
        node.Aws.Endpoint.Allowed = [.. declared.Select(p => (p.Action, p.Tag))];
        var action = new RebootInstanceAction(cluster.Api, node.Aws.Api, node.Aws.Reader(cluster.Api));
        var plan = (await action.PlanAsync(node.Request(), Token)).Plan;
        Assert.NotNull(plan);

        node.Instance.Tags.Remove("remediator");
        var e = await Assert.ThrowsAsync<ActionFailedException>(() => action.ApplyAsync(node.Request(), plan, Token));
        Assert.Equal(FailureKind.Permanent, e.Kind);
        Assert.Contains("403 UnauthorizedOperation", e.Message, StringComparison.Ordinal);
        Assert.Equal(0, node.Instance.Reboots);

        node.Instance.Tags["remediator"] = "allowed";
        await action.ApplyAsync(node.Request(), plan, Token);
        Assert.Equal(1, node.Instance.Reboots);
        Assert.Equal(
            declared.Select(p => p.Action.Split(':')[1]).Order(), node.Aws.Endpoint.Calls.Select(c => c.Action).Distinct().Order());
    }

    private static async Task<ActionPlan> PlanAsync(AwsNode node, ActionRequest request)
    {
        var planned = await node.Reboot.PlanAsync(request, Token);
        Assert.Null(planned.Refusal);
        return planned.Plan!;
    }

    private static async Task<(ActState State, string Seen)> LookAsync(AwsNode node, ActionRequest request, ActionPlan plan)
    {
        var status = await node.Reboot.WatchAsync(request, plan, "boot-1", Token);
        return (status.State, status.Seen);
    }
}
