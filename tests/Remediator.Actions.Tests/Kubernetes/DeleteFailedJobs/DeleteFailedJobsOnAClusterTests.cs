using k8s;
using k8s.Models;
using Remediator.Actions.Kubernetes.DeleteFailedJobs;
using Remediator.Actions.Kubernetes.Jobs;
using Remediator.Actions.Kubernetes.JobsSucceeded;
using Remediator.Actions.Tests.Cluster;
using Remediator.Core.Actions;
using Remediator.Core.Facts;

namespace Remediator.Actions.Tests.Kubernetes.DeleteFailedJobs;

[Trait("Needs", "Cluster")]
public sealed class DeleteFailedJobsOnAClusterTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ARunThatFailed_IsDeletedOnlyAfterALaterOneSucceeded()
    {
        await using var space = await TestNamespace.CreateAsync();
        await using var user = await OnlyItsPermissions.OfAsync(space, "kubernetes.delete-failed-jobs");
        var action = new DeleteFailedJobsAction(user.Api, new(user.Api));
        var cron = await space.CronJobAsync("nightly");
        var first = await space.RunAsync(cron, "nightly-1", "exit 3");
        await TestNamespace.UntilAsync("the first run fails", () => JobsAsync(space), jobs => jobs.Any(JobReader.HasFailed));
        var check = new JobsSucceededAction(space.Api);
        var request = space.Request(new DeleteFailedJobsInput(), "cronjob", "nightly", Facts(first));
        Assert.Contains("No failed run", (await action.PlanAsync(request, Token)).Refusal, StringComparison.Ordinal);
        Assert.Equal("job nightly-1 has failed", (await check.CheckAsync(request, Token)).Observed);

        // creation times have seconds
        await TestNamespace.UntilAsync(
            "the next second", Now, now => now > first.Metadata.CreationTimestamp!.Value.AddSeconds(1.1));
        await space.RunAsync(cron, "nightly-2", "true");
        await TestNamespace.UntilAsync("the second succeeds", () => JobsAsync(space), jobs => jobs.Any(JobReader.HasSucceeded));
        await TestNamespace.UntilAsync(
            "a later second", Now, now => now > first.Metadata.CreationTimestamp!.Value.AddSeconds(3));
        var third = await space.RunAsync(cron, "nightly-3", "exit 4");
        await TestNamespace.UntilAsync("the third fails", () => JobsAsync(space), jobs => jobs.Count(JobReader.HasFailed) == 2);
        request = request with { Facts = Facts(first, third) };
        var plan = (await action.PlanAsync(request, Token)).Plan!;
        Assert.Equal([first.Metadata.Uid], plan.Parameters.Values);
        Assert.Equal(cron.Metadata.Uid, (await action.IdentifyAsync(request, plan, Token))!["uid"]);

        Assert.Equal(ProbeAnswer.DidNotHappen, (await action.ProbeAsync(request, plan, Token)).Answer);
        await action.ApplyAsync(request, plan, Token);
        await TestNamespace.UntilAsync("it is gone", () => action.ProbeAsync(request, plan, Token), p => p.Answer is ProbeAnswer.Happened);
        await action.ApplyAsync(request, plan, Token);

        Assert.Equal(["nightly-2", "nightly-3"], (await JobsAsync(space)).Select(j => j.Metadata.Name).Order());
        await TestNamespace.UntilAsync("its pods are gone", space.PodsAsync, pods =>
            !pods.Any(p => p.Metadata.OwnerReferences.Any(o => o.Name == "nightly-1")));
        Assert.Equal("job nightly-3 has failed", (await check.CheckAsync(request, Token)).Observed);
    }

    private static async Task<IReadOnlyList<V1Job>> JobsAsync(TestNamespace space) =>
        [.. (await space.Client.BatchV1.ListNamespacedJobAsync(space.Name, cancellationToken: Token)).Items];

    private static Task<DateTime> Now() => Task.FromResult(TimeProvider.System.GetUtcNow().UtcDateTime);

    private static FactView Facts(params V1Job[] failed) =>
        new(1, default, failed.SelectMany(j => new[]
        {
            Fact.Parse($"job{{uid=\"{j.Metadata.Uid}\",later_succeeded=\"true\"}}"),
            Fact.Parse($"evidence{{logs_of=\"{j.Metadata.Name}\"}}"),
        }));
}
