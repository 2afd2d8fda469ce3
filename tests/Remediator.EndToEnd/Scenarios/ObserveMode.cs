using Remediator.Core.Events;
using Remediator.EndToEnd.Harness;
using k8s;
using k8s.Models;

namespace Remediator.EndToEnd.Scenarios;

[Trait("Needs", "Cluster")]
public sealed class ObserveMode
{
    [Fact]
    public async Task SameAlerts_TouchNothing_AndTheJournalSaysWhatWouldBeDone()
    {
        await using var scenario =
            await Scenario.StartAsync("observe", new() { Settings = new Dictionary<string, string> { ["Engine:Mode"] = "observe" } });
        var sandbox = scenario.Sandbox;
        await sandbox.CreateAsync(Workloads.Spoilable("one-bad", replicas: 3));
        await sandbox.CreateAsync(Workloads.Deployment("released", Workloads.Runs, replicas: 2));
        await sandbox.AwaitReadyAsync("one-bad");
        await sandbox.AwaitReadyAsync("released");
        await sandbox.SpoilAsync((await sandbox.PodsAsync("one-bad"))[0]);
        await sandbox.RolloutScriptAsync("released", "exit 2");
        var spoiled = await sandbox.AwaitCrashingPodAsync("one-bad");
        var crashing = await sandbox.AwaitCrashingPodAsync("released");
        var before = await IdentitiesAsync(sandbox);

        await scenario.Alertmanager.FireAsync(FiredAlerts.PodCrashLooping(spoiled), FiredAlerts.PodCrashLooping(crashing));

        var evict = await WouldAsync(scenario, "one-bad");
        var undo = await WouldAsync(scenario, "released");
        Assert.Equal(("kubernetes.evict-pod", "kubernetes.rollout-undo"), (evict.Use, undo.Use));
        Assert.Contains(spoiled.Name(), evict.Plan.Summary, StringComparison.Ordinal);
        Assert.Empty(scenario.Proxy.Attempts);
        Assert.Equal(before, await IdentitiesAsync(sandbox));
        Assert.DoesNotContain(scenario.Stories(), s => s.Has<ActionIntended>() || s.Has<Escalated>() || s.Has<ApprovalRequested>());
        Assert.Empty(await scenario.Alertmanager.FiringAsync("RemediationFailed", sandbox.Namespace));
    }

    private static async Task<WouldAct> WouldAsync(Scenario scenario, string deployment) =>
        (await scenario.AwaitStoryAsync(
            $"what would be done to {deployment}", s => s.Incident.Resource.Name == deployment && s.Has<WouldAct>()))
            .All<WouldAct>()[0];

    /// <summary>Pods by uid, and workloads by what was asked of them: their status moves by itself.</summary>
    private static async Task<string> IdentitiesAsync(Sandbox sandbox)
    {
        var pods = await sandbox.Client.CoreV1.ListNamespacedPodAsync(sandbox.Namespace);
        var deployments = await sandbox.Client.AppsV1.ListNamespacedDeploymentAsync(sandbox.Namespace);
        return string.Join(
            ' ', pods.Items.Select(p => p.Uid()).Concat(deployments.Items.Select(d => $"{d.Uid()}@{d.Metadata.Generation}")).Order());
    }
}
