using Remediator.Core.Actions;
using Remediator.Core.Events;
using Remediator.EndToEnd.Harness;

namespace Remediator.EndToEnd.Scenarios;

[Trait("Needs", "Cluster")]
public sealed class KilledElsewhere
{
    [Theory]
    [InlineData("after-intent-commit")]
    [InlineData("before-call")]
    public async Task BeforeTheEffect_ItIsDoneAfterTheRestart_UnderTheSameIntent(string failpoint)
    {
        await using var scenario = await StartAsync(failpoint);
        Assert.Empty(scenario.Proxy.Writes);

        await scenario.Engine.StartAsync();

        var story = await scenario.AwaitClosedAsync();
        Assert.Equal(CloseReason.Verified, story.All<IncidentClosed>().Single().Reason);
        Assert.Equal(ProbeAnswer.DidNotHappen, Assert.Single(story.All<ActionProbed>()).Answer);
        Assert.Single(story.All<ActionIntended>().Select(a => a.ActionId).Distinct());
        Assert.Single(scenario.Proxy.Writes);
    }

    [Fact]
    public async Task DuringVerification_ItIsVerifiedAfterTheRestart_AndNothingIsDoneAgain()
    {
        await using var scenario = await StartAsync("during-verification");

        await scenario.Engine.StartAsync();

        var story = await scenario.AwaitClosedAsync();
        Assert.Equal(CloseReason.Verified, story.All<IncidentClosed>().Single().Reason);
        Assert.Single(story.All<ActionIntended>());
        Assert.Single(scenario.Proxy.Writes);
    }

    [Fact]
    public async Task DuringEscalation_PeopleAreToldAfterTheRestart()
    {
        await using var scenario = await StartAsync("during-escalation", Repairs.Playbook("kubernetes.rollout-undo"));

        await scenario.Engine.StartAsync();

        await scenario.AwaitAsync(
            "RemediationFailed, firing", async () =>
                (await scenario.Alertmanager.FiringAsync("RemediationFailed", scenario.Sandbox.Namespace)).Count == 1);
        Assert.Single(Assert.Single(scenario.Stories()).All<Escalated>());
        Assert.Empty(scenario.Proxy.Writes);
    }

    /// <summary>Ends with the engine killed while it repairs one bad pod of two.</summary>
    private static async Task<Scenario> StartAsync(string failpoint, string? playbook = null)
    {
        var scenario = await Scenario.StartAsync(
            $"killed-{failpoint[^6..]}",
            new() {
                Rules = Repairs.Rule,
                Playbooks = playbook ?? Repairs.Playbook("kubernetes.evict-pod", "which: crashing"),
                Failpoint = failpoint });
        try
        {
            var bad = await scenario.Sandbox.MakeSickAsync("kubernetes.evict-pod");
            await scenario.Alertmanager.FireAsync(FiredAlerts.PodCrashLooping(bad));
            await scenario.Engine.AwaitDeathAsync(scenario.ExplainAsync);
            return scenario;
        }
        catch
        {
            await scenario.DisposeAsync();
            throw;
        }
    }
}
