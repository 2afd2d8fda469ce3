using k8s.Models;
using Microsoft.Extensions.Time.Testing;
using Remediator.Actions.Kubernetes.Api;
using Remediator.Actions.Kubernetes.Logs;
using Remediator.Core.Actions;
using Remediator.Testing;
using Remediator.Testing.Kubernetes;

namespace Remediator.Actions.Tests.Kubernetes.Logs;

public sealed class LogsTests : IAsyncLifetime
{
    private const string Log = "/api/v1/namespaces/shop/pods/api-1/log";

    private HttpEndpoint? _server;

    private HttpEndpoint Server => _server ?? throw new InvalidOperationException("The endpoint is not started.");

    public async ValueTask InitializeAsync() => _server = await HttpEndpoint.StartAsync();

    public ValueTask DisposeAsync() => Server.DisposeAsync();

    [Fact]
    public async Task AHugeLog_IsKeptToItsEnd()
    {
        Server.Always(
            "GET", Log, new(200, string.Concat(Enumerable.Range(0, 100_000).Select(i => $"line {i}\n")), ContentType: "text/plain"));
        var evidence = await ReadAsync(new(), TestPods.Crashing("api-1", 3));
        Assert.True(evidence.Text.Length < 20 * 1024, "The log was not bounded.");
        Assert.Contains("line 99999\n", evidence.Text, StringComparison.Ordinal);
        Assert.Matches("last run\\nline \\d+\\n", evidence.Text);
        Assert.Equal(10, evidence.Values["last_log_lines"].Split('\n').Length);
    }

    [Fact]
    public async Task AContainerThatRunsAgain_IsReadFromTheRunThatEnded()
    {
        Server.Once("GET", Log, new(200, "the crash\n", ContentType: "text/plain"))
            .Once("GET", Log, new(200, "the new start\n", ContentType: "text/plain"));
        var running = TestPods.Crashing("api-1", 3).With(p => p.Status.ContainerStatuses[0].State = new() { Running = new() });
        var evidence = await ReadAsync(new() { Previous = true, Lines = 7 }, running);
        Assert.Equal("the crash", evidence.Values["last_log_line"]);
        Assert.Contains("the new start", evidence.Text, StringComparison.Ordinal);
        Assert.Equal(
            ["previous=true", "previous=false"],
            Server.Of("GET", Log).Select(
                r => r.Query.Split('?', '&').Single(q => q.StartsWith("previous", StringComparison.OrdinalIgnoreCase)).ToLowerInvariant()));
        Assert.All(Server.Of("GET", Log), r => Assert.Contains("tailLines=7", r.Query, StringComparison.Ordinal));
    }

    [Fact]
    public async Task AKubeletThatDoesNotAnswer_IsSaidInTheEvidence_AndIsNoLogLine()
    {
        Server.Always("GET", Log, ApiAnswers.Failure(502, "BadGateway", "dial tcp 10.0.0.1:10250: connect: no route to host"));
        var evidence = await ReadAsync(new(), TestPods.Crashing("api-1", 3));
        Assert.Contains(
            "(Could not read the log of container main of pod shop/api-1: the API server answered 502", evidence.Text,
            StringComparison.Ordinal);
        Assert.False(evidence.Values.ContainsKey("last_log_line"));
        Assert.Equal("Error", evidence.Values["reason"]);
    }

    /// <summary>The runtime has forgotten the container, and the kubelet says so as if that were the log.</summary>
    [Fact]
    public async Task WordsOfTheKubeletInThePlaceOfALog_AreNoLogLine()
    {
        const string Words = "unable to retrieve container logs for containerd://5a1f0b9c";
        Server.Always("GET", Log, new(200, Words, ContentType: "text/plain"));
        var evidence = await ReadAsync(new(), TestPods.Crashing("api-1", 3));
        Assert.Contains($"({Words})", evidence.Text, StringComparison.Ordinal);
        Assert.False(evidence.Values.ContainsKey("last_log_line"));
        Assert.False(evidence.Values.ContainsKey("last_log_lines"));

        Server.Always("GET", Log, new(200, $"{Words}\nand the collector went on\n", ContentType: "text/plain"));
        Assert.Equal(
            "and the collector went on", (await ReadAsync(new(), TestPods.Crashing("api-1", 3))).Values["last_log_line"]);
    }

    [Fact]
    public async Task WhatTheLogNames_IsSaidWithItsLine_MaskedAndShort()
    {
        Server.Always("GET", Log, new(
            200,
            $"connect to postgres://app:hunter2@db:5432: connection refused {new string('x', 900)}\n"
                + string.Concat(Enumerable.Range(0, 30).Select(i => $"  at frame {i}\n")),
            ContentType: "text/plain"));
        var evidence = await ReadAsync(new(), TestPods.Crashing("api-1", 3));
        Assert.Equal(
            ("dependency", "server db.shop"), (Assert.Single(evidence.Facts)["hint"], Assert.Single(evidence.Facts)["waits_for"]));
        Assert.DoesNotContain("hunter2", evidence.Values["hint_line"], StringComparison.Ordinal);
        Assert.Contains("connection refused", evidence.Values["hint_line"], StringComparison.Ordinal);
        Assert.InRange(evidence.Values["hint_line"].Length, 1, 310);
        Assert.Equal(10, evidence.Values["last_log_lines"].Split('\n').Length);
    }

    [Fact]
    public async Task OfAJobThatFailed_ThePodThatFailedIsRead()
    {
        Server.Otherwise = new(404, "");
        Server.Always("GET", Log, new(200, "cannot write the report\n", ContentType: "text/plain"));
        var failed = TestPods.Running("api-1").With(p =>
        {
            p.Status.Phase = "Failed";
            p.Status.ContainerStatuses[0].State = new()
                { Terminated = new() { ExitCode = 4, Reason = "Error", FinishedAt = TestPods.Now.UtcDateTime } };
        });
        var evidence = await ReadAsync(new() { Which = LogChoice.Failed }, TestPods.Running("api-0"), failed);
        Assert.Equal(("cannot write the report", "4"), (evidence.Values["last_log_line"], evidence.Values["exit_code"]));
    }

    [Fact]
    public async Task OfRunsThatFailed_TheNewestComeFirst_AndTheirNamesAreSaid_ButNotOfALogThatCouldNotBeRead()
    {
        Server.Otherwise = new(200, "x\n", ContentType: "text/plain");
        Server.Always("GET", "/api/v1/namespaces/shop/pods/run-7-b/log", ApiAnswers.Failure(502, "BadGateway", "no route to host"));
        V1Pod[] pods = [.. Enumerable.Range(1, 8).SelectMany(i => new[] { Failed($"run-{i}", "a", i), Failed($"run-{i}", "b", i + 0.5) })];
        Server.Always("GET", "/apis/batch/v1/namespaces/shop/jobs", ApiAnswers.List(Enumerable.Range(1, 8).Select(i => new V1Job
        {
            ApiVersion = "batch/v1",
            Kind = "Job",
            Metadata = new() { Name = $"run-{i}", Uid = $"run-{i}", OwnerReferences = [new()
                { ApiVersion = "batch/v1", Kind = "CronJob", Name = "api", Uid = "uid-of-api", Controller = true }] },
            Spec = new() { Template = new() },
        })));
        var evidence = await ReadAsync(new() { Which = LogChoice.Failed }, "cronjob", pods);
        Assert.StartsWith("== pod run-8-b, container main, last run\n", evidence.Text, StringComparison.Ordinal);
        Assert.Equal("run-3,run-4,run-5,run-6,run-8", Assert.Single(evidence.Facts)["logs_of"]);
        Assert.EndsWith("The logs of 10 further containers are left out.\n", evidence.Text, StringComparison.Ordinal);

        static V1Pod Failed(string run, string pod, double minute) => TestPods.Running($"{run}-{pod}").With(p =>
        {
            p.Metadata.CreationTimestamp = TestPods.Now.UtcDateTime.AddMinutes(minute);
            p.Metadata.OwnerReferences = [new() { ApiVersion = "batch/v1", Kind = "Job", Name = run, Uid = run, Controller = true }];
            p.Status.Phase = "Failed";
            p.Status.ContainerStatuses[0].State = new() { Terminated = new() { ExitCode = 4, Reason = "Error" } };
        });
    }

    [Fact]
    public async Task WhenNothingCrashes_TheEvidenceSaysThat()
    {
        var evidence = await ReadAsync(new(), TestPods.Running("api-1"));
        Assert.Equal("No container of statefulset shop/api is crashing now.\n", evidence.Text);
        Assert.Empty(evidence.Facts);
    }

    [Fact]
    public async Task OfManyContainers_TheWorstAreRead_AndTheRestIsCounted()
    {
        Server.Otherwise = new(200, "x\n", ContentType: "text/plain");
        var evidence = await ReadAsync(new(), [.. Enumerable.Range(1, 9).Select(i => TestPods.Crashing($"api-{i}", i))]);
        Assert.StartsWith("== pod api-9, container main, last run\n", evidence.Text, StringComparison.Ordinal);
        Assert.EndsWith("The logs of 3 further containers are left out.\n", evidence.Text, StringComparison.Ordinal);
    }

    private Task<Evidence> ReadAsync(LogsInput input, params V1Pod[] pods) => ReadAsync(input, "statefulset", pods);

    private Task<Evidence> ReadAsync(LogsInput input, string kind, V1Pod[] pods)
    {
        Server.Always("GET", "/apis/apps/v1/namespaces/shop/statefulsets/api", ApiAnswers.Failure(404, "NotFound", "not needed here"));
        Server.Always("GET", "/api/v1/namespaces/shop/pods", ApiAnswers.List(pods));
        var api = new ClusterApi(() => Server.Client(), new FakeTimeProvider(TestPods.Now));
        return new LogsAction(api, new(api)).ReadAsync(Requests.For(input, kind: kind), TestContext.Current.CancellationToken);
    }
}
