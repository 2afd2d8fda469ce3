using k8s;
using k8s.Models;
using Remediator.Actions.Kubernetes.RolloutUndo;
using Remediator.Actions.Kubernetes.WorkloadReady;
using Remediator.Actions.Tests.Cluster;
using Remediator.Core.Actions;
using Remediator.Core.Facts;

namespace Remediator.Actions.Tests.Kubernetes.RolloutUndo;

[Trait("Needs", "Cluster")]
public sealed class RolloutUndoOnAClusterTests
{
    private const string Good = "exec sleep 3600";
    private const string Bad = "exit 3";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ABadRollout_IsTakenBack_ToTheRevisionThatStillServes()
    {
        await using var space = await BadRolloutAsync("deployment");
        var (action, request) = Undo(space);
        var plan = (await action.PlanAsync(request, Token)).Plan;
        Assert.NotNull(plan);
        Assert.Matches(
            $"^take deployment {space.Name}/web back from revision 2 \\(web-.+\\) to revision 1 \\(web-.+\\), which is available now$",
            plan.Summary);
        Assert.Contains(
            new Change($"deployment {space.Name}/web", "spec.template.spec.containers[main].command", "3 (not shown)", "3 (not shown)"),
            plan.Changes);
        Assert.Equal(ProbeAnswer.DidNotHappen, (await action.ProbeAsync(request, plan, Token)).Answer);

        await action.ApplyAsync(request, plan, Token);
        Assert.Equal(ProbeAnswer.Happened, (await action.ProbeAsync(request, plan, Token)).Answer);
        await UntilReadyAsync(space, "deployment");
        var sets = await space.Client.AppsV1.ListNamespacedReplicaSetAsync(space.Name, cancellationToken: Token);
        Assert.Equal(2, sets.Items.Count);

        var deployment = await space.Client.AppsV1.ReadNamespacedDeploymentAsync("web", space.Name, cancellationToken: Token);
        Assert.Equal(Good, deployment.Spec.Template.Spec.Containers[0].Command[2]);
        Assert.Equal("act-1", deployment.Metadata.Annotations["remediator.io/action-id"]);
        Assert.DoesNotContain("kubernetes.io/change-cause", deployment.Metadata.Annotations);
        Assert.Contains(deployment.Metadata.ManagedFields, f => f.Manager == "remediator");
        Assert.StartsWith(
            $"deployment {space.Name}/web was taken back by this action already.", (await action.ApplyAsync(request, plan, Token)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task TheUndoItself_CanBeTakenBack_UnlessSomebodyElseChangedIt()
    {
        await using var space = await BadRolloutAsync("deployment");
        var (action, request) = Undo(space);
        var plan = (await action.PlanAsync(request, Token)).Plan;
        Assert.NotNull(plan);
        await action.ApplyAsync(request, plan, Token);
        await UntilReadyAsync(space, "deployment");

        await action.UndoAsync(request, plan, Token);
        Assert.Equal(Bad, await CommandAsync(space));
        await TestNamespace.UntilAsync("the controller has seen it", () =>
            space.Client.AppsV1.ReadNamespacedDeploymentAsync("web", space.Name, cancellationToken: Token),
            d => d.Status.ObservedGeneration >= d.Metadata.Generation);
        Assert.EndsWith("already.", (await action.UndoAsync(request, plan, Token)).Message, StringComparison.Ordinal);

        await RollOutAsync(space, "deployment", "exit 4");
        var e = await Assert.ThrowsAsync<ActionFailedException>(() => action.UndoAsync(request, plan, Token));
        Assert.Equal(
            $"The deployment {space.Name}/web was changed by somebody else after it was taken back; it is left as it is.", e.Message);
    }

    [Fact]
    public async Task ADaemonSet_IsTakenBack_WhenItsLastRevisionIsKnownToHaveServed()
    {
        await using var space = await BadRolloutAsync("daemonset");
        var (action, request) = Undo(space, "daemonset");
        Assert.Equal(
            $"daemonset {space.Name}/web has no earlier revision that is available now or was seen to be.",
            (await action.PlanAsync(request, Token)).Refusal);

        var previous = (await space.Client.AppsV1.ListNamespacedControllerRevisionAsync(space.Name, cancellationToken: Token))
            .Items.MinBy(r => r.Revision);
        Assert.NotNull(previous);
        request = request with { Facts = Remembered(previous.Metadata.Labels["controller-revision-hash"]) };
        var plan = (await action.PlanAsync(request, Token)).Plan;
        Assert.NotNull(plan);
        Assert.EndsWith("which was available", plan.Summary, StringComparison.Ordinal);
        await action.ApplyAsync(request, plan, Token);
        Assert.Equal(ProbeAnswer.Happened, (await action.ProbeAsync(request, plan, Token)).Answer);
        await UntilReadyAsync(space, "daemonset");

        await action.UndoAsync(request, plan, Token);
        var set = await space.Client.AppsV1.ReadNamespacedDaemonSetAsync("web", space.Name, cancellationToken: Token);
        Assert.Equal(Bad, set.Spec.Template.Spec.Containers[0].Command[2]);
    }

    [Fact]
    public async Task TheNewestOfSeveralRevisionsThatServed_IsTheOne_NotABadOneBetween()
    {
        await using var space = await BadRolloutAsync("deployment");
        await RollOutAsync(space, "deployment", "exit 5");
        await UntilObservedAsync(space, 3);
        var (action, request) = Undo(space);
        Assert.Contains("to revision 1 (", (await action.PlanAsync(request, Token)).Plan?.Summary, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AChangeBetweenPlanAndApply_IsNotRolledOver()
    {
        await using var space = await BadRolloutAsync("deployment");
        var (action, request) = Undo(space);
        var plan = (await action.PlanAsync(request, Token)).Plan;
        Assert.NotNull(plan);
        await RollOutAsync(space, "deployment", "exec sleep 7200");

        var e = await Assert.ThrowsAsync<ActionFailedException>(() => action.ApplyAsync(request, plan, Token));
        Assert.Equal(FailureKind.Permanent, e.Kind);
        Assert.Equal("exec sleep 7200", await CommandAsync(space));
    }

    /// <summary>As an autoscaler does.</summary>
    [Fact]
    public async Task ReplicasThatChangeBetweenPlanAndApply_AreInNobodysWay()
    {
        await using var space = await BadRolloutAsync("deployment");
        var (action, request) = Undo(space);
        var plan = (await action.PlanAsync(request, Token)).Plan;
        Assert.NotNull(plan);
        await space.Client.AppsV1.PatchNamespacedDeploymentScaleAsync(
            new V1Patch("""{"spec":{"replicas":3}}""", V1Patch.PatchType.MergePatch), "web", space.Name, cancellationToken: Token);
        await UntilObservedAsync(space, 2);

        await action.ApplyAsync(request, plan, Token);
        var deployment = await space.Client.AppsV1.ReadNamespacedDeploymentAsync("web", space.Name, cancellationToken: Token);
        Assert.Equal((Good, 3), (deployment.Spec.Template.Spec.Containers[0].Command[2], deployment.Spec.Replicas));
    }

    /// <summary>What an owner has written back is a rollout of its own, and none that was planned for.</summary>
    [Fact]
    public async Task TemplateThatSomebodyHasWrittenBack_IsNotTakenBackOnceMore()
    {
        await using var space = await BadRolloutAsync("deployment");
        var (action, request) = Undo(space);
        var plan = (await action.PlanAsync(request, Token)).Plan;
        Assert.NotNull(plan);
        await action.ApplyAsync(request, plan, Token);
        await UntilObservedAsync(space, 3);
        await space.Client.AppsV1.PatchNamespacedDeploymentAsync(
            new V1Patch("""
                {"metadata":{"annotations":{"remediator.io/action-id":null}},"spec":{"template":{"spec":{"containers":[
                  {"name":"main","command":["sh","-c","BAD"]}]}}}}
                """.Replace("BAD", Bad, StringComparison.Ordinal), V1Patch.PatchType.StrategicMergePatch),
            "web", space.Name, cancellationToken: Token);
        await UntilObservedAsync(space, 4);

        var e = await Assert.ThrowsAsync<ActionFailedException>(() => action.ApplyAsync(request, plan, Token));
        Assert.Equal(
            $"The deployment {space.Name}/web was changed by somebody else after this was planned; nothing was done.", e.Message);
        Assert.Equal(Bad, await CommandAsync(space));
    }

    [Theory]
    [InlineData(
        """{"metadata":{"annotations":{"remediator.io/no-undo":"migration 42"}}}""",
        "must not be undone: it carries remediator.io/no-undo")]
    [InlineData("""{"spec":{"paused":true}}""", "is paused")]
    public async Task WhatItsOwnerForbids_IsRefused(string patch, string reason)
    {
        await using var space = await BadRolloutAsync("deployment");
        await space.Client.AppsV1.PatchNamespacedDeploymentAsync(
            new V1Patch(patch, V1Patch.PatchType.MergePatch), "web", space.Name, cancellationToken: Token);
        var (action, request) = Undo(space);
        Assert.Equal($"deployment {space.Name}/web {reason}.", (await action.PlanAsync(request, Token)).Refusal);
    }

    [Fact]
    public async Task AFirstRollout_HasNothingToGoBackTo()
    {
        await using var space = await TestNamespace.CreateAsync();
        await space.DeployAsync("web", Bad);
        await UntilObservedAsync(space, 1);
        var (action, request) = Undo(space);
        Assert.Equal($"deployment {space.Name}/web has no earlier revision.", (await action.PlanAsync(request, Token)).Refusal);
    }

    /// <summary>fluxcd/kustomize-controller #1180: the earlier ConfigMap is removed before the rollout is complete.</summary>
    [Fact]
    public async Task AConfigMapThatIsNoLongerThere_KeepsFromGoingBack()
    {
        await using var space = await TestNamespace.CreateAsync();
        await space.RunAsync("deployment", "web", Good, 2);
        await UntilReadyAsync(space, "deployment");
        foreach (var name in new[] { "conf-1", "conf-2" })
            await space.Client.CoreV1.CreateNamespacedConfigMapAsync(
                new() { Metadata = new() { Name = name } }, space.Name, cancellationToken: Token);
        await PatchAsync(space, Good, "conf-1");
        await UntilObservedAsync(space, 2);
        await UntilReadyAsync(space, "deployment");
        await PatchAsync(space, Bad, "conf-2");
        await UntilObservedAsync(space, 3);
        var (action, request) = Undo(space);
        Assert.NotNull((await action.PlanAsync(request, Token)).Plan);

        await space.Client.CoreV1.DeleteNamespacedConfigMapAsync("conf-1", space.Name, cancellationToken: Token);

        Assert.Matches(
            @"needs configmap/conf-1 in revision 2 \(web-.+\), and it is no longer there\.$",
            (await action.PlanAsync(request, Token)).Refusal);
    }

    private static Task<V1Deployment> PatchAsync(TestNamespace space, string command, string configMap) =>
        space.Client.AppsV1.PatchNamespacedDeploymentAsync(
            new V1Patch(
                $$"""
                [{"op":"replace","path":"/spec/template/spec/containers/0/command/2","value":"{{command}}"},
                 {"op":"add","path":"/spec/template/spec/containers/0/envFrom","value":[{"configMapRef":{"name":"{{configMap}}"} }]}]
                """,
                V1Patch.PatchType.JsonPatch),
            "web", space.Name, cancellationToken: Token);

    private static (RolloutUndoAction Action, ActionRequest Request) Undo(TestNamespace space, string kind = "deployment") =>
        (new(space.Api, space.Workloads), space.Request(new RolloutUndoInput(), kind, "web"));

    private static FactView Remembered(string revision) => new(1, TimeProvider.System.GetUtcNow(),
        [new(
            "workload",
            new Dictionary<string, string> { ["previous_revision"] = revision, ["previous_was_available"] = "true" },
            TimeProvider.System.GetUtcNow())]);

    private static async Task<TestNamespace> BadRolloutAsync(string kind)
    {
        var space = await TestNamespace.CreateAsync();
        try
        {
            await space.RunAsync(kind, "web", Good, 2);
            await UntilReadyAsync(space, kind);
            await RollOutAsync(space, kind, Bad);
            if (kind == "deployment")
                await UntilObservedAsync(space, 2);
            else
                await TestNamespace.UntilAsync("the new pod crashes", space.PodsAsync, pods =>
                    pods.Any(p => p.Status.ContainerStatuses?.Any(c => c.RestartCount > 0) == true));
            return space;
        }
        catch
        {
            await space.DisposeAsync();
            throw;
        }
    }

    private static Task RollOutAsync(TestNamespace space, string kind, string command)
    {
        var patch = new V1Patch(
            $$"""[{"op":"replace","path":"/spec/template/spec/containers/0/command/2","value":"{{command}}"}]""",
            V1Patch.PatchType.JsonPatch);
        return kind == "deployment"
            ? space.Client.AppsV1.PatchNamespacedDeploymentAsync(patch, "web", space.Name, cancellationToken: Token)
            : space.Client.AppsV1.PatchNamespacedDaemonSetAsync(patch, "web", space.Name, cancellationToken: Token);
    }

    private static async Task UntilObservedAsync(TestNamespace space, int revision) => await TestNamespace.UntilAsync(
        $"the controller has begun revision {revision}",
        () => space.Client.AppsV1.ReadNamespacedDeploymentAsync("web", space.Name, cancellationToken: Token),
        d => d.Status.ObservedGeneration >= d.Metadata.Generation
            && d.Metadata.Annotations.TryGetValue("deployment.kubernetes.io/revision", out var r)
            && r == $"{revision}");

    private static async Task<string> CommandAsync(TestNamespace space) =>
        (await space.Client.AppsV1.ReadNamespacedDeploymentAsync(
            "web", space.Name, cancellationToken: Token)).Spec.Template.Spec.Containers[0].Command[2];

    private static async Task UntilReadyAsync(TestNamespace space, string kind) =>
        await TestNamespace.UntilAsync($"{kind} web is ready", () =>
        new WorkloadReadyAction(space.Api, space.Workloads)
            .CheckAsync(space.Request(new WorkloadReadyInput(), kind, "web"), Token), r => r.Good);
}
