using Remediator.Core.Events;
using Remediator.EndToEnd.Harness;

namespace Remediator.EndToEnd.Scenarios;

[Trait("Needs", "Cluster")]
public sealed class FaultyApiServer
{
    private static readonly ScenarioOptions Options = new()
    {
        Rules = Repairs.Rule,
        Playbooks = Repairs.Playbook("kubernetes.evict-pod", "which: crashing"),
        // the shortest that is allowed, so that a stalled view is old soon
        Settings = new Dictionary<string, string> { ["Engine:MaxViewAge"] = "00:00:05" },
    };

    [Theory]
    [InlineData("StallReads")]
    [InlineData("CutWatches")]
    public async Task ViewThatCannotBeTrusted_HoldsEveryAct_UntilItCan(string fault)
    {
        await using var scenario = await Scenario.StartAsync($"proxy-{fault[..3].ToLowerInvariant()}", Options);
        var bad = await scenario.Sandbox.MakeSickAsync("kubernetes.evict-pod");
        await scenario.AwaitSeenAsync();

        scenario.Proxy.Begin(Enum.Parse<ProxyFault>(fault));
        await scenario.AwaitAsync("a view that is too old", async () => await scenario.ViewAgeAsync() > 6);
        await scenario.Alertmanager.FireAsync(FiredAlerts.PodCrashLooping(bad));
        await scenario.AwaitAsync(
            "an alert that waits for a view", async () => await scenario.Engine.MetricAsync("remediator_inbox_waiting") > 0);
        await scenario.AwaitAsync("a view that is much too old", async () => await scenario.ViewAgeAsync() > 15);

        Assert.Empty(scenario.Proxy.Attempts);
        Assert.DoesNotContain(scenario.Stories(), s => s.Has<ActionIntended>());
        scenario.Proxy.End();
        var story = await scenario.AwaitClosedAsync();
        Assert.Equal(CloseReason.Verified, story.All<IncidentClosed>().Single().Reason);
        Assert.Single(scenario.Proxy.Writes);
    }

    [Fact]
    public async Task VersionsThatAreGone_AreListedAgain_AndTheRepairGoesOn()
    {
        await using var scenario = await Scenario.StartAsync("proxy-gone", Options);
        scenario.Proxy.Begin(ProxyFault.Gone);
        var bad = await scenario.Sandbox.MakeSickAsync("kubernetes.evict-pod");
        await scenario.Alertmanager.FireAsync(FiredAlerts.PodCrashLooping(bad));
        await scenario.AwaitAsync("watches that were told 410", () => Task.FromResult(scenario.Proxy.Met > 3));

        scenario.Proxy.End();
        var story = await scenario.AwaitClosedAsync();

        Assert.Equal(CloseReason.Verified, story.All<IncidentClosed>().Single().Reason);
        Assert.Single(scenario.Proxy.Writes);
    }
}
