using k8s;
using k8s.Models;
using Remediator.Actions.Aws.EnterStandby;
using Remediator.Actions.Aws.OutOfService;
using Remediator.Actions.Aws.ReplaceInstance;
using Remediator.Core.Actions;
using Remediator.Testing.Aws;

namespace Remediator.Actions.Tests.Aws;

/// <summary>What went wrong elsewhere, as people have reported it, against a group that does by itself what Auto Scaling does.</summary>
[Trait("Needs", "Cluster")]
[Collection(AwsNode.OneGroup)]
public sealed class ReportedCasesTests
{
    private const string InB = "i-0123456789abcdef1";
    private const string InC = "i-0123456789abcdef2";
    private const string AlsoInB = "i-0123456789abcdef3";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>plus3it/cfn PR 142: instances in Standby make a zone look empty, and the group ends healthy ones elsewhere.</summary>
    [Fact]
    public async Task Case41_TheGroupEndsNoHealthyInstanceToBalanceItsZones()
    {
        await using var node = await WithTwoInBAsync();
        await StandbyAsync(node, StandbyCapacity.Lower);
        node.Aws.Model.Tend();
        Assert.Equal("InService", node.Instance.Lifecycle);
        AssertInService(node, InB, InC, AlsoInB);

        // the group launches the other one where one is missing
        await StandbyAsync(node, StandbyCapacity.Keep);
        Launched(node).Checks = "ok";
        node.Aws.Model.Tend();
        Assert.Equal(("Standby", "eu-central-1a"), (node.Instance.Lifecycle, Launched(node).Zone));
        AssertInService(node, InB, InC, AlsoInB, Launched(node).Id);
    }

    /// <summary>Where the group balances nothing, a zone may be empty for a while.</summary>
    [Fact]
    public async Task Case41_WhereBalancingIsSuspended_TheSmallerStepIsTaken()
    {
        await using var node = await WithTwoInBAsync();
        node.Group.Suspended.Add("AZRebalance");
        await StandbyAsync(node, StandbyCapacity.Lower);
        node.Aws.Model.Tend();
        Assert.Equal(("Standby", 3), (node.Instance.Lifecycle, node.Group.Desired));
        AssertInService(node, InB, InC, AlsoInB);
    }

    [Fact]
    public async Task Case41_OneInEachZone_GoesToStandby()
    {
        await using var node = await AwsNode.CreateAsync();
        await StandbyAsync(node, StandbyCapacity.Lower);
        node.Aws.Model.Tend();
        Assert.Equal(("Standby", 2), (node.Instance.Lifecycle, node.Group.Desired));
        AssertInService(node, InB, InC);
    }

    /// <summary>
    /// hellofresh/eks-rolling-update #107: balancing had launched one more, and the group then ended one of its own choice; what was begun
    /// in between took two.
    /// </summary>
    [Theory]
    [InlineData(StandbyCapacity.Lower)]
    [InlineData(StandbyCapacity.Keep)]
    public async Task Case41_WhileTheGroupIsToEndOneByItself_NoneIsTakenFromIt(StandbyCapacity capacity)
    {
        await using var node = await AwsNode.CreateAsync();
        node.Aws.Model.Add(new ModelInstance(AlsoInB) { Group = "workers", Zone = "eu-central-1b" });
        Assert.Equal(
            $"node {node.Node.Name} is not put in Standby: its Auto Scaling group workers has 4 instances in service and wants 3: it is "
                + "about to end one.",
            (await node.Standby.PlanAsync(node.Request(new EnterStandbyInput { Capacity = capacity }), Token)).Refusal);
        node.Group.Max = 3;
        Assert.Equal(
            $"node {node.Node.Name} is not replaced: its Auto Scaling group workers has 4 instances in service and wants 3: it is about "
                + "to end one.",
            (await node.Replace.PlanAsync(node.Request(new ReplaceInstanceInput()), Token)).Refusal);
        node.Aws.Model.Tend();
        Assert.Equal(3, node.Aws.Model.Instances.Values.Count(i => i.Lifecycle == "InService"));
    }

    /// <summary>compiler-explorer/infra #54: the only healthy one went to Standby, and nothing served any more.</summary>
    [Fact]
    public async Task Case41_TheOnlyOneInServiceStaysThere()
    {
        await using var node = await AwsNode.CreateAsync();
        (node.Group.Min, node.Group.Desired) = (0, 1);
        (node.Aws.Model.Instances[InB].Lifecycle, node.Aws.Model.Instances[InC].Lifecycle) = ("Standby", "Standby");
        await StandbyAsync(node, StandbyCapacity.Lower);
        Assert.Equal("InService", node.Instance.Lifecycle);
    }

    /// <summary>
    /// aws/aws-parallelcluster #4751: ready again after its reboot, it left Standby while EC2's checks were bad still, and was replaced.
    /// </summary>
    [Theory]
    [InlineData("instance")]
    [InlineData("system")]
    [InlineData("volumes")]
    public async Task Case42_AfterAReboot_ItStaysInStandby_UntilEveryCheckIsOk(string check)
    {
        await using var node = await AwsNode.CreateAsync();
        var (request, plan) = await StandbyAsync(node, StandbyCapacity.Lower);
        await node.StatusAsync("boot-2", isReady: true);
        Set(node.Instance, check, "impaired");
        var back = await node.Standby.UndoAsync(request, plan!, Token);
        node.Aws.Model.Settle();
        node.Aws.Model.Tend();
        Assert.Equal(
            ($"Instance {AwsNode.Id} is Standby: EC2's check of its {check} is impaired.", TimeSpan.FromMinutes(30), "running"),
            (back.Message, back.Began?.Within, node.Instance.State));
        Set(node.Instance, check, "ok");
        await node.Standby.UndoAsync(request, plan!, Token);
        node.Aws.Model.Settle();
        node.Aws.Model.Tend();
        Assert.Equal(("InService", "running"), (node.Instance.Lifecycle, node.Instance.State));
    }

    /// <summary>aws/aws-parallelcluster-node PR 277: the checks of the one that was launched in its place fail as well.</summary>
    [Fact]
    public async Task Case42_WhereTheOtherOneFailsItsChecks_TheOldOneIsKept()
    {
        await using var node = await AwsNode.CreateAsync();
        await StandbyAsync(node, StandbyCapacity.Keep);
        var planned = (await node.Replace.PlanAsync(node.Request(new ReplaceInstanceInput()), Token)).Plan!;
        await node.Replace.ApplyAsync(node.Request(new ReplaceInstanceInput()), planned, Token);
        await using var its = await OtherNode.JoinAsync(node, Launched(node));
        await its.TellAsync(isReady: true, TimeSpan.FromMinutes(10));
        await its.CarryAsync("app", isReady: true);
        Launched(node).Checks = "impaired";
        await node.Replace.ApplyAsync(node.Request(new ReplaceInstanceInput()), planned, Token);
        node.Aws.Model.Tend();
        Assert.Equal(("Standby", "running"), (node.Instance.Lifecycle, node.Instance.State));
    }

    /// <summary>compiler-explorer/infra PR 136: it left Standby before what runs there was up.</summary>
    [Fact]
    public async Task Case42_WhileItsNodeIsNotReady_ItStaysInStandby()
    {
        await using var node = await AwsNode.CreateAsync();
        var (request, plan) = await StandbyAsync(node, StandbyCapacity.Lower);
        await node.StatusAsync("boot-2", isReady: false);
        Assert.Equal(
            $"Instance {AwsNode.Id} is Standby: its node is not ready.", (await node.Standby.UndoAsync(request, plan!, Token)).Message);
        Assert.Equal((0, "Standby"), (node.Aws.Endpoint.Count("ExitStandby"), node.Instance.Lifecycle));
    }

    /// <summary>
    /// gardener/machine-controller-manager #633: a new machine took over the Node of one that was gone, with its provider id.
    /// </summary>
    [Fact]
    public async Task Case44_ANewMachineUnderTheNodeOfAnEarlierOne_IsLeft_AndBothAreNamed()
    {
        await using var node = await AwsNode.CreateAsync("Standby");
        var plan = (await node.Reboot.PlanAsync(node.Request(), Token)).Plan!;
        var its = node.Aws.Model.Add(new ModelInstance("i-0fedcba9876543210") { Group = "workers" });
        (node.Instance.State, node.Instance.Group) = ("terminated", "");
        await node.StatusAsync("boot-9", isReady: false);
        await AssertLeftAsync(node, $"instance {AwsNode.Id} is terminated, and {its.Id} has the address of its node now");
        await Assert.ThrowsAsync<ActionFailedException>(() => node.Reboot.ApplyAsync(node.Request(), plan, Token));
        Assert.Equal((0, "running"), (its.Reboots, its.State));
    }

    /// <summary>The same, after somebody has deleted the Node: its kubelet makes another, which does not say whose it is.</summary>
    [Fact]
    public async Task Case44_AMachineWithoutAProviderId_IsLeft()
    {
        await using var node = await AwsNode.CreateAsync("Standby");
        var plan = (await node.Reboot.PlanAsync(node.Request(), Token)).Plan!;
        await AgainAsync(node, providerId: null);
        await AssertLeftAsync(node, "it has no provider id, so that nothing says which instance it is");
        await Assert.ThrowsAsync<ActionFailedException>(() => node.Reboot.ApplyAsync(node.Request(), plan, Token));
        Assert.Equal(0, node.Instance.Reboots);
    }

    /// <summary>
    /// aws/karpenter-provider-aws #2734: EC2 has forgotten the instance that the Node names, and the one that runs is another.
    /// </summary>
    [Fact]
    public async Task Case44_AnInstanceThatEc2HasForgotten_IsNobodys()
    {
        await using var node = await AwsNode.CreateAsync("Standby");
        node.Aws.Model.Instances.Remove(AwsNode.Id);
        var its = node.Aws.Model.Add(new ModelInstance("i-0fedcba9876543210") { Group = "workers" });
        await AssertLeftAsync(node, $"EC2 knows no instance {AwsNode.Id}, which the node says it is");
        Assert.Equal((0, "InService"), (its.Reboots, its.Lifecycle));
    }

    /// <summary>kubernetes/kubernetes #100022: another machine of the same name joined before the earlier one was given up.</summary>
    [Fact]
    public async Task Case44_WhatWasPlannedForAnEarlierMachineOfTheName_IsNotDoneToTheNextOne()
    {
        await using var node = await AwsNode.CreateAsync();
        var standby = (await node.Standby.PlanAsync(node.Request(new EnterStandbyInput()), Token)).Plan!;
        node.Instance.Lifecycle = "Standby";
        var reboot = (await node.Reboot.PlanAsync(node.Request(), Token)).Plan!;
        (node.Instance.State, node.Instance.Group) = ("terminated", "");
        var its = node.Aws.Model.Add(new ModelInstance("i-0fedcba9876543210") { Group = "workers" });
        await AgainAsync(node, $"aws:///eu-central-1a/{its.Id}");
        await Assert.ThrowsAsync<ActionFailedException>(
            () => node.Standby.ApplyAsync(node.Request(new EnterStandbyInput()), standby, Token));
        its.Lifecycle = "Standby";
        await Assert.ThrowsAsync<ActionFailedException>(() => node.Reboot.ApplyAsync(node.Request(), reboot, Token));
        Assert.Equal((0, 0), (its.Reboots, node.Aws.Endpoint.Count("EnterStandby")));
        Assert.Equal(
            $"The node {node.Node.Name} that was planned for is gone; there is nothing to bring back.",
            (await node.Standby.UndoAsync(node.Request(new EnterStandbyInput()), standby, Token)).Message);
    }

    /// <summary>As when somebody deletes the Node of a kubelet that runs: only the uid tells the two apart.</summary>
    [Fact]
    public async Task Case44_WhatWasPlannedForAnEarlierNodeOfTheSameMachine_IsNotDoneToTheNextOne()
    {
        await using var node = await AwsNode.CreateAsync();
        var (standby, reboot, outOfService) = await PlansAsync(node);
        await AgainAsync(node, $"aws:///eu-central-1a/{AwsNode.Id}", "boot-1");
        await AssertNotDoneAsync(
            node, standby, reboot, outOfService, $"The node {node.Node.Name} that was planned for is gone.");
    }

    /// <summary>What was planned names another machine, and the Node is the same: only the instance's id tells.</summary>
    [Fact]
    public async Task Case44_WhatWasPlannedForAnotherMachineOfTheNode_IsNotDoneToEither()
    {
        await using var node = await AwsNode.CreateAsync();
        var other = node.Aws.Model.Add(new ModelInstance("i-0fedcba9876543210") { Group = "workers" });
        node.Group.Desired++;
        var (standby, reboot, outOfService) = await PlansAsync(node);
        ActionPlan Of(ActionPlan plan) => plan with
            { Preconditions = new Dictionary<string, string>(plan.Preconditions) { ["instance_id"] = other.Id } };
        await AssertNotDoneAsync(
            node, Of(standby), Of(reboot), Of(outOfService),
            $"node {node.Node.Name}: it is instance {AwsNode.Id} now; nothing was done.");
        Assert.Equal((0, "InService", "running"), (other.Reboots, other.Lifecycle, other.State));
    }

    private static async Task<(ActionPlan Standby, ActionPlan Reboot, ActionPlan OutOfService)> PlansAsync(AwsNode node)
    {
        var standby = (await node.Standby.PlanAsync(node.Request(new EnterStandbyInput()), Token)).Plan!;
        node.Instance.Lifecycle = "Standby";
        var reboot = (await node.Reboot.PlanAsync(node.Request(), Token)).Plan!;
        node.Instance.State = "stopped";
        return (standby, reboot, (await node.OutOfService.PlanAsync(node.Request(new OutOfServiceInput()), Token)).Plan!);
    }

    /// <summary>Nothing else speaks against any of them at its time.</summary>
    private static async Task AssertNotDoneAsync(
        AwsNode node, ActionPlan standby, ActionPlan reboot, ActionPlan outOfService, string why)
    {
        async Task<string> WhyAsync(Func<Task<ActionOutcome>> apply) => (await Assert.ThrowsAsync<ActionFailedException>(apply)).Message;
        Assert.Equal(why, await WhyAsync(
            () => node.OutOfService.ApplyAsync(node.Request(new OutOfServiceInput()), outOfService, Token)));
        node.Instance.State = "running";
        Assert.Equal(why, await WhyAsync(() => node.Reboot.ApplyAsync(node.Request(), reboot, Token)));
        node.Instance.Lifecycle = "InService";
        Assert.Equal(why, await WhyAsync(() => node.Standby.ApplyAsync(node.Request(new EnterStandbyInput()), standby, Token)));
        Assert.Equal((0, 0), (node.Instance.Reboots, node.Aws.Endpoint.Count("EnterStandby")));
        Assert.DoesNotContain(
            (await node.Node.ReadAsync()).Spec.Taints ?? [], t => t.Key == "node.kubernetes.io/out-of-service");
    }

    private static async Task<AwsNode> WithTwoInBAsync()
    {
        var node = await AwsNode.CreateAsync();
        node.Aws.Model.Add(new ModelInstance(AlsoInB) { Group = "workers", Zone = "eu-central-1b" });
        (node.Group.Min, node.Group.Desired) = (3, 4);
        return node;
    }

    /// <summary>As the engine would: where it is refused, nothing is done.</summary>
    private static async Task<(ActionRequest Request, ActionPlan? Plan)> StandbyAsync(AwsNode node, StandbyCapacity capacity)
    {
        var request = node.Request(new EnterStandbyInput { Capacity = capacity }, "standby-1");
        if ((await node.Standby.PlanAsync(request, Token)).Plan is not { } plan)
            return (request, null);
        await node.Standby.ApplyAsync(request, plan, Token);
        node.Aws.Model.Settle();
        node.Aws.Model.Settle();
        return (request, plan);
    }

    /// <summary>Nothing is planned, whichever step is asked for.</summary>
    private static async Task AssertLeftAsync(AwsNode node, string doubt)
    {
        var refusals = new[]
        {
            (await node.Standby.PlanAsync(node.Request(new EnterStandbyInput()), Token)).Refusal,
            (await node.Reboot.PlanAsync(node.Request(), Token)).Refusal,
            (await node.Replace.PlanAsync(node.Request(new ReplaceInstanceInput()), Token)).Refusal,
        };
        Assert.Equal(
            new[] { "put in Standby", "rebooted", "replaced" }.Select(what => $"node {node.Node.Name} is not {what}: {doubt}."), refusals);
    }

    private static void AssertInService(AwsNode node, params IEnumerable<string> instances) =>
        Assert.All(
            instances.Select(i => node.Aws.Model.Instances[i]), i => Assert.Equal(("InService", "running"), (i.Lifecycle, i.State)));

    private static void Set(ModelInstance instance, string check, string value)
    {
        switch (check)
        {
            case "instance": instance.Checks = value; break;
            case "system": instance.System = value; break;
            default: instance.Volumes = value; break;
        }
    }

    private static ModelInstance Launched(AwsNode node) =>
        Assert.Single(node.Aws.Model.Instances.Values, i => !i.Id.StartsWith("i-0123456789abcdef", StringComparison.Ordinal));

    /// <summary>Another Node of the same name, which is not ready either.</summary>
    private static async Task AgainAsync(AwsNode node, string? providerId, string bootId = "boot-9")
    {
        var core = node.Node.Space.Client.CoreV1;
        await core.DeleteNodeAsync(node.Node.Name, cancellationToken: Token);
        await core.CreateNodeAsync(
            new()
            {
                Metadata = new() { Name = node.Node.Name },
                Spec = new()
                {
                    ProviderID = providerId, Taints = [new V1Taint { Key = Cluster.TestNamespace.Hollow, Effect = "NoSchedule" }],
                },
            },
            cancellationToken: Token);
        await node.StatusAsync(bootId, isReady: false);
    }
}
