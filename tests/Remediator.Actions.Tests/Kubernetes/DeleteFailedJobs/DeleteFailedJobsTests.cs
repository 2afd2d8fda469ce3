using k8s.Models;
using Microsoft.Extensions.Time.Testing;
using Remediator.Actions.Kubernetes.Api;
using Remediator.Actions.Kubernetes.DeleteFailedJobs;
using Remediator.Actions.Kubernetes.Workloads;
using Remediator.Core.Actions;
using Remediator.Core.Facts;
using Remediator.Testing;
using Remediator.Testing.Kubernetes;

namespace Remediator.Actions.Tests.Kubernetes.DeleteFailedJobs;

public sealed class DeleteFailedJobsTests : IAsyncLifetime
{
    private HttpEndpoint? _server;

    private HttpEndpoint Server => _server ?? throw new InvalidOperationException("The endpoint is not started.");

    public async ValueTask InitializeAsync() => _server = await HttpEndpoint.StartAsync();

    public ValueTask DisposeAsync() => Server.DisposeAsync();

    [Fact]
    public async Task ARunWhoseLogTheEvidenceDoesNotHave_Stays()
    {
        var plan = (await PlanAsync("evidence{logs_of=\"run-1,run-9\"}", "run-1", "run-2")).Plan!;
        Assert.Equal(["run-1"], plan.Parameters.Keys);
    }

    [Fact]
    public async Task ARunWithoutAFailedContainer_HasNoLogToLose()
    {
        var plan = (await PlanAsync("evidence{logs_of=\"run-1\"}", "run-1")).Plan!;
        Assert.Equal(["run-1", "run-2"], plan.Parameters.Keys.Order());
    }

    [Theory]
    [InlineData(null)]
    [InlineData("evidence{reason=\"Error\"}")]
    [InlineData("evidence{logs_of=\"run-9\"}")]
    public async Task WhereTheEvidenceHasNoneOfTheirLogs_NothingIsDeleted(string? evidence)
    {
        var refused = (await PlanAsync(evidence, "run-1", "run-2")).Refusal;
        Assert.Equal(
            "No log of the failed runs of cronjob shop/api is among the evidence, and it would be lost with their pods.", refused);
    }

    /// <param name="failed">Runs that have a pod with a container that failed.</param>
    private Task<PlanResult> PlanAsync(string? evidence, params string[] failed)
    {
        Server.Always(
            "GET", "/apis/batch/v1/namespaces/shop/jobs", ApiAnswers.List(
                Job("run-1", 1, "Failed"), Job("run-2", 2, "Failed"), Job("run-3", 3, "Complete")));
        Server.Always("GET", "/api/v1/namespaces/shop/pods", ApiAnswers.List(failed.Select(run => TestPods.Running($"{run}-a").With(p =>
        {
            p.Metadata.OwnerReferences = [new() { ApiVersion = "batch/v1", Kind = "Job", Name = run, Uid = run, Controller = true }];
            p.Status.Phase = "Failed";
            p.Status.ContainerStatuses[0].State = new() { Terminated = new() { ExitCode = 4, Reason = "Error" } };
        }))));
        string[] facts =
        [
            "job{uid=\"run-1\",later_succeeded=\"true\"}", "job{uid=\"run-2\",later_succeeded=\"true\"}",
            .. evidence is null ? Array.Empty<string>() : [evidence],
        ];
        var api = new ClusterApi(() => Server.Client(), new FakeTimeProvider(TestPods.Now));
        return new DeleteFailedJobsAction(api, new WorkloadReader(api)).PlanAsync(
            Requests.For(new DeleteFailedJobsInput(), new(1, TestPods.Now, facts.Select(f => Fact.Parse(f))), "cronjob"),
            TestContext.Current.CancellationToken);
    }

    private static V1Job Job(string name, int minute, string condition) => new()
    {
        ApiVersion = "batch/v1",
        Kind = "Job",
        Metadata = new()
        {
            Name = name,
            Uid = name,
            CreationTimestamp = TestPods.Now.UtcDateTime.AddMinutes(minute),
            OwnerReferences =
                [new() { ApiVersion = "batch/v1", Kind = "CronJob", Name = "api", Uid = "uid-of-api", Controller = true }],
        },
        Spec = new() { Template = new() },
        Status = new() { Conditions = [new() { Type = condition, Status = "True" }] },
    };
}
