using Remediator.Core.Events;
using Remediator.EndToEnd.Harness;

namespace Remediator.EndToEnd.Scenarios;

[Trait("Needs", "Cluster")]
public sealed class OutOfMemory
{
    [Fact]
    public async Task LimitTooLow_IsRaisedOnce_WhereItsOwnerAllowsIt()
    {
        await using var scenario = await Scenario.StartAsync("oom");
        var sandbox = scenario.Sandbox;
        await sandbox.CreateAsync(Workloads.Deployment("api", Workloads.Hungry, memory: "64Mi", annotations: Workloads.MayBeRaised));
        var bad = await sandbox.AwaitPodOutOfMemoryAsync("api");

        await scenario.Alertmanager.FireAsync(FiredAlerts.ContainerOomKiller(bad));

        await scenario.ApproveAsync(await scenario.AwaitStoryAsync("a step that waits for a person", s => s.Has<ApprovalRequested>()));
        var story = await scenario.AwaitClosedAsync();
        Assert.Equal(CloseReason.Verified, story.All<IncidentClosed>().Single().Reason);
        Assert.Equal("kubernetes.raise-memory-limit", Assert.Single(story.All<ActionIntended>()).Use);
        var container = (await sandbox.DeploymentAsync("api")).Spec.Template.Spec.Containers[0];
        Assert.Equal(80 * 1024 * 1024, container.Resources.Limits["memory"].ToInt64());
        var pod = Assert.Single(await sandbox.PodsAsync("api"));
        Assert.Equal((0, true), (Sandbox.Restarts(pod), pod.Status.ContainerStatuses[0].Ready));
        Assert.Single(scenario.Proxy.Writes);
    }
}
