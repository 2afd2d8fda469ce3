using Remediator.Core.Events;
using Remediator.EndToEnd.Harness;

namespace Remediator.EndToEnd.Scenarios;

[Trait("Needs", "Cluster")]
public sealed class BadRollout
{
    [Fact]
    public async Task RolloutThatCrashes_IsUndone_WhenAPersonReleasesIt()
    {
        await using var scenario = await Scenario.StartAsync("bad-rollout");
        var sandbox = scenario.Sandbox;
        await sandbox.CreateAsync(Workloads.Deployment("api", Workloads.Runs, replicas: 2));
        await sandbox.AwaitReadyAsync("api");
        await sandbox.RolloutScriptAsync("api", "echo 'no such flag: --fast'; exit 2");
        var bad = await sandbox.AwaitCrashingPodAsync("api");

        await scenario.Alertmanager.FireAsync(FiredAlerts.PodCrashLooping(bad));

        var waiting = await scenario.AwaitStoryAsync("a step that waits for a person", s => s.Has<ApprovalRequested>());
        Assert.Empty(scenario.Proxy.Writes);
        await scenario.ApproveAsync(waiting);
        var story = await scenario.AwaitClosedAsync();
        Assert.Equal(CloseReason.Verified, story.All<IncidentClosed>().Single().Reason);
        Assert.Equal("kubernetes.rollout-undo", Assert.Single(story.All<ActionIntended>()).Use);
        Assert.Contains(story.All<EvidenceCollected>().Single().Items, i =>
            i.Text.Contains("no such flag: --fast", StringComparison.Ordinal));
        var deployment = await sandbox.DeploymentAsync("api");
        Assert.True(Sandbox.IsWhole(deployment), await sandbox.DescribeAsync());
        Assert.Equal(Workloads.Shell(Workloads.Runs), deployment.Spec.Template.Spec.Containers[0].Command);
        Assert.Single(scenario.Proxy.Writes);
        var told = await scenario.ShowAsync(story);
        foreach (var part in new[] { "KubePodCrashLooping", "rule restart-loop", "approved", "verified" })
            Assert.Contains(part, told, StringComparison.Ordinal);
    }
}
