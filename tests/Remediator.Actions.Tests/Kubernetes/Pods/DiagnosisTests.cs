using k8s.Models;
using Remediator.Actions.Kubernetes.Pods;

namespace Remediator.Actions.Tests.Kubernetes.Pods;

public sealed class DiagnosisTests
{
    [Fact]
    public void ALivenessProbeThatFailed_AndASignal_IsAKillByItsProbe() =>
        Assert.Equal(
            "true",
            Of(
                TestPods.Crashing("api-1", 3, 137),
                Event("Unhealthy", "Liveness probe failed: HTTP probe failed with statuscode: 500", 2))["killed_by_probe"]);

    [Fact]
    public void TheKubeletsOwnWords_AreAKillByItsProbe_WhateverTheExitCode() =>
        Assert.Equal(
            "true",
            Of(
                TestPods.Crashing("api-1", 3, 0, "Completed"),
                Event("Killing", "Container main failed liveness probe, will be restarted", 1))["killed_by_probe"]);

    [Fact]
    public void AnOomKill_IsNoKillByAProbe_ThoughItsExitCodeIsTheSame() =>
        Assert.Equal(
            "false",
            Of(
                TestPods.Crashing("api-1", 3, 137, "OOMKilled"),
                Event("Unhealthy", "Liveness probe failed: timeout", 1))["killed_by_probe"]);

    [Fact]
    public void AReadinessProbe_KillsNobody() =>
        Assert.Equal(
            "false", Of(TestPods.Crashing("api-1", 3, 137), Event("Unhealthy", "Readiness probe failed: timeout", 1))["killed_by_probe"]);

    [Fact]
    public void AnotherPodsProbe_SaysNothingOfThisOne() =>
        Assert.Equal(
            "false",
            Of(TestPods.Crashing("api-1", 3, 137), Event("Unhealthy", "Liveness probe failed: timeout", 1, "api-2"))["killed_by_probe"]);

    [Fact]
    public void APullErrorInTheEvents_TellsWhatTheBackOffHides()
    {
        var labels = Of(
            TestPods.Waiting("api-1", "ImagePullBackOff", "Back-off pulling image \"a:9\""),
            Event("Failed", "Failed to pull image \"a:9\": a:9: not found", 1));
        Assert.Equal(("true", "false"), (labels["image_not_found"], labels["pull_transient"]));
    }

    [Fact]
    public void AnOldPullError_OfAPodThatRunsNow_SaysNothing() =>
        Assert.Equal(
            "false", Of(TestPods.Running("api-1"), Event("Failed", "Failed to pull image \"a:9\": a:9: not found", 30))["image_not_found"]);

    [Fact]
    public void AMissingConfigMap_IsNamedFromTheStatusAlone() =>
        Assert.Equal(
            "configmap/api",
            Diagnosis.Of([TestPods.Waiting("api-1", "CreateContainerConfigError", "configmap \"api\" not found")], null)["missing_object"]);

    [Fact]
    public void AVolumeThatCannotBeMounted_IsNamedFromItsEvent() =>
        Assert.Equal(
            "secret/tls",
            Of(
                TestPods.Waiting("api-1", "ContainerCreating"),
                Event(
                    "FailedMount", "MountVolume.SetUp failed for volume \"tls\" : secret \"tls\" not found", 1,
                    type: "Warning"))["missing_object"]);

    [Fact]
    public void WithoutEvents_NothingIsDenied() => Assert.Empty(Diagnosis.Of([TestPods.Crashing("api-1", 3, 137)], null));

    private static Dictionary<string, string> Of(V1Pod pod, Corev1Event e) => Diagnosis.Of([pod], [e]);

    private static Corev1Event Event(string reason, string message, double minutesAgo, string pod = "api-1", string type = "Warning") =>
        new()
    {
        Metadata = new() { Name = "e" },
        InvolvedObject = new() { Kind = "Pod", Name = pod, Uid = $"uid-of-{pod}" },
        Reason = reason,
        Message = message,
        Type = type,
        LastTimestamp = TestPods.Now.UtcDateTime.AddMinutes(-minutesAgo),
    };
}
