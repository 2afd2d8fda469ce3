using k8s.Models;

namespace Remediator.EndToEnd.Harness;

/// <summary>One rule and one playbook with a single step, for scenarios about one action; and something sick that it repairs.</summary>
internal static class Repairs
{
    public const string Rule = """
        rules:
          - rule: sick
            alert: KubePodCrashLooping
            when:
              - on(namespace, workload, workload_kind) container{crashing="true"}
            then:
              run: sick
        """;

    public static string Playbook(string use, string? with = null) => $$$"""
        playbook: sick
        resource: [deployment]
        problem: [ 'container{crashing="true"}' ]
        mode: auto
        limits: { attempts: 2 per 24h, cooldown: 30m }
        evidence:
          - use: kubernetes.logs
            with: { previous: true, lines: 20, which: crashing }
        ladder:
          - step: repair it
            use: {{{use}}}
            with: { {{{with}}} }
            verify: { use: kubernetes.workload-ready, within: 2h, stable: 1m }
        escalate: { severity: critical, message: "{{ resource }} is sick" }
        """;

    /// <returns>The crashing pod of deployment <c>api</c>, which the action can repair.</returns>
    public static async Task<V1Pod> MakeSickAsync(this Sandbox sandbox, string use)
    {
        switch (use)
        {
            case "kubernetes.rollout-undo":
                await sandbox.CreateAsync(Workloads.Deployment("api", Workloads.Runs, replicas: 2));
                await sandbox.AwaitReadyAsync("api");
                await sandbox.RolloutScriptAsync("api", "exit 2");
                break;
            case "kubernetes.raise-memory-limit":
                await sandbox.CreateAsync(
                    Workloads.Deployment("api", Workloads.Hungry, memory: "64Mi", annotations: Workloads.MayBeRaised));
                return await sandbox.AwaitPodOutOfMemoryAsync("api");
            default:
                await sandbox.CreateAsync(Workloads.Spoilable("api", replicas: 2));
                await sandbox.AwaitReadyAsync("api");
                await sandbox.SpoilAsync((await sandbox.PodsAsync("api"))[0]);
                break;
        }

        return await sandbox.AwaitCrashingPodAsync("api");
    }
}
