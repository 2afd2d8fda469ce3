using k8s;
using Remediator.Actions.Aws.EnterStandby;
using Remediator.Actions.Aws.ReplaceInstance;
using Remediator.Actions.Tests.Cluster;
using Remediator.Core.Actions;
using Remediator.Testing.Aws;

namespace Remediator.Actions.Tests.Aws;

/// <summary>Against hollow nodes of the real cluster, whose machines are instances of the model.</summary>
[Trait("Needs", "Cluster")]
[Collection(AwsNode.OneGroup)]
public sealed class ReplaceInstanceTests
{
    private const string Asked = "remediator.io/replacing-asked";
    private const string End = "TerminateInstanceInAutoScalingGroup";
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(10);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>A group at its minimum can launch another one, although it could not do with one less.</summary>
    [Fact]
    public async Task OneInService_IsEnded_WhenTheOtherOneRunsWell_AndNotBefore()
    {
        await using var node = await AwsNode.CreateAsync();
        node.Group.Min = 3;
        await StandbyAsync(node, StandbyCapacity.Keep);
        Assert.Equal(("Standby", 3), (node.Instance.Lifecycle, node.Group.Desired));
        var plan = await PlanAsync(node);
        Assert.Equal(
            $"replace instance {AwsNode.Id} (node {node.Node.Name}) in Auto Scaling group workers: end it once the one that the group "
                + "launches for it runs well", plan.Summary);
        var outcome = await node.Replace.ApplyAsync(Request(node), plan, Token);
        Assert.Equal("Auto Scaling group workers has launched another instance, or does so.", outcome.Message);
        Assert.Equal((TimeSpan.FromMinutes(45), "nothing"), (outcome.Began?.Within, await node.AnnotationAsync(Asked)));

        var other = Launched(node);
        var which = $"instance {other.Id}, which was launched in its place, ";
        Assert.Equal($"{which}has not joined the cluster", await InProgressAsync(node, plan));
        await using var its = await OtherNode.JoinAsync(node, other);
        await its.TellAsync(isReady: false, Long);
        Assert.Equal($"{which}is node {its.Name}, which is not ready", await InProgressAsync(node, plan));
        await its.TellAsync(isReady: true, TimeSpan.Zero);
        Assert.Equal($"{which}is node {its.Name}; EC2's check of its instance is initializing", await InProgressAsync(node, plan));
        other.Checks = "ok";
        Assert.Equal($"{which}is node {its.Name}, which carries no pod that is ready", await InProgressAsync(node, plan));
        await its.CarryAsync("app", isReady: true);
        Assert.Equal($"{which}is node {its.Name}, which has not been ready for long enough", await InProgressAsync(node, plan));
        await node.Replace.ApplyAsync(Request(node), plan, Token);
        Assert.Equal(0, node.Aws.Endpoint.Count(End));

        await its.TellAsync(isReady: true, Long);
        var status = await node.Replace.WatchAsync(Request(node), plan, "act-1", Token);
        Assert.Equal(($"instance {other.Id} runs well in its place", true), (status.Seen, status.NeedsPush));
        outcome = await node.Replace.ApplyAsync(Request(node), plan, Token);
        Assert.StartsWith(
            $"AWS was asked to end instance {AwsNode.Id} (request ", outcome.Message, StringComparison.Ordinal);
        await node.Replace.ApplyAsync(Request(node), plan, Token);
        Assert.Equal($"instance {AwsNode.Id} is shutting-down and Terminating", await InProgressAsync(node, plan));
        node.Aws.Model.Settle();
        Assert.Equal((ActState.Done, $"instance {AwsNode.Id} is terminated"), await LookAsync(node, plan));
        Assert.Equal((1, 3, 0), (node.Aws.Endpoint.Count(End), node.Group.Desired, node.Aws.Endpoint.Count("SetDesiredCapacity")));
        await node.Node.Space.Client.CoreV1.DeleteNodeAsync(node.Node.Name, cancellationToken: Token);
        Assert.Equal((ActState.Done, $"instance {AwsNode.Id} is terminated, and its node is gone"), await LookAsync(node, plan));
        Assert.Equal(ProbeAnswer.Happened, (await node.Replace.ProbeAsync(Request(node), plan, Token)).Answer);
    }

    /// <summary>After a reboot in vain, before which the group was made to want one less.</summary>
    [Fact]
    public async Task OneInStandby_HasItsCapacityRaisedAgain_Once()
    {
        await using var node = await AwsNode.CreateAsync();
        await StandbyAsync(node, StandbyCapacity.Lower);
        var plan = await PlanAsync(node);
        Assert.EndsWith(
            ": have the group launch another one, and end it once that runs well", plan.Summary, StringComparison.Ordinal);
        Assert.Equal(ProbeAnswer.DidNotHappen, (await node.Replace.ProbeAsync(Request(node), plan, Token)).Answer);
        node.Aws.Endpoint.Drop("SetDesiredCapacity");
        var outcome = await node.Replace.ApplyAsync(Request(node), plan, Token);
        Assert.EndsWith(
            "Whether it was accepted is seen by what happens; it is not asked for again.", outcome.Message, StringComparison.Ordinal);
        Assert.Equal(ProbeAnswer.Happened, (await node.Replace.ProbeAsync(Request(node), plan, Token)).Answer);
        Assert.Equal("Auto Scaling group workers has not launched another instance yet", await InProgressAsync(node, plan));
        node.Group.LaunchFault = "We currently do not have sufficient m7i.large capacity.";
        node.Aws.Model.Settle();
        Assert.Equal(
            "Auto Scaling group workers has not launched another instance yet; its last try failed: We currently do not have sufficient "
                + "m7i.large capacity.", await InProgressAsync(node, plan));
        node.Group.LaunchFault = "";
        node.Aws.Model.Settle();
        await node.Replace.ApplyAsync(Request(node), plan, Token);
        Assert.Equal((1, 3, 0), (node.Aws.Endpoint.Count("SetDesiredCapacity"), node.Group.Desired, node.Aws.Endpoint.Count(End)));
        Assert.Equal("eu-central-1a", Launched(node).Zone);
    }

    [Fact]
    public async Task WithoutAnAnswer_TheEndIsNotAskedForAgain()
    {
        await using var node = await AwsNode.CreateAsync();
        var (plan, its) = await WellAsync(node);
        await using (its)
        {
            node.Aws.Endpoint.Drop(End);
            await node.Replace.ApplyAsync(Request(node), plan, Token);
            node.Instance.Lifecycle = "Standby";
            node.Instance.State = "running";
            await node.Replace.ApplyAsync(Request(node), plan, Token);
            Assert.Equal($"instance {AwsNode.Id} is running and Standby", await InProgressAsync(node, plan));
            Assert.Equal((1, "end"), (node.Aws.Endpoint.Count(End), await node.AnnotationAsync(Asked)));
        }
    }

    [Fact]
    public async Task WhatWasCertainlyRefused_IsAskedForAgain()
    {
        await using var node = await AwsNode.CreateAsync();
        var (plan, its) = await WellAsync(node);
        await using (its)
        {
            node.Aws.Endpoint.Fail(End, 500, "ResourceContention");
            var e = await Assert.ThrowsAsync<ActionFailedException>(() => node.Replace.ApplyAsync(Request(node), plan, Token));
            Assert.Equal((FailureKind.Transient, "nothing"), (e.Kind, await node.AnnotationAsync(Asked)));
            await node.Replace.ApplyAsync(Request(node), plan, Token);
            Assert.Equal("Terminating", node.Instance.Lifecycle);
        }
    }

    [Fact]
    public async Task ANodeThatIsReadyAgain_KeepsItsInstance()
    {
        await using var node = await AwsNode.CreateAsync();
        var (plan, its) = await WellAsync(node);
        await using (its)
        {
            await node.StatusAsync("boot-1", isReady: true);
            Assert.Equal((ActState.Failed, "the node is ready again; nothing was ended"), await LookAsync(node, plan));
            var e = await Assert.ThrowsAsync<ActionFailedException>(() => node.Replace.ApplyAsync(Request(node), plan, Token));
            Assert.Contains("the node is ready again; its instance is not ended, ", e.Message, StringComparison.Ordinal);
            Assert.Equal(0, node.Aws.Endpoint.Count(End));
        }
    }

    /// <summary>What came onto the machine since it was planned goes down with it.</summary>
    [Fact]
    public async Task PodsThatCameMeanwhile_KeepItsInstance()
    {
        await using var node = await AwsNode.CreateAsync();
        var (plan, its) = await WellAsync(node);
        await using (its)
        {
            var pod = Core.Facts.Fact.Parse(
                $$"""pod{namespace="shop",pod="api-1",node="{{node.Node.Name}}",phase="Running",workload_kind="deployment"}""");
            var e = await Assert.ThrowsAsync<ActionFailedException>(
                () => node.Replace.ApplyAsync(node.Request(new ReplaceInstanceInput(), "act-1", pod), plan, Token));
            Assert.Contains("shop/api-1; its instance is not ended", e.Message, StringComparison.Ordinal);
            Assert.Equal(0, node.Aws.Endpoint.Count(End));
        }
    }

    /// <summary>With an image that is broken, each further one would be as sick.</summary>
    [Fact]
    public async Task WhereTheOtherOneIsSickToo_NothingIsEnded_AndNoOtherOfTheGroupIsReplaced()
    {
        await using var node = await AwsNode.CreateAsync();
        await StandbyAsync(node, StandbyCapacity.Keep);
        var plan = await PlanAsync(node);
        await node.Replace.ApplyAsync(Request(node), plan, Token);
        await using var its = await OtherNode.JoinAsync(node, Launched(node));
        await its.TellAsync(isReady: false, Long);
        var seen = $"instance {Launched(node).Id}, which was launched in its place, is node {its.Name}, which is not ready";
        Assert.Equal(seen, await InProgressAsync(node, plan));
        await node.Replace.ApplyAsync(Request(node), plan, Token);
        Assert.Equal((0, "Standby"), (node.Aws.Endpoint.Count(End), node.Instance.Lifecycle));
        Assert.Equal(
            $"node {node.Node.Name} is not replaced: the action act-1 has asked for a replacement already.",
            (await node.Replace.PlanAsync(Request(node, "act-2"), Token)).Refusal);

        var other = node.Request(new EnterStandbyInput { Capacity = StandbyCapacity.Keep }, "act-3") with
        {
            Resource = new("test", "node", "", its.Name),
            Facts = new(
                1, TimeProvider.System.GetUtcNow(), [Core.Facts.Fact.Parse($$"""evidence{console_kept="{{Launched(node).Id}}"}""")]),
        };
        Assert.Equal(
            $"node {its.Name} is not put in Standby: node {node.Node.Name} of the same Auto Scaling group is being replaced, or could not "
                + "be (action act-1).",
            (await node.Standby.PlanAsync(other, Token)).Refusal);
    }

    /// <summary>Whoever has only one needs the other one first all the more.</summary>
    [Fact]
    public async Task TheOnlyOneOfAGroupBelowItsMaximum_IsEnded_WhenTheOtherOneRunsWell()
    {
        await using var node = await AwsNode.CreateAsync();
        (node.Group.Min, node.Group.Max, node.Group.Desired) = (1, 2, 1);
        node.Aws.Model.Instances.Remove("i-0123456789abcdef1");
        node.Aws.Model.Instances.Remove("i-0123456789abcdef2");
        var (plan, its) = await WellAsync(node);
        await using (its)
        {
            Assert.Equal(0, node.Aws.Endpoint.Count(End));
            await node.Replace.ApplyAsync(Request(node), plan, Token);
            node.Aws.Model.Settle();
            Assert.Equal((ActState.Done, $"instance {AwsNode.Id} is terminated"), await LookAsync(node, plan));
            Assert.Equal(("InService", 1), (Launched(node).Lifecycle, node.Group.Desired));
        }
    }

    /// <summary>EC2 takes back the one that waits: its group has another one already.</summary>
    [Fact]
    public async Task ASpotInstanceThatIsTakenBackMeanwhile_IsNotEndedByUs()
    {
        await using var node = await AwsNode.CreateAsync();
        node.Instance.IsSpot = true;
        var (plan, its) = await WellAsync(node);
        await using (its)
        {
            node.Instance.SpotStatus = "marked-for-termination";
            Assert.Equal(
                (ActState.Failed, $"EC2 takes spot instance {AwsNode.Id} back (marked-for-termination); nothing was ended"),
                await LookAsync(node, plan));
            await Assert.ThrowsAsync<ActionFailedException>(() => node.Replace.ApplyAsync(Request(node), plan, Token));
            Assert.Equal(0, node.Aws.Endpoint.Count(End));
        }
    }

    [Fact]
    public async Task AtItsMaximum_TheGroupReplacesWhatIsEnded_AndThatIsSaid()
    {
        await using var node = await AwsNode.CreateAsync();
        node.Group.Max = 3;
        Assert.Equal(
            $"node {node.Node.Name} is not put in Standby: its Auto Scaling group workers wants its maximum of 3, and would have one more "
                + "than that.",
            (await node.Standby.PlanAsync(node.Request(new EnterStandbyInput { Capacity = StandbyCapacity.Keep }), Token)).Refusal);
        var plan = await PlanAsync(node);
        Assert.EndsWith(
            ": end it at once, since the group wants its maximum of 3 and launches no other before that", plan.Summary,
            StringComparison.Ordinal);
        await node.Replace.ApplyAsync(Request(node), plan, Token);
        node.Aws.Model.Settle();
        Assert.Equal((ActState.Done, $"instance {AwsNode.Id} is terminated"), await LookAsync(node, plan));
        Assert.Equal((1, 3), (node.Aws.Endpoint.Count(End), node.Group.Desired));
        Assert.Equal("eu-central-1a", Launched(node).Zone);
    }

    public static TheoryData<string, string> Doubts => new()
    {
        { "policy", "the policy does not allow instances of Auto Scaling group workers to be replaced (groups, replace: allowed)" },
        { "in service", "its instance has to be in Standby first, so that its Auto Scaling group does not end another one to balance its "
            + "zones (aws.enter-standby)" },
        { "no group", $"instance {AwsNode.Id} belongs to no Auto Scaling group, and so nothing would take its place" },
        { "only one at maximum", "its Auto Scaling group workers wants its maximum of 1 and has no other instance in service" },
        { "a person's standby", $"somebody has put instance {AwsNode.Id} in Standby" },
        { "hook", $"its Auto Scaling group workers has instance {AwsNode.Id} in Terminating:Wait" },
        { "another's hook", "its Auto Scaling group workers is at work: it has instance i-0123456789abcdef1 in Pending:Wait" },
        { "warm pool", $"its Auto Scaling group workers has instance {AwsNode.Id} in Warmed:Running" },
        { "reused", "its Auto Scaling group workers keeps what it ends in its warm pool, so that the same machine would come back" },
        { "Launch", "somebody has suspended Launch of Auto Scaling group workers" },
        { "Terminate", "somebody has suspended Terminate of Auto Scaling group workers" },
        { "ReplaceUnhealthy", "somebody has suspended ReplaceUnhealthy of Auto Scaling group workers" },
        { "HealthCheck", "somebody has suspended HealthCheck of Auto Scaling group workers" },
        { "AddToLoadBalancer", "somebody has suspended AddToLoadBalancer of Auto Scaling group workers" },
        { "its own start", $"its Auto Scaling group workers has instance {AwsNode.Id} in Pending:Wait" },
        { "marked", $"EC2 takes spot instance {AwsNode.Id} back (marked-for-termination)" },
        { "unhealthy", $"its Auto Scaling group workers takes instance {AwsNode.Id} for UNHEALTHY and is about to replace it" },
        { "protected", $"instance {AwsNode.Id} is protected from scale-in: somebody wants to keep it" },
        { "instance store", "instances of type m7gd.large have an instance store, which is lost with them, unless the policy says "
            + "local_data: lost for its group" },
        { "ready", "it is ready" },
        { "stopped", $"instance {AwsNode.Id} is stopped" },
        { "interrupted", $"instance {AwsNode.Id} is shutting-down" },
        { "another cluster's", $"instance {AwsNode.Id} is tagged as one of cluster other, not of test; if that is this cluster, set "
            + "Aws:Cluster to that name" },
        { "reused address", $"the node has the address 10.0.0.1, and instance {AwsNode.Id} 10.0.9.9" },
    };

    [Theory]
    [MemberData(nameof(Doubts))]
    public async Task WhatSpeaksAgainstIt_IsSaid(string trouble, string doubt)
    {
        await using var node = await AwsNode.CreateAsync();
        node.Group.Max = 3;
        switch (trouble)
        {
            case "policy": node.Aws.Policy = node.Aws.Policy with { MayReplace = false }; break;
            case "in service": node.Group.Max = 9; break;
            case "no group": node.Instance.Group = ""; break;
            case "only one at maximum":
                node.Group.Max = node.Group.Desired = 1;
                node.Aws.Model.Instances.Remove("i-0123456789abcdef1");
                node.Aws.Model.Instances.Remove("i-0123456789abcdef2");
                break;
            case "a person's standby": node.Instance.Lifecycle = "Standby"; break;
            case "hook": node.Instance.Lifecycle = "Terminating:Wait"; break;
            case "another's hook": node.Aws.Model.Instances["i-0123456789abcdef1"].Lifecycle = "Pending:Wait"; break;
            case "warm pool": node.Instance.Lifecycle = "Warmed:Running"; break;
            case "reused": node.Group.ReusesInstances = true; break;
            case "Launch" or "Terminate" or "ReplaceUnhealthy" or "HealthCheck" or "AddToLoadBalancer":
                node.Group.Suspended.Add(trouble);
                break;
            case "its own start": node.Instance.Lifecycle = "Pending:Wait"; break;
            case "marked": (node.Instance.IsSpot, node.Instance.SpotStatus) = (true, "marked-for-termination"); break;
            case "unhealthy": node.Instance.Health = "Unhealthy"; break;
            case "protected": node.Instance.IsProtected = true; break;
            case "instance store": node.Instance.Type = "m7gd.large"; break;
            case "ready": await node.StatusAsync("boot-1", isReady: true); break;
            case "stopped": node.Instance.State = "stopped"; break;
            case "interrupted": node.Instance.State = "shutting-down"; break;
            case "another cluster's":
                node.Instance.Tags.Remove("kubernetes.io/cluster/test");
                node.Instance.Tags["kubernetes.io/cluster/other"] = "owned";
                break;
            case "reused address":
                node.Aws.Model.Add(node.Instance with { Address = "10.0.9.9" });
                break;
        }

        Assert.Equal(
            $"node {node.Node.Name} is not replaced: {doubt}.", (await node.Replace.PlanAsync(Request(node), Token)).Refusal);
        Assert.Equal(0, node.Aws.Endpoint.Count(End));
    }

    /// <summary>Case 47: the type has no instance store, and a volume is a folder of this machine all the same.</summary>
    [Fact]
    public async Task VolumesThatNameTheNode_KeepItsInstance_UnlessThePolicySaysOtherwise()
    {
        await using var node = await AwsNode.CreateAsync();
        node.Group.Max = 3;
        var name = $"{node.Node.Space.Name}-local";
        await node.Node.Space.Client.CoreV1.CreatePersistentVolumeAsync(new()
        {
            Metadata = new() { Name = name },
            Spec = new()
            {
                Capacity = new Dictionary<string, k8s.Models.ResourceQuantity> { ["storage"] = new("1Mi") },
                AccessModes = ["ReadWriteOnce"], Local = new() { Path = "/data" }, StorageClassName = "local",
                ClaimRef = new() { NamespaceProperty = "shop", Name = "data-db-0" },
                NodeAffinity = new() { Required = new() { NodeSelectorTerms = [new() { MatchExpressions =
                    [new() { Key = "kubernetes.io/hostname", OperatorProperty = "In", Values = [node.Node.Name] }] }] } },
            },
        }, cancellationToken: Token);
        try
        {
            Assert.Equal(
                $"node {node.Node.Name} is not replaced: volumes are on this machine alone and would be lost with it, unless the policy "
                    + $"says local_data: lost for its group: {name} (claim shop/data-db-0).",
                (await node.Replace.PlanAsync(Request(node), Token)).Refusal);
            node.Aws.Policy = node.Aws.Policy with { LosesLocalData = true };
            await PlanAsync(node);
        }
        finally
        {
            await node.Node.Space.Client.CoreV1.DeletePersistentVolumeAsync(name, cancellationToken: CancellationToken.None);
        }
    }

    [Fact]
    public async Task SpotAndMixedInstances_AreSaid()
    {
        await using var node = await AwsNode.CreateAsync();
        (node.Group.Max, node.Group.HasMixedInstances, node.Instance.IsSpot) = (3, true, true);
        Assert.EndsWith(
            "; it is a spot instance, and there may be no other; the other one may be of another type", (await PlanAsync(node)).Summary,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task WithItsPermissionsAlone_ItWorks_AndItAsksForAllOfThem()
    {
        await using var node = await AwsNode.CreateAsync();
        node.Instance.IsSpot = true;
        await StandbyAsync(node, StandbyCapacity.Lower);
        await using var cluster = await OnlyItsPermissions.OfAsync(node.Node.Space, "aws.replace-instance");
        var declared = node.Replace.Descriptor.Permissions.OfType<AwsPermission>().ToList();
        node.Aws.Endpoint.Allowed = [.. declared.Select(p => (p.Action, p.Tag))];
        var before = node.Aws.Endpoint.Calls.Count;
        var action = new ReplaceInstanceAction(cluster.Api, node.Aws.Api, node.Aws.Reader(cluster.Api));
        var plan = (await action.PlanAsync(Request(node), Token)).Plan;
        Assert.NotNull(plan);
        node.Group.Tags.Clear();
        var e = await Assert.ThrowsAsync<ActionFailedException>(() => action.ApplyAsync(Request(node), plan, Token));
        Assert.Contains("403 AccessDenied", e.Message, StringComparison.Ordinal);
        Assert.Null(await node.AnnotationAsync(Asked));

        node.Group.Tags["remediator"] = "allowed";
        await action.ApplyAsync(Request(node), plan, Token);
        await action.WatchAsync(Request(node), plan, "act-1", Token);
        node.Aws.Model.Settle();
        node.Aws.Model.Settle();
        Launched(node).Checks = "ok";
        await using var its = await OtherNode.JoinAsync(node, Launched(node));
        await its.TellAsync(isReady: true, Long);
        await its.CarryAsync("app", isReady: true);
        await action.ApplyAsync(Request(node), plan, Token);
        Assert.Equal("Terminating", node.Instance.Lifecycle);
        Assert.Equal(
            declared.Select(p => p.Action.Split(':')[1]).Order(),
            node.Aws.Endpoint.Calls.Skip(before).Select(c => c.Action).Distinct().Order());
    }

    private static ActionRequest Request(AwsNode node, string action = "act-1") => node.Request(new ReplaceInstanceInput(), action);

    private static ModelInstance Launched(AwsNode node) =>
        Assert.Single(node.Aws.Model.Instances.Values, i => !i.Id.StartsWith("i-0123456789abcdef", StringComparison.Ordinal));

    private static async Task StandbyAsync(AwsNode node, StandbyCapacity capacity)
    {
        var request = node.Request(new EnterStandbyInput { Capacity = capacity }, "standby-1");
        var planned = await node.Standby.PlanAsync(request, Token);
        Assert.Null(planned.Refusal);
        await node.Standby.ApplyAsync(request, planned.Plan!, Token);
        node.Aws.Model.Settle();
        node.Aws.Model.Settle();
    }

    private static async Task<(ActionPlan Plan, OtherNode Other)> WellAsync(AwsNode node)
    {
        await StandbyAsync(node, StandbyCapacity.Keep);
        var plan = await PlanAsync(node);
        await node.Replace.ApplyAsync(Request(node), plan, Token);
        Launched(node).Checks = "ok";
        var its = await OtherNode.JoinAsync(node, Launched(node));
        try
        {
            await its.TellAsync(isReady: true, Long);
            await its.CarryAsync("app", isReady: true);
            Assert.True((await node.Replace.WatchAsync(Request(node), plan, "act-1", Token)).NeedsPush);
            return (plan, its);
        }
        catch
        {
            await its.DisposeAsync();
            throw;
        }
    }

    private static async Task<ActionPlan> PlanAsync(AwsNode node)
    {
        var planned = await node.Replace.PlanAsync(Request(node), Token);
        Assert.Null(planned.Refusal);
        return planned.Plan!;
    }

    private static async Task<string> InProgressAsync(AwsNode node, ActionPlan plan)
    {
        var (state, seen) = await LookAsync(node, plan);
        Assert.Equal((ActState.InProgress, seen), (state, seen));
        return seen;
    }

    private static async Task<(ActState State, string Seen)> LookAsync(AwsNode node, ActionPlan plan)
    {
        var status = await node.Replace.WatchAsync(Request(node), plan, "act-1", Token);
        return (status.State, status.Seen);
    }
}
