using k8s.Models;
using Remediator.Actions.Kubernetes.Pods;
using Remediator.Core.Facts;

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

    public static TheoryData<string, string> Pulls { get; } = new()
    {
        { "failed to resolve reference \"r.io/a:9\": r.io/a:9: not found", "not-found" },
        { "pull access denied for shop/api, repository does not exist or may require 'docker login'", "credentials" },
        { "failed to authorize: failed to fetch oauth token: 401 Unauthorized", "credentials" },
        { "no basic auth credentials", "credentials" },
        { "failed to do request: Head \"https://r.io/v2/\": dial tcp: lookup r.io: no such host", "unreachable" },
        { "received unexpected HTTP status: 503 Service Unavailable", "unreachable" },
        { "429 Too Many Requests - Server message: toomanyrequests: You have reached your pull rate limit", "rate-limit" },
        { "failed to extract layer sha256:1a: write /var/lib/containerd/x: no space left on device", "node" },
        { "failed to prepare extraction snapshot: parent snapshot sha256:1a does not exist: not found", "node" },
        { "no match for platform in manifest: not found", "platform" },
        { "no matching manifest for linux/arm64/v8 in the manifest list entries", "platform" },
    };

    [Theory]
    [MemberData(nameof(Pulls))]
    public void AnImageThatDoesNotCome_SaysWhoIsToBeAsked(string message, string failure)
    {
        var labels = Of(TestPods.Waiting("api-1", "ImagePullBackOff", "Back-off pulling image"), Event("Failed", message, 1));
        Assert.Equal(failure, labels["pull_failure"]);
        Assert.Equal(failure == "not-found" ? "true" : "false", labels["image_not_found"]);
    }

    /// <summary>What others may wait for too, as facts of them would call it; what is of each alone is not among it.</summary>
    [Theory]
    [InlineData("FailedCreate", "pods \"api-1\" is forbidden: exceeded quota: pods, requested: pods=1", "resourcequota/pods")]
    [InlineData("FailedCreate", "admission webhook \"a.example\" denied the request: no latest tag", "admission webhook a.example")]
    [InlineData("FailedCreate", "Internal error occurred: failed calling webhook \"a.example\": x509", "admission webhook a.example")]
    [InlineData("FailedCreate", "error looking up service account shop/api: serviceaccount \"api\" not found", "serviceaccount/api")]
    [InlineData("FailedMount", "MountVolume.SetUp failed for volume \"tls\" : secret \"tls\" not found", "secret/tls")]
    [InlineData("FailedMount", "MountVolume.SetUp failed for volume \"conf\" : configmap \"app\" not found", "configmap/app")]
    [InlineData("FailedMount", "MountVolume.SetUp failed for volume \"tls\" : references non-existent secret key: ca.crt", null)]
    [InlineData("FailedMount", "Unable to attach or mount volumes: unmounted volumes=[data], timed out waiting for the condition", null)]
    [InlineData("FailedCreate", "pods \"api-1\" is forbidden: failed quota: compute: must specify limits.cpu", null)]
    [InlineData("FailedCreate", "pods \"api-1\" is forbidden: violates PodSecurity \"restricted:latest\"", null)]
    [InlineData("FailedAttachVolume", "Multi-Attach error for volume \"pvc-7\" Volume is already used by pod(s) api-0", null)]
    public void WhatOthersMayWaitForToo_IsNamedAsFactsNameIt(string reason, string message, string? waitsFor)
    {
        var labels = Diagnosis.Of(
            [TestPods.Waiting("api-1", "ContainerCreating")], [Event(reason, message, 1)], FactView.Empty, TestPods.Now.UtcDateTime);
        Assert.Equal(waitsFor, labels.GetValueOrDefault("waits_for"));
    }

    public static TheoryData<string, string, string, string> InTheWay { get; } = new()
    {
        {
            "FailedCreate", "Error creating: pods \"api-1\" is forbidden: exceeded quota: compute, requested: pods=1, used: pods=3",
            "quota", "resourcequota/compute" },
        {
            "FailedCreate", "Error creating: admission webhook \"validate.kyverno.svc-fail\" denied the request: no latest tag",
            "admission", "validate.kyverno.svc-fail" },
        {
            "FailedCreate", "Error creating: pods \"api-1\" is forbidden: violates PodSecurity \"restricted:latest\"",
            "admission", "restricted:latest" },
        {
            "FailedCreate", "pods \"api-1\" is forbidden: error looking up service account shop/api: serviceaccount \"api\" not found",
            "admission", "serviceaccount/api" },
        {
            "FailedAttachVolume", "Multi-Attach error for volume \"pvc-7\" Volume is already used by pod(s) api-0",
            "volume", "volume/pvc-7" },
        { "FailedMount", "MountVolume.SetUp failed for volume \"tls\" : secret \"tls\" not found", "volume", "secret/tls" },
        {
            "FailedMount", "Unable to attach or mount volumes: unmounted volumes=[data], timed out waiting for the condition",
            "volume", "volume/data" },
        {
            "FailedCreatePodSandBox", "plugin type=\"aws-cni\" failed (add): failed to assign an IP address to container",
            "network", "node/node-1" },
    };

    [Theory]
    [MemberData(nameof(InTheWay))]
    public void WhatIsInTheWayOfAPod_IsNamed(string reason, string message, string by, string blocking)
    {
        var labels = Diagnosis.Of(
            [TestPods.Waiting("api-1", "ContainerCreating")], [Event(reason, message, 1)], FactView.Empty, TestPods.Now.UtcDateTime);
        Assert.Equal((by, blocking), (labels["blocked_by"], labels["blocking_object"]));
        Assert.Contains(blocking.Split('/')[^1], labels["blocked"], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0/3 nodes are available: 1 Insufficient cpu, 2 Insufficient memory.", "scheduling", "cpu, memory")]
    [InlineData("0/3 nodes are available: 3 node(s) had volume node affinity conflict.", "volume", "persistentvolumeclaim/data")]
    [InlineData("0/3 nodes are available: persistentvolumeclaim \"gone\" not found.", "volume", "persistentvolumeclaim/gone")]
    [InlineData("0/3 nodes are available: 3 node(s) had untolerated taint {team: ml}.", "scheduling", "")]
    public void APodWithoutAPlace_SaysWhatItLacks(string message, string by, string blocking)
    {
        var pod = TestPods.Waiting("api-1", "ContainerCreating").With(p =>
        {
            p.Status.ContainerStatuses = null;
            p.Status.Conditions.Add(new() { Type = "PodScheduled", Status = "False", Reason = "Unschedulable", Message = message });
            p.Spec.Volumes = [new() { Name = "data", PersistentVolumeClaim = new() { ClaimName = "data" } }];
        });
        var labels = Diagnosis.Of([pod], [], FactView.Empty, TestPods.Now.UtcDateTime);
        Assert.Equal((by, blocking), (labels["blocked_by"], labels.GetValueOrDefault("blocking_object", "")));
        Assert.Equal(message, labels["message"]);
    }

    [Theory]
    [InlineData("persistentvolumeclaim \"data\" not found", "is missing")]
    [InlineData("persistentvolumeclaim \"data\" is being deleted", "is being deleted")]
    [InlineData(
        "persistentvolumeclaim \"data\" bound to non-existent persistentvolume \"pv-7\"", "is bound to a volume that does not exist")]
    [InlineData("error getting persistentvolumeclaim \"data\": the server is busy", "cannot be used")]
    public void AClaimInTheWay_IsMissingOnlyWhereItWasNotFound(string message, string trouble)
    {
        var pod = TestPods.Waiting("api-1", "ContainerCreating").With(p => p.Status.Conditions.Add(new()
            { Type = "PodScheduled", Status = "False", Reason = "Unschedulable", Message = $"0/3 nodes are available: {message}." }));
        Assert.Equal(
            $"persistentvolumeclaim/data {trouble}", Diagnosis.Of([pod], [], FactView.Empty, TestPods.Now.UtcDateTime)["blocked"]);
    }

    [Fact]
    public void ARefusalOfLongAgo_AndAPodThatRuns_SayNothing()
    {
        var quota = Event("FailedCreate", "exceeded quota: compute, requested: pods=1", 45);
        var mount = Event("FailedMount", "MountVolume.SetUp failed for volume \"tls\" : secret \"tls\" not found", 1);
        Assert.DoesNotContain(
            "blocked", Diagnosis.Of([TestPods.Running("api-1")], [quota, mount], FactView.Empty, TestPods.Now.UtcDateTime).Keys);
    }

    [Fact]
    public void AnOomKill_IsOfTheLimit_OfTheNodeWhereThereIsNone_OrOfASidecar()
    {
        var limited = new V1ResourceRequirements { Limits = new Dictionary<string, ResourceQuantity> { ["memory"] = new("64Mi") } };
        var pod = TestPods.Crashing("api-1", 3, 137, "OOMKilled");
        Assert.Equal("node", Diagnosis.Of([pod], null)["oom_of"]);
        pod.Spec.Containers[0].Resources = limited;
        Assert.Equal("limit", Diagnosis.Of([pod], null)["oom_of"]);
        pod.Spec.InitContainers = [new() { Name = "main", RestartPolicy = "Always", Resources = limited }];
        (pod.Spec.Containers, pod.Status.InitContainerStatuses, pod.Status.ContainerStatuses) = ([], pod.Status.ContainerStatuses, []);
        Assert.Equal("sidecar", Diagnosis.Of([pod], null)["oom_of"]);
        Assert.DoesNotContain("oom_of", Diagnosis.Of([TestPods.Crashing("api-1", 3, 137)], null).Keys);
    }

    /// <summary>Beside it another container crashes more often.</summary>
    [Fact]
    public void AnOomKill_IsToldWithItsContainer_ItsLimitAndItsRequest()
    {
        var pod = TestPods.Crashing("api-1", 3, 137, "OOMKilled");
        pod.Spec.Containers[0].Resources = new()
        {
            Limits = new Dictionary<string, ResourceQuantity> { ["memory"] = new("128Mi") },
            Requests = new Dictionary<string, ResourceQuantity> { ["memory"] = new("64Mi") },
        };
        var other = TestPods.Crashing("api-1", 9, 1);
        other.Status.ContainerStatuses[0].Name = "proxy";
        pod.Status.ContainerStatuses.Add(other.Status.ContainerStatuses[0]);
        var said = Diagnosis.Of([pod], null);
        Assert.Equal(("main", "128Mi", "64Mi"), (said["oom_container"], said["memory_limit"], said["memory_request"]));
    }

    [Theory]
    [InlineData("n1 crashing;n1 crashing;n2 ready", "n1")]
    [InlineData("n1 crashing;n2 unready", "n1")]
    [InlineData("n1 crashing;n2 crashing", null)]
    [InlineData("n1 unready;n2 ready", "n1")]
    [InlineData("n1 ready;n2 ready", null)]
    [InlineData("n1 terminating;n2 unready", "n2")]
    [InlineData(" unready;n2 ready", null)]
    public void NodeOnWhichItFails_IsNamed_WhereItIsOne(string pods, string? node)
    {
        var facts = pods.Split(';').Select(p => p.Split(' ')).Select((p, i) => new Fact("pod", new Dictionary<string, string>
        {
            ["pod"] = $"api-{i}", ["node"] = p[0], ["phase"] = "Running", ["ready"] = p[1] == "ready" ? "true" : "false",
            ["crashing"] = p[1] == "crashing" ? "true" : "false", ["terminating"] = p[1] == "terminating" ? "true" : "false",
        }, TestPods.Now));
        var said = Diagnosis.Of([], [], new(1, TestPods.Now, [.. facts]), TestPods.Now.UtcDateTime);
        Assert.Equal(node, said.GetValueOrDefault("node"));
    }

    [Theory]
    [InlineData("true", "", "the registry does not have it")]
    [InlineData("false", "platform", "it is not made for the processor of its node")]
    [InlineData("false", "rate-limit", "the registry allows no more pulls for now: TOOMANYREQUESTS")]
    [InlineData("false", "unreachable", "the registry cannot be reached: TOOMANYREQUESTS")]
    [InlineData("false", "", "TOOMANYREQUESTS")]
    public void PullThatFails_IsToldWithWhoIsToBeAsked(string notFound, string failure, string words) => Assert.Equal(
        words,
        PullWords.Of(
            new Dictionary<string, string> { ["image_not_found"] = notFound, ["pull_failure"] = failure }, false, "TOOMANYREQUESTS"));

    [Fact]
    public void ImageThatDoesNotCome_AndProbeThatFails_AreNamed()
    {
        var pod = TestPods.Waiting("api-1", "ImagePullBackOff");
        pod.Spec.Containers[0].Image = "shop/api:2";
        Assert.Equal("shop/api:2", Diagnosis.Of([pod], null)["image"]);

        var probe = Event("Unhealthy", "Readiness probe failed: HTTP probe failed with statuscode: 503", 1);
        var unready = TestPods.Waiting("api-1", "ContainerCreating");
        Assert.Equal(
            "Readiness probe failed: HTTP probe failed with statuscode: 503",
            Diagnosis.Of([unready], [probe], FactView.Empty, TestPods.Now.UtcDateTime)["probe_failure"]);
        Assert.DoesNotContain(
            "probe_failure", Diagnosis.Of([TestPods.Running("api-1")], [probe], FactView.Empty, TestPods.Now.UtcDateTime).Keys);
    }

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
