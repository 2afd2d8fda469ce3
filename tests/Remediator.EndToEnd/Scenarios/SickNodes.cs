using Remediator.Core.Events;
using Remediator.EndToEnd.Harness;
using k8s.Models;

namespace Remediator.EndToEnd.Scenarios;

[Trait("Needs", "Cluster")]
[Collection(Fleet.Name)]
public sealed class SickNodes(Fleet fleet)
{
    [Fact]
    public async Task OneNodeDown_IsHandedToPeople_AndLeftAsItIs_UntilItIsReadyAgain()
    {
        await using var scenario = await StartAsync("one-node");
        var sandbox = scenario.Sandbox;
        await fleet.FreezeAsync(sandbox, "fleet-a1");
        await scenario.AwaitSeenAsync();
        await scenario.Alertmanager.FireAsync(FiredAlerts.NodeNotReady("fleet-a1"));

        var escalated = await AwaitAsync(scenario, "fleet-a1", "an escalation", s => s.Has<Escalated>());
        Assert.Contains("is for a person", escalated.All<Escalated>().Single().Message, StringComparison.Ordinal);
        // kube-prometheus' alert is over as soon as somebody cordons the node; the node is as broken as before
        await scenario.Alertmanager.ResolveAsync(FiredAlerts.NodeNotReady("fleet-a1"));
        var resolved = await AwaitAsync(scenario, "fleet-a1", "the end of the alert", s => s.Has<AlertCleared>());
        Assert.False(resolved.Has<IncidentClosed>());

        await fleet.ThawAsync(sandbox, "fleet-a1");
        var story = await AwaitAsync(scenario, "fleet-a1", "its end", s => s.Has<IncidentClosed>());
        Assert.Empty(story.Acts);
        Assert.Empty(await sandbox.CordonedAsync());
        Assert.Empty(scenario.Proxy.Writes);
        await fleet.RestoreAsync(sandbox);
    }

    [Fact]
    public async Task NodeThatIsReadyAndNotReadyByTurns_IsCordonedAlone_AndUncordonedWhenItWasSteady()
    {
        await using var scenario = await StartAsync("unsteady");
        var sandbox = scenario.Sandbox;
        await scenario.AwaitSeenAsync();
        for (var fall = 1; fall < 3; fall++)
        {
            await fleet.FreezeAsync(sandbox, "fleet-a2");
            await fleet.ThawAsync(sandbox, "fleet-a2");
        }

        await fleet.FreezeAsync(sandbox, "fleet-a2");
        await scenario.AwaitSeenAsync();
        await scenario.Alertmanager.FireAsync(FiredAlerts.NodeNotReady("fleet-a2"));
        await AwaitAsync(scenario, "fleet-a2", "a cordon", s => s.Has<ActionSucceeded>());
        Assert.Equal(["fleet-a2"], await sandbox.CordonedAsync());

        await fleet.ThawAsync(sandbox, "fleet-a2");
        var story = await AwaitAsync(scenario, "fleet-a2", "its end", s => s.Has<IncidentClosed>());
        Assert.Equal("node fleet-a2 is uncordoned.", story.All<ActionUndone>().Single().Message);
        Assert.Equal(["kubernetes.cordon"], story.Acts);
        Assert.Empty(await sandbox.CordonedAsync());
        Assert.Equal(2, scenario.Proxy.Writes.Count);
        await fleet.RestoreAsync(sandbox);
    }

    [Fact]
    public async Task FourOfSixOfAZone_AreAStorm_OneEscalation_NoAct_AndLeftoversAreDecidedAgain()
    {
        await using var scenario = await StartAsync("storm");
        var sandbox = scenario.Sandbox;
        string[] down = ["fleet-a1", "fleet-a2", "fleet-a3", "fleet-a4"];
        await fleet.FreezeAsync(sandbox, down);
        await scenario.AwaitSeenAsync();
        await scenario.Alertmanager.FireAsync([.. down.Select(FiredAlerts.NodeNotReady)]);

        foreach (var node in down)
            Assert.Equal("storm", (await AwaitAsync(scenario, node, "a hold", s => s.Has<Held>())).All<Held>()[0].Guard);
        await AwaitAsync(scenario, "fleet-a", "an escalation", s => s.Has<Escalated>());
        await scenario.AwaitAsync(
            "RemediationFailed of the zone", async () => (await scenario.Alertmanager.FiringAsync("RemediationFailed", "")).Count > 0);
        Assert.Equal("storm", Of(scenario, "fleet-a").Single().Incident.Status);
        Assert.Single(scenario.NodeStories(), s => s.Has<Escalated>());
        Assert.Empty(scenario.Proxy.Writes);

        await scenario.Alertmanager.ResolveAsync([.. down[..3].Select(FiredAlerts.NodeNotReady)]);
        await fleet.ThawAsync(sandbox, down[..3]);
        var storm = await AwaitAsync(scenario, "fleet-a", "its end after a cool-down", s =>
            s.Has<StormChanged>(c => c.Phase is StormPhase.CoolingDown) && s.Has<IncidentClosed>());
        Assert.Single(storm.All<Escalated>());
        var leftover = await AwaitAsync(scenario, "fleet-a4", "an escalation after the storm", s => s.Has<Escalated>());
        var over = storm.Entries.First(e => e.Type == "storm-changed" && e.Payload.Contains("Over", StringComparison.Ordinal));
        Assert.True(
            leftover.SequenceOf<Escalated>() > over.Sequence,
            $"people were told of fleet-a4 before the cool-down was over:\n{storm.Timed}\n{leftover.Timed}");
        foreach (var node in down[..3])
            Assert.Empty((await AwaitAsync(scenario, node, "its end", s => s.Has<IncidentClosed>())).All<ActionIntended>());
        Assert.Empty(scenario.Proxy.Writes);
        await fleet.RestoreAsync(sandbox);
    }

    [Fact]
    public async Task NodeThatAPersonHasCordoned_IsHeld_AndNeverUncordoned()
    {
        await using var scenario = await StartAsync("maintenance");
        var sandbox = scenario.Sandbox;
        await sandbox.CordonAsync("fleet-b1", true);
        await fleet.FreezeAsync(sandbox, "fleet-b1");
        await scenario.AwaitSeenAsync();
        await scenario.Alertmanager.FireAsync(FiredAlerts.NodeNotReady("fleet-b1"));

        await scenario.AwaitAsync("a hold", () =>
            Task.FromResult(Of(scenario, "fleet-b1").Any(s => s.Incident.Summary == "held: a person has cordoned node fleet-b1")));
        await fleet.ThawAsync(sandbox, "fleet-b1");
        await scenario.Alertmanager.ResolveAsync(FiredAlerts.NodeNotReady("fleet-b1"));
        await AwaitAsync(scenario, "fleet-b1", "its end", s => s.Has<IncidentClosed>());
        Assert.True(await sandbox.IsCordonedAsync("fleet-b1"));
        Assert.Empty(scenario.Proxy.Writes);
        await fleet.RestoreAsync(sandbox);
    }

    [Fact]
    public async Task PodThatCrashesOnASickNode_WaitsForTheNode_AndIsDecidedAgainAfterIt()
    {
        await using var scenario = await StartAsync("cause");
        var sandbox = scenario.Sandbox;
        var deployment = Workloads.Spoilable("api", replicas: 2);
        deployment.Spec.Template.Spec.NodeSelector = new Dictionary<string, string> { ["kubernetes.io/hostname"] = "node-1" };
        await sandbox.CreateAsync(deployment);
        await sandbox.AwaitReadyAsync("api");
        await sandbox.SpoilAsync((await sandbox.PodsAsync("api"))[0]);
        var bad = await sandbox.AwaitCrashingPodAsync("api");
        await fleet.FreezeAsync(sandbox, "node-1");
        await scenario.AwaitSeenAsync();
        await scenario.Alertmanager.FireAsync(FiredAlerts.PodCrashLooping(bad));

        var story = await scenario.AwaitStoryAsync("a hold", s => s.Has<Held>(h => h.Guard == "root cause busy"));
        Assert.Contains("node node-1, which is not ready", await scenario.ShowAsync(story), StringComparison.Ordinal);
        var (code, status) = await scenario.Engine.VerbAsync("status");
        Assert.True(code == 0 && status.Contains("root cause busy", StringComparison.Ordinal), status);
        Assert.Empty(scenario.Proxy.Writes);

        await fleet.ThawAsync(sandbox, "node-1");
        await scenario.AwaitStoryAsync("a run after the cause", s => s.Has<RunStarted>());
        await fleet.RestoreAsync(sandbox);
    }

    private async Task<Scenario> StartAsync(string name)
    {
        var scenario = await Scenario.StartAsync(name);
        await fleet.RestoreAsync(scenario.Sandbox);
        return scenario;
    }

    private static IEnumerable<Story> Of(Scenario scenario, string name) =>
        scenario.NodeStories().Where(s => s.Incident.Resource.Name == name);

    private static Task<Story> AwaitAsync(Scenario scenario, string name, string what, Func<Story, bool> isIt) => Wait.ForAsync(
        $"{what} of {name}", () =>
            Task.FromResult(Of(scenario, name).LastOrDefault(isIt)), TestContext.Current.CancellationToken, scenario.ExplainAsync);
}
