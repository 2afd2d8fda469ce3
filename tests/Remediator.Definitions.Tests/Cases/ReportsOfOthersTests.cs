using k8s.Models;

namespace Remediator.Definitions.Tests.Cases;

/// <summary>Further public reports, and what people on call would want to hear or see done about each.</summary>
public sealed class ReportsOfOthersTests
{
    private const string Undo = "**does**: undo";
    private const string Evict = "**does**: evict";
    private const string Tells = "tells a person: ";

    /// <summary>
    /// What the next pod meets as well: a changed configuration, spinnaker/spinnaker #6625 (a lock of a migration), a port of the host,
    /// GoogleCloudPlatform/microservices-demo #2688 (a node of another processor); and what may be its own or its node's.
    /// </summary>
    [Theory]
    [InlineData("panic: yaml: line 12: mapping values are not allowed in this context", Tells)]
    [InlineData("error: environment variable DB_URL is not set", Tells)]
    [InlineData("l.lockservice.StandardLockService: Waiting for changelog lock....", Tells)]
    [InlineData("exec /app/server: exec format error", Tells)]
    [InlineData("nginx: [emerg] bind() to 0.0.0.0:80 failed (98: Address already in use)", Tells)]
    [InlineData("open /data/lock: permission denied", Tells)]
    [InlineData("panic: runtime error: index out of range", Evict)]
    [InlineData("dial tcp 10.0.0.9:5432: connect: no route to host", Evict)]
    [InlineData("write /tmp/x: no space left on device", Evict)]
    public void OneOfThreeThatCrashes_IsReplacedOnlyWhereAnotherCouldDoBetter(string line, string expected)
    {
        var said = Judged(
            JudgedScenes.OneBadPod, s => s.Afterwards.Add(x => x.Cluster.Logs[x.Sick[0].Name()] = ["starting", line]));
        Assert.StartsWith(expected, said, StringComparison.Ordinal);
        if (expected == Tells)
        {
            Assert.Contains(line, said, StringComparison.Ordinal);
            Assert.Matches("on node node-[123]", said);
        }
    }

    /// <summary>spinnaker/spinnaker #6625: it does not get ready, and migrates.</summary>
    [Fact]
    public void OneThatMigrates_AndIsNotReady_IsNotBrokenOff() => Assert.StartsWith(
        Tells,
        Judged(JudgedScenes.OneNotReady, s => s.Afterwards.Add(x =>
            x.Cluster.Logs[x.Sick[0].Name()] = ["starting", "Migrating schema \"public\" to version \"42 - orders\""])),
        StringComparison.Ordinal);

    /// <summary>
    /// kubernetes/kubernetes #78175, IBM/mcp-context-forge #6041: a release whose containers the kubelet does not run, anywhere; where
    /// a part of the release serves, it is not the release.
    /// </summary>
    [Theory]
    [InlineData(0, Undo)]
    [InlineData(3, Tells)]
    public void ReleaseThatTheKubeletRefusesToRun_IsUndone(int serve, string expected) => Assert.StartsWith(
        expected,
        Judged(JudgedScenes.NoSecret, s => s.Afterwards.Add(x =>
        {
            x.Cluster.Events.Clear();
            x.Cluster.Run(x.Newest!, serve, 14);
            x.Sick.ForEach(p => p.Held("CreateContainerConfigError", "container has runAsNonRoot and image will run as root", 3));
        })),
        StringComparison.Ordinal);

    /// <summary>istio/istio #22372 and kubernetes/kubectl #1307: the certificate of the injector has expired.</summary>
    [Fact]
    public void InjectorWhoseCertificateHasExpired_IsNamed() => Assert.Contains(
        "the admission webhook sidecar-injector.istio.io does not answer",
        Judged(JudgedScenes.Stuck, s =>
        {
            const string Message = "Internal error occurred: failed calling webhook \"sidecar-injector.istio.io\": failed to call webhook: "
                + "Post \"https://istiod.istio-system.svc:443/inject\": x509: certificate has expired or is not yet valid";
            s.NotMade(Message);
            s.Afterwards.Add(x => x.Cluster.Events.Add(new()
            {
                Metadata = new() { Name = "e", NamespaceProperty = "shop" }, Type = "Warning", Reason = "FailedCreate",
                Message = $"Error creating: {Message}", InvolvedObject = new() { Kind = "ReplicaSet", Uid = x.Newest!.Uid() },
                LastTimestamp = Controllers.Ago(0.5),
            }));
        }),
        StringComparison.Ordinal);

    /// <summary>istio/istio #45000 and #23328: the proxies of all its pods get no certificate; evicting would change nothing.</summary>
    [Fact]
    public void ProxyThatIsNotReadyInAllPods_IsNamed() => Assert.Contains(
        "their sidecar istio-proxy is not ready",
        Judged(JudgedScenes.OneNotReady, s => s.Afterwards.Add(x =>
        {
            x.Sick = [.. x.Cluster.Pods];
            foreach (var pod in x.Sick)
            {
                pod.NotReady(20);
                pod.Status.ContainerStatuses[0].Ready = true;
                pod.Spec.Containers.Add(new() { Name = "istio-proxy", Image = "remediator.test/proxy:1" });
                pod.Status.ContainerStatuses.Add(new()
                {
                    Name = "istio-proxy", Image = "remediator.test/proxy:1", Ready = false,
                    State = new() { Running = new() { StartedAt = Controllers.Ago(60) } },
                });
            }
        })),
        StringComparison.Ordinal);

    /// <summary>
    /// Why a pod has no place, in the words of aws/karpenter-provider-aws #7521 and #644 and of kubernetes-sigs/karpenter #624.
    /// </summary>
    [Theory]
    [InlineData("0/3 nodes are available: 3 node(s) had untolerated taint {karpenter.sh/disrupted: }.", "karpenter.sh/disrupted")]
    [InlineData("0/3 nodes are available: 3 Insufficient nvidia.com/gpu.", "no node has room for them (nvidia.com/gpu)")]
    [InlineData("0/3 nodes are available: pod has unbound immediate PersistentVolumeClaims.", "unbound immediate")]
    [InlineData("0/3 nodes are available: 3 node(s) had volume node affinity conflict.", "volume node affinity")]
    [InlineData("0/3 nodes are available: 3 node(s) didn't match pod topology spread constraints.", "topology spread")]
    public void PodWithoutAPlace_IsToldWithWhatTheSchedulerSays(string message, string told)
    {
        var said = Judged(JudgedScenes.Stuck, s => s.NotTried("Unschedulable", message));
        Assert.StartsWith(Tells, said, StringComparison.Ordinal);
        Assert.Contains(told, said, StringComparison.Ordinal);
    }

    /// <summary>The Secret of a Certificate has not come, and the pod mounts it.</summary>
    [Fact]
    public void SecretThatItMounts_AndThatHasNotCome_IsNamed() => Assert.Contains(
        "secret/api-tls, which they mount, is missing",
        Judged(
            JudgedScenes.Stuck,
            s => s.NotTried("FailedMount", "MountVolume.SetUp failed for volume \"tls\" : secret \"api-tls\" not found")),
        StringComparison.Ordinal);

    /// <summary>kedacore/keda #6982: scaled to nothing, its replicas match nothing.</summary>
    [Fact]
    public void WorkloadThatIsScaledToNothing_IsLeftAlone()
    {
        var said = Judged(JudgedScenes.OneBadPod, s => s.Afterwards.Add(x =>
        {
            x.Deployment.Spec.Replicas = 0;
            x.Cluster.Pods.Clear();
            x.Alert = "KubernetesDeploymentReplicasMismatch";
        }));
        Assert.StartsWith("nothing", said, StringComparison.Ordinal);
    }

    /// <summary>
    /// CrunchyData/postgres-operator-examples #275, CrunchyData/postgres-operator #776: the volume of a member is full.
    /// </summary>
    [Fact]
    public void MemberWhoseVolumeIsFull_IsToldWithItsLog()
    {
        var (it, pods) = Set();
        pods[0].Crashing(6);
        it.Cluster.Logs[pods[0].Name()] = ["FATAL:  could not write lock file \"postmaster.pid\": No space left on device"];
        var (decision, reason) = it.Judge(Case.AlertOf("KubePodCrashLooping", pods[0]));
        Assert.Equal("tells a person", decision);
        Assert.Contains("No space left on device", reason, StringComparison.Ordinal);
    }

    /// <summary>kubernetes/kubernetes #122342, #72604 and #70044: a member does not end, and its set waits for it.</summary>
    [Theory]
    [InlineData(45, "pod web-2 on node node-3 should have ended 4[0-9] min ago")]
    [InlineData(-40, "")]
    public void MemberThatDoesNotEnd_IsToldOnceItsTimeIsOver(double overdue, string told)
    {
        var (it, pods) = Set();
        pods[2].Terminating(overdue).Status.ContainerStatuses[0].Ready = false;
        pods[2].Status.Conditions.Single(c => c.Type == "Ready").Status = "False";
        (it.Cluster.StatefulSets[0].Status.ReadyReplicas, it.Cluster.StatefulSets[0].Status.AvailableReplicas) = (2, 2);
        var (decision, reason) = it.Judge(
            Case.AlertOf("KubeStatefulSetReplicasMismatch", ("namespace", "shop"), ("statefulset", "web")));
        Assert.Equal(told.Length > 0 ? "tells a person" : "nothing", decision);
        Assert.Matches(told, reason);
    }

    /// <summary>fluxcd/flux #1448, kubernetes/kubernetes #70442: a canary by partition is rolled out as far as it is to be.</summary>
    [Fact]
    public void SetThatIsHeldAtItsPartition_IsLeftAlone()
    {
        var (it, _) = Set();
        var set = it.Cluster.StatefulSets[0];
        set.Spec.UpdateStrategy = new() { Type = "RollingUpdate", RollingUpdate = new() { Partition = 2 } };
        (set.Status.UpdateRevision, set.Status.UpdatedReplicas) = ("web-2", 1);
        var (decision, reason) = it.Judge(
            Case.AlertOf("KubeStatefulSetUpdateNotRolledOut", ("namespace", "shop"), ("statefulset", "web")));
        Assert.True(decision == "nothing", $"{decision}: {reason}");
    }

    /// <summary>istio/istio #14327 and #21409: an init container lost the race with the network of its node: its pod is replaced.</summary>
    [Fact]
    public void InitContainerThatLostARaceOnItsNode_IsReplaced() => Assert.StartsWith(
        Evict,
        Judged(JudgedScenes.OneBadPod, s => s.Afterwards.Add(x =>
        {
            var pod = x.Sick[0].Held("PodInitializing", "", 20);
            pod.Spec.InitContainers = [new() { Name = "istio-validation", Image = "remediator.test/proxy:1" }];
            pod.Status.InitContainerStatuses =
            [
                new()
                {
                    Name = "istio-validation", RestartCount = 7,
                    State = new() { Waiting = new() { Reason = "CrashLoopBackOff" } },
                    LastState = new() { Terminated = new() { ExitCode = 126, Reason = "Error", FinishedAt = Controllers.Ago(1) } },
                },
            ];
        })),
        StringComparison.Ordinal);

    /// <summary>
    /// kubernetes/kubernetes #58748: the image of a run is not there; #62415: it is active for ever without the ConfigMap that it mounts;
    /// #88718, haproxytech/helm-charts #236: a quota refuses its pods.
    /// </summary>
    [Theory]
    [InlineData("image", "cannot pull image remediator.test/busybox:1: the registry does not have it")]
    [InlineData("secret", "cannot start: secret/db is missing")]
    [InlineData("mount", "cannot start: configmap/missing-config-map is missing")]
    [InlineData("quota", "resourcequota/jobs leaves no room for them")]
    public void RunThatCannotStart_IsToldWithWhatIsInItsWay(string what, string told)
    {
        var it = new Case("18-create-container-error").Apply("v1.yaml");
        var job = new V1Job
        {
            Metadata = new() { Name = "nightly", NamespaceProperty = "shop", Uid = "uid-job", CreationTimestamp = Controllers.Ago(30) },
            Spec = new() { Template = it.Deployment.Spec.Template },
            Status = new() { StartTime = Controllers.Ago(30) },
        };
        it.Cluster.Jobs.Add(job);
        it.Cluster.Deployments.Clear();
        var alert = Case.AlertOf("JobWithoutPods", ("namespace", "shop"), ("job_name", "nightly"));
        if (what == "quota")
        {
            it.Cluster.Events.Add(new()
            {
                Metadata = new() { Name = "e", NamespaceProperty = "shop" }, Type = "Warning", Reason = "FailedCreate",
                Message = "Error creating: pods \"nightly-x\" is forbidden: exceeded quota: jobs, requested: pods=1",
                InvolvedObject = new() { Kind = "Job", Name = "nightly", Uid = "uid-job" }, LastTimestamp = Controllers.Ago(0.5),
            });
        }
        else
        {
            var (reason, message) = what == "image"
                ? ("ImagePullBackOff", "Failed to pull image: manifest unknown")
                : what == "mount"
                ? ("ContainerCreating", "MountVolume.SetUp failed for volume \"v\" : configmaps \"missing-config-map\" not found")
                : ("CreateContainerConfigError", "Error: secret \"db\" not found");
            var pod = Controllers.Pod(job.Metadata, "Job", job.Spec.Template, "nightly-x1", "controller-uid", "uid-job", 30)
                .Held(reason, "", 29);
            it.Cluster.Pods.Add(pod);
            it.Cluster.Tell(pod, what == "mount" ? "FailedMount" : "Failed", message);
            alert = Case.AlertOf("KubeContainerWaiting", pod);
        }

        var (decision, said) = it.Judge(alert);
        Assert.True(decision == "tells a person", $"{decision}: {said}");
        Assert.Contains(told, said, StringComparison.Ordinal);
    }

    /// <summary>kubernetes/kubernetes #41154: one node cannot refresh its token of the registry; or its disk is full.</summary>
    [Theory]
    [InlineData("failed to authorize: unexpected status from HEAD request: 401 Unauthorized", "the registry does not let it be pulled")]
    [InlineData(
        "failed to extract layer sha256:aa: write /var/lib/containerd/x: no space left on device: unknown", "its node cannot keep it")]
    public void PullOfOnePod_IsToldWithItsNode(string sentence, string told)
    {
        var said = Judged(JudgedScenes.OneBadPod, s => s.Afterwards.Add(x =>
        {
            x.Alert = "KubeContainerWaiting";
            x.Sick[0].Held("ImagePullBackOff", "Back-off pulling image", 20).Status.ContainerStatuses[0].RestartCount = 0;
            x.Sick[0].Status.ContainerStatuses[0].LastState = null;
            x.Cluster.Tell(x.Sick[0], "Failed", $"Failed to pull image: {sentence}");
        }));
        Assert.Contains(told, said, StringComparison.Ordinal);
        Assert.Matches("on node node-[123]", said);
    }

    internal static (Case Case, List<V1Pod> Pods) Set()
    {
        var it = new Case("20-statefulset-pinned-to-a-bad-revision").Apply("sts.yaml");
        var set = it.Cluster.StatefulSets[0];
        set.Status = new()
        {
            ObservedGeneration = 2, Replicas = 3, ReadyReplicas = 3, AvailableReplicas = 3, CurrentReplicas = 3, UpdatedReplicas = 3,
            CurrentRevision = "web-1", UpdateRevision = "web-1",
        };
        List<V1Pod> pods = [.. Enumerable.Range(0, 3).Select(i => Controllers.Pod(
            set.Metadata, "StatefulSet", set.Spec.Template, $"web-{i}", "controller-revision-hash", "web-1", 9000))];
        it.Cluster.Pods.AddRange(pods);
        return (it, pods);
    }

    private static string Judged(Action<Scene> set, Action<Scene> lay)
    {
        var scene = new Scene(2);
        lay(scene);
        set(scene);
        scene.Afterwards.ForEach(a => a(scene));
        if (scene.Alert.EndsWith("ReplicasMismatch", StringComparison.Ordinal))
            return Said(scene.Case.Judge(Case.AlertOf(scene.Alert, ("namespace", "shop"), ("deployment", "api"))));
        return Said(scene.Judge());
    }

    private static string Said((string Decision, string Reason) decided) => $"{decided.Decision}: {decided.Reason}";
}
