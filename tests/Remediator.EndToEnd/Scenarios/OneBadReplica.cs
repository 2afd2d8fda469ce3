using Remediator.Core.Events;
using Remediator.EndToEnd.Harness;
using k8s.Models;

namespace Remediator.EndToEnd.Scenarios;

[Trait("Needs", "Cluster")]
public sealed class OneBadReplica
{
    [Fact]
    public async Task OneOfThreeCrashes_IsEvicted_WhenItsBudgetAllowsIt()
    {
        await using var scenario = await Scenario.StartAsync("one-bad");
        var sandbox = scenario.Sandbox;
        await sandbox.CreateAsync(Workloads.Spoilable("api", replicas: 3));
        await sandbox.AwaitReadyAsync("api");
        await sandbox.BudgetAsync("api", minAvailable: 3);
        var before = await sandbox.PodsAsync("api");
        await sandbox.SpoilAsync(before[1]);
        var bad = await sandbox.AwaitCrashingPodAsync("api");

        await scenario.Alertmanager.FireAsync(FiredAlerts.PodCrashLooping(bad));

        await scenario.AwaitAsync("an eviction that the budget refuses", () =>
            Task.FromResult(scenario.Proxy.Attempts.Any(a => IsEviction(a) && a.Status == 429)));
        Assert.Contains(bad.Uid(), (await sandbox.PodsAsync("api")).Select(p => p.Uid()));
        await sandbox.RelaxAsync("api", minAvailable: 2);
        var story = await scenario.AwaitClosedAsync();
        Assert.Equal(CloseReason.Verified, story.All<IncidentClosed>().Single().Reason);
        Assert.Equal("kubernetes.evict-pod", Assert.Single(story.All<ActionIntended>()).Use);
        var after = (await sandbox.PodsAsync("api")).Select(p => p.Uid()).ToList();
        Assert.DoesNotContain(bad.Uid(), after);
        Assert.Superset(before.Where(p => p.Uid() != bad.Uid()).Select(p => p.Uid()).ToHashSet(), after.ToHashSet());
        Assert.True(IsEviction(Assert.Single(scenario.Proxy.Writes)), "more was written than one eviction");
    }

    private static bool IsEviction(WriteAttempt attempt) => attempt.Path.Contains("/eviction", StringComparison.Ordinal);
}
