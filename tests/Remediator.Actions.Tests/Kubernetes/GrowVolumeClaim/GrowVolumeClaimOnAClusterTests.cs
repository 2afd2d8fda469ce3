using k8s;
using Remediator.Actions.Kubernetes.Api;
using Remediator.Actions.Kubernetes.ClaimReady;
using Remediator.Actions.Kubernetes.DescribeClaim;
using Remediator.Actions.Kubernetes.GrowVolumeClaim;
using Remediator.Actions.Kubernetes.VolumeClaims;
using Remediator.Actions.Tests.Cluster;
using Remediator.Core.Actions;
using Remediator.Core.Facts;
using Remediator.Core.Policies;

namespace Remediator.Actions.Tests.Kubernetes.GrowVolumeClaim;

[Trait("Needs", "Cluster")]
public sealed class GrowVolumeClaimOnAClusterTests
{
    private Policy _policy = new() { Claims = [new(PolicyMatch.Everything, 50L << 30)] };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task AClaim_AndTheOthersOfItsSet_HaveAsMuchMoreAsWasSaid_Once_WithTheRightsThatAreDeclared()
    {
        await using var space = await TestNamespace.CreateAsync();
        await using var volumes = await FakeVolumes.StartAsync(space);
        await volumes.SetAsync("db");
        await volumes.ClaimAsync("data-db-0", "data-db-1", "logs");
        await using var user = await OnlyItsPermissions.OfAsync(space, "kubernetes.grow-volume-claim");
        var (action, request) = (Act(user.Api), Request(space));

        var plan = (await action.PlanAsync(request, Token)).Plan!;
        Assert.Equal(
            $"make pvc {space.Name}/data-db-0 larger, from 10Gi to 13Gi, for good, and with it data-db-1; what statefulset db makes later "
                + "has 10Gi still, as its template says", plan.Summary);
        Assert.Equal(
            [
                new($"pvc {space.Name}/data-db-0", "size", "10Gi", "13Gi"),
                new Change($"pvc {space.Name}/data-db-1", "size", "10Gi", "13Gi"),
            ], plan.Changes);
        Assert.Equal(plan.Preconditions, (await action.IdentifyAsync(request, plan, Token))!);
        Assert.Equal(ProbeAnswer.DidNotHappen, (await action.ProbeAsync(request, plan, Token)).Answer);

        var began = (await action.ApplyAsync(request, plan, Token)).Began!;
        Assert.Equal(ProbeAnswer.Happened, (await action.ProbeAsync(request, plan, Token)).Answer);
        Assert.Equal(
            ("13Gi", "13Gi", "10Gi"),
            (await volumes.RequestedAsync("data-db-0"), await volumes.RequestedAsync("data-db-1"), await volumes.RequestedAsync("logs")));
        var asked = await volumes.ReadAsync("data-db-0");
        await action.ApplyAsync(request, plan, Token);
        Assert.Equal(asked.Grown(), (await volumes.ReadAsync("data-db-0")).Grown());
        var status = await action.WatchAsync(request, plan, began.Handle, Token);
        Assert.Equal((ActState.InProgress, false), (status.State, status.NeedsPush));
        Assert.False((await VerifyAsync(space)).Good);

        await volumes.RefuseAsync(asked, "the account has no room");
        Assert.Contains("so far: the account has no room", (await action.WatchAsync(request, plan, began.Handle, Token)).Seen,
            StringComparison.Ordinal);
        await volumes.LeaveToTheNodeAsync("data-db-0", TimeProvider.System.GetUtcNow().UtcDateTime);
        Assert.Equal(ActState.InProgress, (await action.WatchAsync(request, plan, began.Handle, Token)).State);
        await volumes.GrowAsync("data-db-0", "13Gi");
        Assert.Equal(ActState.InProgress, (await action.WatchAsync(request, plan, began.Handle, Token)).State);
        await volumes.GrowAsync("data-db-1", "13Gi");
        status = await action.WatchAsync(request, plan, began.Handle, Token);
        Assert.Equal((ActState.Done, 2), (status.State, status.Changes.Count));
        Assert.All(GainSeen.Compare(plan.Gains, status.Gains), g => Assert.Equal((3L << 30, 3L << 30), (g.Expected, g.Got)));
        Assert.True((await VerifyAsync(space)).Good);
        Assert.Contains("made larger by Remediator", (await new DescribeClaimAction(space.Api).ReadAsync(
            space.Request(new DescribeClaimInput(), "pvc", "data-db-0"), Token)).Text, StringComparison.Ordinal);

        Assert.Contains(
            "was made larger, from 10Gi to 13Gi, on", (await action.PlanAsync(request with { ActionId = "act-2" }, Token)).Refusal,
            StringComparison.Ordinal);
    }

    /// <summary>Killed after the first claim: the look says that there is more to ask for, and that alone is asked for.</summary>
    [Fact]
    public async Task CutOffBetweenTwoClaims_TheRestIsAskedFor()
    {
        await using var space = await TestNamespace.CreateAsync();
        await using var volumes = await FakeVolumes.StartAsync(space);
        await volumes.SetAsync("db");
        await volumes.ClaimAsync("data-db-0", "data-db-1");
        var (action, request) = (Act(space.Api), Request(space));
        var plan = (await action.PlanAsync(request, Token)).Plan!;
        var first = PlannedClaim.Parameter([PlannedClaim.Of(plan)[0]]);
        await action.ApplyAsync(
            request, plan with { Parameters = new Dictionary<string, string>(plan.Parameters) { [first.Key] = first.Value } }, Token);
        var asked = await volumes.ReadAsync("data-db-0");

        var found = await action.ProbeAsync(request, plan, Token);
        var status = await action.WatchAsync(request, plan, found.Began!.Handle, Token);
        Assert.Equal((ActState.InProgress, true), (status.State, status.NeedsPush));
        await action.ApplyAsync(request, plan, Token);
        Assert.Equal("13Gi", await volumes.RequestedAsync("data-db-1"));
        Assert.Equal(asked.Grown(), (await volumes.ReadAsync("data-db-0")).Grown());
        Assert.False((await action.WatchAsync(request, plan, "", Token)).NeedsPush);
    }

    [Fact]
    public async Task AQuota_TheClass_OrThePolicy_ThatLeavesNoRoom_RefusesIt_BeforeAndDuringTheAct()
    {
        await using var space = await TestNamespace.CreateAsync();
        await using var volumes = await FakeVolumes.StartAsync(space);
        await volumes.SetAsync("db");
        await volumes.ClaimAsync("data-db-0", "data-db-1");
        var (action, request) = (Act(space.Api), Request(space));
        var plan = (await action.PlanAsync(request, Token)).Plan!;

        // room for one of them only: the API server refuses the other, which is said, and not asked for again
        await volumes.QuotaAsync("24Gi");
        Assert.Equal(
            $"pvc {space.Name}/data-db-0 is not made larger: quota small leaves no room for 6Gi more (requests.storage).",
            (await action.PlanAsync(request, Token)).Refusal);
        var outcome = await action.ApplyAsync(request, plan, Token);
        Assert.Contains("exceeded quota: small", outcome.Message, StringComparison.Ordinal);
        Assert.Equal(
            ("13Gi", "10Gi", "data-db-1"),
            (await volumes.RequestedAsync("data-db-0"), await volumes.RequestedAsync("data-db-1"), outcome.Began!.Handle));
        var status = await action.WatchAsync(request, plan, outcome.Began.Handle, Token);
        Assert.Equal((ActState.InProgress, false), (status.State, status.NeedsPush));

        await space.Client.CoreV1.DeleteNamespacedResourceQuotaAsync("small", space.Name, cancellationToken: Token);
        var other = request with { Resource = request.Resource with { Name = "data-db-1" }, ActionId = "act-2" };
        plan = (await action.PlanAsync(other, Token)).Plan!;
        Assert.Contains("these stay as they are: data-db-0 (it is being made larger already", plan.Summary, StringComparison.Ordinal);
        _policy = new();
        await RefusedAsync(action, other, plan, "The policy does not let");
        Assert.Contains("'claims' says which may", (await action.PlanAsync(other, Token)).Refusal, StringComparison.Ordinal);
        _policy = new() { Claims = [new(PolicyMatch.Everything, 50L << 30)] };
        await volumes.ForbidAsync();
        await RefusedAsync(action, other, plan, "the API server answered 403");
        Assert.Contains("(allowVolumeExpansion)", (await action.PlanAsync(other, Token)).Refusal, StringComparison.Ordinal);
        Assert.Equal("10Gi", await volumes.RequestedAsync("data-db-1"));
    }

    [Fact]
    public async Task AClaimThatAPersonHasMadeLargerMeanwhile_IsLeft_AndOneOfAnotherUidToo()
    {
        await using var space = await TestNamespace.CreateAsync();
        await using var volumes = await FakeVolumes.StartAsync(space);
        await volumes.ClaimAsync("data-db-0");
        var (action, request) = (Act(space.Api), Request(space));
        var plan = (await action.PlanAsync(request, Token)).Plan!;
        Assert.Equal($"make pvc {space.Name}/data-db-0 larger, from 10Gi to 13Gi, for good", plan.Summary);
        var other = PlannedClaim.Parameter([PlannedClaim.Of(plan)[0] with { Uid = "another" }]);
        await RefusedAsync(
            action, request, plan with { Parameters = new Dictionary<string, string>(plan.Parameters) { [other.Key] = other.Value } },
            "that was planned for no longer exists");
        await volumes.AskAsync("data-db-0", "30Gi");
        await RefusedAsync(action, request, plan, "asks for 30Gi now, and asked for 10Gi");
        Assert.Equal("30Gi", await volumes.RequestedAsync("data-db-0"));
    }

    private static async Task RefusedAsync(GrowVolumeClaimAction action, ActionRequest request, ActionPlan plan, string why)
    {
        var failed = await Assert.ThrowsAsync<ActionFailedException>(() => action.ApplyAsync(request, plan, Token));
        Assert.Equal(FailureKind.Permanent, failed.Kind);
        Assert.Contains(why, failed.Message, StringComparison.Ordinal);
    }

    private GrowVolumeClaimAction Act(ClusterApi api) => new(api, () => _policy);

    private static ActionRequest Request(TestNamespace space) =>
        space.Request(new GrowVolumeClaimInput(), "pvc", "data-db-0", FactView.Empty);

    private static Task<CheckResult> VerifyAsync(TestNamespace space) =>
        new ClaimReadyAction(space.Api).CheckAsync(space.Request(new ClaimReadyInput(), "pvc", "data-db-0"), Token);
}
