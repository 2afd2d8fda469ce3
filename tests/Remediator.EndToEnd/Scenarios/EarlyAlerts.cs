using k8s.Models;
using Remediator.Core.Events;
using Remediator.EndToEnd.Harness;

namespace Remediator.EndToEnd.Scenarios;

/// <summary>
/// The alerts that ship, through a real Prometheus and a real Alertmanager with the times that deploy/ gives them, and no time of the
/// engine shortened: how long it takes from a fault, and from what proves it, until something is done.
/// </summary>
[Trait("Needs", "Cluster")]
public sealed class EarlyAlerts
{
    /// <summary>
    /// From the proof to the act. Up to 15 s pass until it is scraped, 15 s until the rules are evaluated, 10 s at Alertmanager, and 60 s
    /// that the rule waits whether it lasts; the rest is for the engine.
    /// </summary>
    private static readonly TimeSpan Bound = TimeSpan.FromMinutes(2);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task BadRolloutIsUndone_AndABadPodEvicted_MinutesBeforeTheUsualAlertsFire()
    {
        using var files = new Workspace("early");
        // two faults one after the other, neither of which is to wait for the proof of the other
        File.WriteAllText(files["policy.yaml"], "slow_start: { first: 2 }\n");
        await using var scenario = await Scenario.StartAsync("early-alerts", new()
        {
            Routes = EarlyRoutes,
            Settings = new Dictionary<string, string>
            {
                ["Engine:DurationScale"] = "1",
                ["Facts:CrashWindow"] = "00:10:00",
                ["Facts:GoodAfter"] = "00:30:00",
                // the shipped playbooks ask a person for strong steps; how long a person takes is not measured
                ["Definitions:Playbooks"] = HostScenario.AutoPlaybooks(files),
                ["Definitions:Policy"] = files["policy.yaml"],
            },
        });
        var sandbox = scenario.Sandbox;
        await using var series = await KubeStateSeries.StartAsync(sandbox);
        await using var prometheus = Prometheus(files, scenario.Alertmanager, series);
        await sandbox.CreateAsync(OnTheRealNode(Workloads.Deployment("api", Workloads.Runs, replicas: 2)));
        await sandbox.CreateAsync(OnTheRealNode(Workloads.Spoilable("web", replicas: 3)));
        await sandbox.AwaitReadyAsync("api");
        await sandbox.AwaitReadyAsync("web");

        var spoiled = (await sandbox.PodsAsync("web"))[0];
        var fault = Now();
        var proof = ProvenAt(await sandbox.SpoilAsync(spoiled));
        var web = await ActedAsync(scenario, prometheus, "web", fault, "kubernetes.evict-pod", proof);

        fault = Now();
        await sandbox.RolloutScriptAsync("api", "echo 'no such flag: --fast'; exit 2");
        proof = ProvenAt(await sandbox.AwaitCrashingPodAsync("api"));
        var api = await ActedAsync(scenario, prometheus, "api", fault, "kubernetes.rollout-undo", proof);

        foreach (var took in new[] { web, api })
        {
            TestContext.Current.TestOutputHelper?.WriteLine(took.ToString());
            Assert.True(took.Act < Bound, took.ToString());
        }

        Assert.Equal(Workloads.Shell(Workloads.Runs), (await sandbox.DeploymentAsync("api")).Spec.Template.Spec.Containers[0].Command);
    }

    /// <summary>Other scenarios have nodes beside it on which nothing runs.</summary>
    private static V1Deployment OnTheRealNode(V1Deployment deployment)
    {
        deployment.Spec.Template.Spec.NodeSelector = new Dictionary<string, string> { ["kubernetes.io/hostname"] = "node-1" };
        return deployment;
    }

    /// <summary>
    /// When the run ended with which it is a crash loop, by the kubelet's clock. For the rollout all else that proves it is there before:
    /// none of its pods has ever been ready, the older ones are well, and the earlier revision was good.
    /// </summary>
    private static DateTimeOffset ProvenAt(V1Pod crashing) => new(
        crashing.Status.ContainerStatuses.Max(c => (c.State?.Terminated ?? c.LastState?.Terminated)?.FinishedAt)!.Value, TimeSpan.Zero);

    private static DateTimeOffset Now() => TimeProvider.System.GetUtcNow();

    private static async Task<Took> ActedAsync(
        Scenario scenario, ChildProcess prometheus, string name, DateTimeOffset fault, string use, DateTimeOffset proof)
    {
        var story = await Wait.ForAsync(
            $"a {use} of {name}",
            () => Task.FromResult(scenario.Stories().LastOrDefault(
                s => s.Incident.Resource.Name == name && s.Has<ActionSucceeded>())),
            Token, async () => $"{await scenario.ExplainAsync()}\n{prometheus.Tail}", TimeSpan.FromMinutes(15));
        Assert.Equal(use, story.All<ActionIntended>()[0].Use);
        return new(
            name, use, proof - fault, story.AtOf<AlertObserved>() - proof, story.AtOf<RunStarted>() - proof,
            story.AtOf<ActionIntended>() - proof);
    }

    private static ChildProcess Prometheus(Workspace files, AlertmanagerProcess alertmanager, KubeStateSeries series)
    {
        var rules = WorkingTree.Path("deploy", "prometheus", "remediation.rules.yaml");
        File.WriteAllText(files["prometheus.yaml"], $$"""
            global: { scrape_interval: 15s, evaluation_interval: 15s }
            rule_files: [ {{rules}} ]
            alerting: { alertmanagers: [ { static_configs: [ { targets: [ "{{new Uri(alertmanager.Url).Authority}}" ] } ] } ] }
            scrape_configs:
              - job_name: kube-state-metrics
                honor_labels: true
                static_configs: [ { targets: [ "{{series.Target}}" ] } ]
            """);
        return new(
            "prometheus",
            [
                $"--config.file={files["prometheus.yaml"]}", $"--storage.tsdb.path={files["tsdb"]}",
                $"--web.listen-address=127.0.0.1:{FreePort.Take()}"],
            new Dictionary<string, string>(), files.Log("prometheus.log"));
    }

    /// <summary>As in deploy/alertmanager/alertmanager.yml for these alerts.</summary>
    private static string EarlyRoutes(EngineProcess engine) => $$"""
        route:
          receiver: people
          routes:
            - matchers: [ 'alertname =~ "ContainerRestartsFast|ContainerOomRate|DeploymentRolloutStuck"' ]
              receiver: remediator
              group_by: [namespace, alertname]
              group_wait: 1s
              group_interval: 10s
              repeat_interval: 4h
        receivers:
          - name: people
          - name: remediator
            webhook_configs:
              - url: {{engine.Url}}/api/v1/alerts/alertmanager/main
                send_resolved: true
                http_config: { authorization: { credentials_file: {{engine.TokenFile}} } }
        """;

    /// <param name="Proof">From the fault until it was proven; all else from there.</param>
    /// <param name="Alert">Until the engine had the alert.</param>
    /// <param name="Run">Until its rule had held for long enough.</param>
    private sealed record Took(string Name, string Use, TimeSpan Proof, TimeSpan Alert, TimeSpan Run, TimeSpan Act)
    {
        public override string ToString() =>
            $"{Name}, {Use}: {Proof.TotalSeconds:0} s from the fault to its proof; from there {Alert.TotalSeconds:0} s to the alert, "
                + $"{Run.TotalSeconds:0} s to the run, {Act.TotalSeconds:0} s to the act";
    }
}
