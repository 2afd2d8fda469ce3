using Remediator.Core.Events;
using Remediator.EndToEnd.Harness;
using k8s;
using k8s.Models;

namespace Remediator.EndToEnd.Scenarios;

/// <summary>What is over and only keeps an alert alive is cleaned up, and what it had to say is kept first.</summary>
[Trait("Needs", "Cluster")]
public sealed class Leftovers
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task PodsThatTheirNodeEnded_AreDeleted_AndTheNewestFiveStay()
    {
        await using var scenario = await Scenario.StartAsync("leftovers");
        var sandbox = scenario.Sandbox;
        // put on a node that has not so many processors: its kubelet admits none
        var deployment = Workloads.Deployment("api", Workloads.Runs);
        deployment.Spec.Strategy = new() { Type = "RollingUpdate", RollingUpdate = new() { MaxUnavailable = "100%", MaxSurge = 0 } };
        deployment.Spec.Template.Spec.NodeName = "node-1";
        deployment.Spec.Template.Spec.Containers[0].Resources = new()
            { Requests = new Dictionary<string, ResourceQuantity> { ["cpu"] = new("1000") } };
        await sandbox.CreateAsync(deployment);
        await scenario.AwaitAsync("seven pods that were not admitted", async () => (await EndedAsync(sandbox)).Count >= 7);
        await sandbox.RolloutAsync("api", new
        {
            containers = new[] { new { name = Workloads.Container, resources = new { requests = new { cpu = "10m" } } } },
        });
        await sandbox.AwaitReadyAsync("api");
        await scenario.AwaitAsync("no pod but good and ended ones", async () => (await sandbox.PodsAsync("api")).All(p =>
            p.Status.Phase == "Failed" || p.Status.Conditions.Any(c => c is { Type: "Ready", Status: "True" })));
        var before = await EndedAsync(sandbox);

        await scenario.Alertmanager.FireAsync(FiredAlerts.PodNotReady(before[0]));

        var story = await scenario.AwaitClosedAsync();
        Assert.Equal(CloseReason.Verified, story.All<IncidentClosed>().Single().Reason);
        Assert.Equal("kubernetes.delete-failed-pods", Assert.Single(story.All<ActionIntended>()).Use);
        var after = await EndedAsync(sandbox);
        Assert.Equal(5, after.Count);
        Assert.Superset(after.Select(p => p.Uid()).ToHashSet(), before.Select(p => p.Uid()).ToHashSet());
        Assert.True(Sandbox.IsWhole(await sandbox.DeploymentAsync("api")), await sandbox.DescribeAsync());
        Assert.Equal(before.Count - 5, scenario.Proxy.Writes.Count);
        Assert.Contains("$pods-not-ready{", await scenario.ShowAsync(story), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ARunThatALaterOneHasMadeUpFor_IsDeleted_AndItsLogIsInTheJournal()
    {
        await using var scenario = await Scenario.StartAsync("cron");
        var sandbox = scenario.Sandbox;
        var cron = await CronJobAsync(sandbox);
        var failed = await RunAsync(sandbox, cron, "nightly-1", "echo 'the report could not be written'; exit 3");
        await AwaitAsync(scenario, failed, "Failed");
        await AwaitAsync(scenario, await RunAsync(sandbox, cron, "nightly-2", "echo done"), "Complete");
        await scenario.AwaitSeenAsync();
        var alert = FiredAlerts.JobFailed(failed);

        await scenario.Alertmanager.FireAsync(alert);

        await scenario.AwaitAsync("the failed run is gone", async () =>
            (await sandbox.Client.BatchV1.ListNamespacedJobAsync(sandbox.Namespace, cancellationToken: Token)).Items
                .Select(j => j.Name()).SequenceEqual(["nightly-2"]));
        await scenario.Alertmanager.ResolveAsync(alert);
        var story = await scenario.AwaitClosedAsync();
        Assert.Equal(CloseReason.Verified, story.All<IncidentClosed>().Single().Reason);
        Assert.Equal("kubernetes.delete-failed-jobs", Assert.Single(story.All<ActionIntended>()).Use);
        Assert.Contains(story.All<EvidenceCollected>().SelectMany(e => e.Items), i =>
            i.Text.Contains("the report could not be written", StringComparison.Ordinal));
        Assert.Single(scenario.Proxy.Writes);
    }

    [Fact]
    public async Task ARunThatNobodyHasMadeUpFor_IsToldWithItsLastWords_AndLeftAlone()
    {
        await using var scenario = await Scenario.StartAsync("job");
        var sandbox = scenario.Sandbox;
        var cron = await CronJobAsync(sandbox);
        var failed = await RunAsync(sandbox, cron, "nightly-1", "echo 'the report could not be written'; exit 3");
        await AwaitAsync(scenario, failed, "Failed");

        await scenario.Alertmanager.FireAsync(FiredAlerts.JobFailed(failed));

        var told = (await scenario.AwaitStoryAsync("people who are told", s => s.Has<Escalated>())).All<Escalated>().Single().Message;
        Assert.Contains("exit code 3", told, StringComparison.Ordinal);
        Assert.Contains("the report could not be written", told, StringComparison.Ordinal);
        Assert.Empty(scenario.Proxy.Writes);
    }

    /// <summary>Before 1.21 there is v1beta1 alone.</summary>
    private static async Task<V1CronJob> CronJobAsync(Sandbox sandbox) =>
        KubernetesJson.Deserialize<V1CronJob>(KubernetesJson.Serialize(
            await sandbox.Client.CustomObjects.CreateNamespacedCustomObjectAsync(new V1CronJob
            {
                ApiVersion = "batch/v1beta1",
                Kind = "CronJob",
                Metadata = new() { Name = "nightly" },
                Spec = new()
                {
                    Schedule = "0 0 1 1 *",
                    Suspend = true,
                    FailedJobsHistoryLimit = 9,
                    JobTemplate = new() { Spec = Job("true") },
                },
            }, "batch", "v1beta1", sandbox.Namespace, "cronjobs", cancellationToken: Token)));

    private static Task AwaitAsync(Scenario scenario, V1Job job, string condition) =>
        scenario.AwaitAsync($"job {job.Name()} is {condition}", async () =>
            (await scenario.Sandbox.Client.BatchV1.ReadNamespacedJobAsync(job.Name(), job.Namespace(), cancellationToken: Token))
                .Status.Conditions?.Any(c => c.Type == condition && c.Status == "True") == true);

    private static async Task<IReadOnlyList<V1Pod>> EndedAsync(Sandbox sandbox) =>
        [.. (await sandbox.PodsAsync("api")).Where(p => p.Status is { Phase: "Failed", Reason: "OutOfcpu" })];

    private static Task<V1Job> RunAsync(Sandbox sandbox, V1CronJob cron, string name, string script) =>
        sandbox.Client.BatchV1.CreateNamespacedJobAsync(new()
        {
            Metadata = new()
            {
                Name = name,
                OwnerReferences = [new()
                    { ApiVersion = "batch/v1", Kind = "CronJob", Name = cron.Name(), Uid = cron.Uid(), Controller = true }],
            },
            Spec = Job(script),
        }, sandbox.Namespace, cancellationToken: Token);

    private static V1JobSpec Job(string script)
    {
        var template = Workloads.Deployment("nightly", script).Spec.Template;
        template.Spec.RestartPolicy = "Never";
        return new() { BackoffLimit = 0, Template = template };
    }
}
