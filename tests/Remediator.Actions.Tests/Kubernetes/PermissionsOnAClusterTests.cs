using k8s;
using k8s.Models;
using Remediator.Actions.Kubernetes.DeletePod;
using Remediator.Actions.Kubernetes.Describe;
using Remediator.Actions.Kubernetes.Events;
using Remediator.Actions.Kubernetes.EvictPod;
using Remediator.Actions.Kubernetes.Logs;
using Remediator.Actions.Kubernetes.PodReady;
using Remediator.Actions.Kubernetes.Pods;
using Remediator.Actions.Kubernetes.RaiseMemoryLimit;
using Remediator.Actions.Kubernetes.RolloutRestart;
using Remediator.Actions.Kubernetes.RolloutUndo;
using Remediator.Actions.Kubernetes.WorkloadReady;
using Remediator.Actions.Tests.Cluster;
using Remediator.Core.Actions;

namespace Remediator.Actions.Tests.Kubernetes;

/// <summary>What an action declares is enough for all that it does: each works as a user who may do just that.</summary>
[Trait("Needs", "Cluster")]
public sealed class PermissionsOnAClusterTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task EveryAction_GetsByWithWhatItDeclares()
    {
        await using var space = await TestNamespace.CreateAsync();
        await space.DeployAsync("api", "touch /tmp/ready; exec sleep 3600", 2, d =>
        {
            d.Metadata.Annotations["remediator.io/raise-memory-limit"] = "128Mi";
            d.Spec.Template.Spec.Containers[0].Resources = new()
                { Limits = new Dictionary<string, ResourceQuantity> { ["memory"] = new("64Mi") } };
            // without it a pod is ready for a moment before it is killed, and the old ones are taken away
            d.Spec.Template.Spec.Containers[0].ReadinessProbe = new()
                { Exec = new() { Command = ["ls", "/tmp/ready"] }, PeriodSeconds = 1 };
        });
        await TestNamespace.UntilAsync("both pods are ready", space.PodsAsync, pods => pods.Count(p => p.IsReady()) == 2);
        await space.Client.AppsV1.PatchNamespacedDeploymentAsync(new V1Patch(
            """[{"op":"replace","path":"/spec/template/spec/containers/0/command/2","value":"x=$(head -c 200000000 /dev/zero | tr '\\0' 'x'); sleep 1"}]""",
            V1Patch.PatchType.JsonPatch),
            "api", space.Name, cancellationToken: Token);
        await TestNamespace.UntilAsync("an OOM kill that repeats", space.PodsAsync, pods =>
            pods.Any(p => p.Restarts() > 1 && p.Containers().Any(c => c.LastEnd()?.Reason == "OOMKilled")));

        await AsAsync(space, "kubernetes.logs", new LogsInput { Previous = true, Which = LogChoice.All });
        await AsAsync(space, "kubernetes.events", new EventsInput());
        await AsAsync(space, "kubernetes.describe", new DescribeInput());
        await AsAsync(space, "kubernetes.workload-ready", new WorkloadReadyInput());
        await AsAsync(space, "kubernetes.pod-ready", new PodReadyInput());
        await AsAsync(space, "kubernetes.evict-pod", new EvictPodInput());
        await TestNamespace.UntilAsync(
            "the next pod crashes", space.PodsAsync, pods => pods.Any(p => !p.IsTerminating() && p.Restarts() > 1));
        await AsAsync(space, "kubernetes.delete-pod", new DeletePodInput());
        await TestNamespace.UntilAsync("the next pod crashes", space.PodsAsync, pods =>
            pods.Any(p => !p.IsTerminating() && p.Containers().Any(c => c.LastEnd()?.Reason == "OOMKilled")));
        await AsAsync(space, "kubernetes.raise-memory-limit", new RaiseMemoryLimitInput());
        await TestNamespace.UntilAsync("the controller has begun the next revision", () =>
            space.Client.AppsV1.ReadNamespacedDeploymentAsync("api", space.Name, cancellationToken: Token),
            d =>
                d.Status.ObservedGeneration >= d.Metadata.Generation && d.Metadata.Annotations["deployment.kubernetes.io/revision"] != "2");
        await AsAsync(space, "kubernetes.rollout-undo", new RolloutUndoInput());
        await TestNamespace.UntilAsync("the rollout back is over", () =>
            space.Workloads.ReadAsync(space.Request(new(), "deployment", "api").Resource, DateTimeOffset.MaxValue, Token),
            w => !w.RollingOut && w.Ready == 2);
        await AsAsync(space, "kubernetes.rollout-restart", new RolloutRestartInput());
    }

    private static async Task AsAsync(TestNamespace space, string name, object input)
    {
        await using var user = await OnlyItsPermissions.OfAsync(space, name);
        var action = Remediator.Actions.Kubernetes.KubernetesActions.All(user.Api, () => Core.Policies.Policy.Default)
            .Single(a => a.Descriptor.Name == name);
        var request = space.Request(input, "deployment", "api", await space.FactsAsync(), $"act-{name}");
        switch (action)
        {
            case IReadAction read:
                var evidence = await read.ReadAsync(request, Token);
                Assert.DoesNotContain("the API server answered 403", evidence.Text, StringComparison.Ordinal);
                break;
            case IVerifyAction verify:
                await verify.CheckAsync(request, Token);
                break;
            case IChangeAction change:
                var result = await change.PlanAsync(request, Token);
                Assert.True(result.Plan is not null, $"{name}: {result.Refusal}");
                await change.ApplyAsync(request, result.Plan, Token);
                Assert.Equal(ProbeAnswer.Happened, (await change.ProbeAsync(request, result.Plan, Token)).Answer);
                break;
            default:
                Assert.Fail($"{name} is of no known sort.");
                break;
        }
    }
}
