using Remediator.Core.Events;
using Remediator.EndToEnd.Harness;
using k8s;
using k8s.Models;

namespace Remediator.EndToEnd.Scenarios;

[Trait("Needs", "Cluster")]
public sealed class LadderThatReplacesPods
{
    private const string Playbook = """
        playbook: sick
        resource: [deployment]
        problem: [ 'container{crashing="true"}' ]
        mode: auto
        limits: { attempts: 2 per 24h, cooldown: 30m }
        ladder:
          - step: evict it
            use: kubernetes.evict-pod
            with: { which: crashing }
            verify: { use: kubernetes.workload-ready, within: 5m, stable: 4m }
          - step: restart it
            use: kubernetes.rollout-restart
            verify: { use: kubernetes.workload-ready, within: 5m, stable: 4m }
          - step: delete it
            use: kubernetes.delete-pod
            with: { which: crashing }
            verify: { use: kubernetes.workload-ready, within: 5m, stable: 4m }
        escalate: { severity: critical, message: "{{ resource }} is sick" }
        """;

    [Fact]
    public async Task AlertsOfPodsThatAreGone_AreOneIncident_AndNoRungIsRepeated()
    {
        await using var scenario = await Scenario.StartAsync("ladder", new() { Rules = Repairs.Rule, Playbooks = Playbook });
        var sandbox = scenario.Sandbox;
        var hopeless = Workloads.Deployment("api", "echo no luck; exit 5");
        // a rollout that does not end holds the rung after it until it is known to be stuck
        hopeless.Spec.ProgressDeadlineSeconds = 5;
        await sandbox.CreateAsync(hopeless);
        await sandbox.CreateAsync(Workloads.Deployment("neighbour", Workloads.Runs));
        var first = await sandbox.AwaitCrashingPodAsync("api");
        await scenario.AwaitSeenAsync();
        await sandbox.Client.CoreV1.DeleteNamespacedPodAsync(
            first.Name(), sandbox.Namespace, gracePeriodSeconds: 0, cancellationToken: TestContext.Current.CancellationToken);
        await sandbox.AwaitPodAsync("api", "that came after it and crashes", p => p.Uid() != first.Uid() && Sandbox.IsCrashing(p));
        var neighbour = Assert.Single(await sandbox.PodsAsync("neighbour"));

        await scenario.Alertmanager.FireAsync(FiredAlerts.PodCrashLooping(first));
        var fired = new HashSet<string> { first.Uid() };
        await scenario.AwaitAsync(
            "an escalation, while each new pod brings an alert of its own",
            async () =>
            {
                foreach (var pod in (await sandbox.PodsAsync("api")).Where(p => Sandbox.IsCrashing(p) && fired.Add(p.Uid())))
                    await scenario.Alertmanager.FireAsync(FiredAlerts.PodCrashLooping(pod));
                return scenario.Stories().Any(s => s.Has<Escalated>());
            });

        // an alert that comes before the view shows its pod crash waits in an incident of its own, and joins the other then
        var story = Assert.Single(
            scenario.Stories(), s => !s.Has<IncidentClosed>(c => c.Reason is CloseReason.Merged));
        Assert.Equal(("deployment", "api"), (story.Incident.Resource.Kind, story.Incident.Resource.Name));
        Assert.Equal(
            ["kubernetes.evict-pod", "kubernetes.rollout-restart", "kubernetes.delete-pod"],
            story.All<ActionIntended>().Select(a => a.Use));
        Assert.Equal(3, scenario.Proxy.Writes.Count);
        Assert.True(fired.Count >= 3, $"only {fired.Count} pods crashed");
        Assert.Equal(neighbour.Uid(), Assert.Single(await sandbox.PodsAsync("neighbour")).Uid());
    }
}
