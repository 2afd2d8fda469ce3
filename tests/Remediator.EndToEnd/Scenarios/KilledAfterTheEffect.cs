using Remediator.Core.Actions;
using Remediator.Core.Events;
using Remediator.EndToEnd.Harness;
using k8s.Models;

namespace Remediator.EndToEnd.Scenarios;

[Trait("Needs", "Cluster")]
public sealed class KilledAfterTheEffect
{
    [Theory]
    [InlineData("kubernetes.evict-pod", "which: crashing")]
    [InlineData("kubernetes.delete-pod", "which: crashing")]
    [InlineData("kubernetes.rollout-restart", "")]
    [InlineData("kubernetes.rollout-undo", "")]
    [InlineData("kubernetes.raise-memory-limit", "by: 25%")]
    public async Task Restart_FindsTheOneEffect_AndGoesOn(string use, string with)
    {
        await using var scenario = await Scenario.StartAsync(
            $"killed-{use.Split('-')[^1]}",
            new() { Rules = Repairs.Rule, Playbooks = Repairs.Playbook(use, with), Failpoint = "after-effect-before-outcome" });
        var bad = await scenario.Sandbox.MakeSickAsync(use);

        await scenario.Alertmanager.FireAsync(FiredAlerts.PodCrashLooping(bad));

        await scenario.Engine.AwaitDeathAsync(scenario.ExplainAsync);
        var cut = Assert.Single(scenario.Stories());
        Assert.Single(cut.All<ActionIntended>());
        Assert.Empty(cut.All<ActionSucceeded>());
        var effect = Assert.Single(scenario.Proxy.Writes);
        await scenario.Engine.StartAsync();
        var story = await scenario.AwaitClosedAsync();
        Assert.Equal(effect, Assert.Single(scenario.Proxy.Writes));
        Assert.Single(story.All<ActionIntended>());
        Assert.Equal(ProbeAnswer.Happened, Assert.Single(story.All<ActionProbed>()).Answer);
        Assert.Equal(CloseReason.Verified, story.All<IncidentClosed>().Single().Reason);
        Assert.Contains("it happened", await scenario.ShowAsync(story), StringComparison.Ordinal);
        Assert.DoesNotContain(bad.Uid(), (await scenario.Sandbox.PodsAsync("api")).Select(p => p.Uid()));
    }
}
