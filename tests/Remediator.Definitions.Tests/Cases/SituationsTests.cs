using System.Text.Json;
using k8s.Models;
using static Remediator.Definitions.Tests.Cases.CasesOfOperationTests;

namespace Remediator.Definitions.Tests.Cases;

/// <summary>What somebody on call meets in a mixed week, with what is to come of it.</summary>
public sealed class SituationsTests
{
    private const string Undo = "**does**: undo";
    private const string Evict = "**does**: evict";
    private const string Tells = "tells a person: ";

    /// <summary>More load than it may be scaled for is no excuse for a release of which nothing starts.</summary>
    [Fact]
    public void BadRelease_WhileItsAutoscalerIsAtItsMaximum_IsUndone() =>
        Ends(Undo, JudgedScenes.BadRollout, s => s.Cluster.Autoscalers.Add(new()
        {
            Metadata = new() { Name = "api", NamespaceProperty = "shop", Uid = "hpa" },
            Spec = new()
            {
                MaxReplicas = 3, ScaleTargetRef = new() { ApiVersion = "apps/v1", Kind = "Deployment", Name = s.Deployment.Name() },
            },
            Status = new() { CurrentReplicas = 3, DesiredReplicas = 3, Conditions = [] },
        }));

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void WorkloadOfANamespaceThatIsBeingDeleted_IsLeftToThat(bool badRollout) => Ends(
        "waits: held: ", badRollout ? JudgedScenes.BadRollout : JudgedScenes.OneBadPod, s => s.Cluster.Namespaces.Add(new()
        {
            Metadata = new() { Name = "shop", Uid = "ns", DeletionTimestamp = Controllers.Ago(3), Finalizers = ["kubernetes"] },
            Status = new() { Phase = "Terminating" },
        }));

    /// <summary>A clock that is wrong on all nodes changes nothing about a release of which nothing starts.</summary>
    [Theory]
    [InlineData(-60)]
    [InlineData(-7)]
    [InlineData(7)]
    [InlineData(60)]
    public void BadRelease_OnNodesWhoseClocksAreWrong_IsUndone(double ahead) =>
        Ends(Undo, JudgedScenes.BadRollout, s => s.Afterwards.Add(x => x.Sick.ForEach(p => p.Shifted(ahead))));

    /// <summary>Nor about one that ran well for most of an hour.</summary>
    [Theory]
    [InlineData(-60)]
    [InlineData(-7)]
    [InlineData(7)]
    [InlineData(60)]
    public void ReleaseThatRanWell_OnNodesWhoseClocksAreWrong_IsNotUndone(double ahead) =>
        Ends(Tells, JudgedScenes.BadRollout, s =>
        {
            s.Age = 50;
            s.Afterwards.Add(x => x.Sick.ForEach(p => p.Shifted(ahead)));
        });

    /// <summary>A pod that runs again and again for longer than the clock of its node is behind.</summary>
    [Theory]
    [InlineData(-20)]
    [InlineData(20)]
    public void OneBadPod_OnANodeWhoseClockIsWrong_IsEvicted(double ahead) =>
        Ends(Evict, JudgedScenes.OneBadPod, s => s.Afterwards.Add(x => x.Sick[0].Shifted(ahead)));

    /// <summary>A person drains the nodes one by one, and for a while none takes a pod.</summary>
    [Fact]
    public void PodsWithoutAPlace_WhileAPersonDrains_AreTold_WithWhatTheSchedulerSays() => Ends(
        Tells, JudgedScenes.OneNotReady,
        s => s.Afterwards.Add(x =>
        {
            x.Cluster.Nodes.ForEach(n => n.Spec.Unschedulable = true);
            var pod = x.Sick[0];
            (pod.Status.Phase, pod.Spec.NodeName, pod.Status.ContainerStatuses) = ("Pending", null, []);
            pod.Status.Conditions =
            [
                new()
                {
                    Type = "PodScheduled", Status = "False", Reason = "Unschedulable",
                    Message = "0/3 nodes are available: 3 node(s) were unschedulable.", LastTransitionTime = Controllers.Ago(50),
                },
            ];
        }),
        "3 node(s) were unschedulable");

    /// <summary>A native sidecar of the release itself is of the release; one that was injected is not.</summary>
    [Theory]
    [InlineData(true, Undo)]
    [InlineData(false, Tells)]
    public void NativeSidecarThatLoops_IsOfItsTemplate_OrInjected(bool isOfTemplate, string expected) => Ends(
        expected, JudgedScenes.BadRollout, s =>
        {
            var sidecar = new V1Container { Name = "proxy", Image = "remediator.test/proxy:2", RestartPolicy = "Always" };
            if (isOfTemplate)
                s.BeforeRollOut.Add(x => x.Template.InitContainers = [sidecar]);
            s.Afterwards.Add(x => x.Sick.ForEach(p =>
            {
                var crash = p.Status.ContainerStatuses[0];
                p.Spec.InitContainers = [sidecar];
                p.Status.ContainerStatuses =
                    [new() { Name = "main", Ready = true, State = new() { Running = new() { StartedAt = Controllers.Ago(2) } } }];
                crash.Name = "proxy";
                p.Status.InitContainerStatuses = [crash];
            }));
        });

    /// <summary>Somebody has stopped a rollout in its middle, and knows why.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void PausedRollout_IsLeftToWhoPausedIt(bool stuck) => Ends(
        Tells, stuck ? JudgedScenes.Stuck : JudgedScenes.BadRollout, s => s.Deployment.Spec.Paused = true);

    /// <summary>It failed twice, and then it was done.</summary>
    [Theory]
    [InlineData("KubePodCrashLooping")]
    [InlineData("KubePodNotReady")]
    public void PodOfAJobThatIsDone_ThoughItCrashedBefore_IsNobodysTrouble(string alert)
    {
        var it = new Case("18-create-container-error").Apply("v1.yaml");
        var job = new V1Job
        {
            Metadata = new() { Name = "nightly", NamespaceProperty = "shop", Uid = "uid-job", CreationTimestamp = Controllers.Ago(30) },
            Spec = new() { Template = it.Deployment.Spec.Template },
            Status = new()
            {
                StartTime = Controllers.Ago(30), Succeeded = 1,
                Conditions = [new() { Type = "Complete", Status = "True", LastTransitionTime = Controllers.Ago(1) }],
            },
        };
        it.Cluster.Jobs.Add(job);
        it.Cluster.Deployments.Clear();
        var pod = Controllers.Pod(job.Metadata, "Job", job.Spec.Template, "nightly-x1", "controller-uid", "uid-job", 30)
            .Crashing(2, endedMinutesAgo: 4);
        pod.Status.Phase = "Succeeded";
        pod.Status.ContainerStatuses[0].State = new()
            { Terminated = new() { ExitCode = 0, Reason = "Completed", StartedAt = Controllers.Ago(3), FinishedAt = Controllers.Ago(1) } };
        it.Cluster.Pods.Add(pod);
        var (decision, reason) = it.Judge(Case.AlertOf(alert, pod));
        Assert.True(decision == "nothing", $"{decision}: {reason}");
    }

    /// <summary>Its claim waits for a volume that nobody makes.</summary>
    [Fact]
    public void PodsWhoseClaimIsPending_AreToldWithTheClaim() => Ends(
        Tells, JudgedScenes.Stuck, s => s.Afterwards.Add(x => x.Sick.ForEach(p =>
        {
            p.Spec.Volumes = [new() { Name = "data", PersistentVolumeClaim = new() { ClaimName = "data" } }];
            (p.Status.Phase, p.Spec.NodeName, p.Status.ContainerStatuses) = ("Pending", null, []);
            p.Status.Conditions =
            [
                new()
                {
                    Type = "PodScheduled", Status = "False", Reason = "Unschedulable", LastTransitionTime = Controllers.Ago(13),
                    Message = "0/3 nodes are available: pod has unbound immediate PersistentVolumeClaims.",
                },
            ];
        })),
        "persistentvolumeclaim/data");

    /// <summary>A Deployment that recreates waits for pods whose preStop takes as long as it may, and longer.</summary>
    [Theory]
    [InlineData(-4, 8, "nothing: ")] // their grace is over in four minutes, and they are gone four minutes later
    [InlineData(3, 4, "nothing: ")]
    [InlineData(25, 60, Tells)]
    public void OldPodsWhosePreStopTakesLong_AreToldOnceTheirTimeIsOver(double overdue, double goneIn, string expected) => Ends(
        expected, JudgedScenes.OneNotReady, s =>
        {
            s.Deployment.Spec.Strategy = new() { Type = "Recreate" };
            s.Afterwards.Add(x =>
            {
                x.Alert = "KubeDeploymentReplicasMismatch";
                var old = x.Cluster.Pods.ToList();
                old.ForEach(p => p.Terminating(overdue));
                x.Cluster.Later.Add((CaseCluster.Now.AddMinutes(goneIn), () =>
                {
                    old.ForEach(p => x.Cluster.Pods.Remove(p));
                    x.Cluster.Run(x.Cluster.ReplicaSets[^1], 3, -goneIn);
                }));
            });
        });

    /// <summary>It was scaled up, and the registry allows no more pulls for now.</summary>
    [Theory]
    [InlineData("429 Too Many Requests - Server message: toomanyrequests: Rate exceeded")]
    [InlineData("toomanyrequests: You have reached your unauthenticated pull rate limit")]
    public void OnePodWhoseImageIsRateLimited_IsTold_AndNothingIsDone(string message) => Ends(
        Tells, JudgedScenes.OneNotReady,
        s => s.Afterwards.Add(x =>
        {
            x.Alert = "KubeContainerWaiting";
            x.Sick[0].Held("ImagePullBackOff", "Back-off pulling image", 20).Status.ContainerStatuses[0].LastState = null;
            x.Cluster.Tell(x.Sick[0], "Failed", "Failed to pull image: manifest unknown");
            x.Cluster.Tell(x.Sick[0], "Failed", $"Failed to pull image: {message}");
        }),
        "no more pulls");

    /// <summary>
    /// A password was changed, or a certificate has ended: who was restarted cannot log in, and neither can the pod that would come in its
    /// place. The others go on with the connections that they have.
    /// </summary>
    [Theory]
    [InlineData("FATAL: password authentication failed for user \"shop\"")]
    [InlineData("ERROR 1045 (28000): Access denied for user 'shop'@'10.0.0.7'")]
    [InlineData("x509: certificate has expired or is not yet valid: current time 2026-11-27T10:00:00Z")]
    [InlineData("WRONGPASS invalid username-password pair")]
    public void PodThatIsNoLongerLetIn_IsNotReplacedByOneThatIsNotEither(string line) => Ends(
        Tells, JudgedScenes.OneBadPod, s => s.Afterwards.Add(x => x.Cluster.Logs[x.Sick[0].Name()] = ["starting", line]), line);

    /// <summary>Its program ends as if it were done: that is of the release as any other end is.</summary>
    [Fact]
    public void ReleaseThatEndsByItself_IsUndone() => Ends(
        Undo, JudgedScenes.BadRollout, s => s.Afterwards.Add(x => x.Sick.ForEach(p => p.Crashing(5, code: 0, reason: "Completed"))));

    /// <summary>A ConfigMap was changed long after the last rollout, or soon after it, and who was restarted has read it.</summary>
    [Theory]
    [InlineData(1, 9000)]
    [InlineData(2, 9000)]
    [InlineData(3, 9000)]
    [InlineData(3, 50)]
    public void ConfigurationThatWasChangedWithoutARollout_IsTold_AndNothingIsDone(int crash, double age) => Ends(
        Tells, s =>
        {
            JudgedScenes.OneBadPod(s);
            s.Template.Containers[0].Image = "remediator.test/api:2";
            s.Old.ForEach(p => s.Cluster.Pods.Remove(p));
            s.Newest = s.Cluster.RollOut(s.Deployment, age);
            var pods = s.Cluster.Run(s.Newest, 3, age);
            s.Cluster.See(CaseCluster.Now.AddMinutes(-6));
            s.Sick = pods[..crash];
            foreach (var pod in s.Sick)
            {
                pod.Crashing(4);
                s.Cluster.Logs[pod.Name()] = ["FATAL: invalid configuration option max_conn"];
            }
        },
        _ => { }, "invalid configuration option");

    /// <summary>
    /// Flagger brings what the target runs into a Deployment of its own, and an undo of the target is a release to it: it would analyse the
    /// old one as if it were new.
    /// </summary>
    [Theory]
    [InlineData("helm")]
    [InlineData("kubectl-client-side-apply")]
    public void TargetOfFlagger_IsNotUndone(string manager) => Ends(
        Tells, JudgedScenes.BadRollout,
        s =>
        {
            s.Deployment.Metadata.ManagedFields =
            [
                new()
                {
                    Manager = manager, Operation = "Update",
                    FieldsV1 = JsonDocument.Parse(
                        """{"f:spec":{"f:template":{"f:spec":{"f:containers":{"k:{\"name\":\"main\"}":{"f:image":{}}}}}}}""").RootElement,
                },
                new()
                {
                    Manager = "flagger", Operation = "Update",
                    FieldsV1 = JsonDocument.Parse("""{"f:spec":{"f:replicas":{}}}""").RootElement,
                },
            ];
            var primary = Controllers.Copy(s.Deployment);
            (primary.Metadata.Name, primary.Metadata.Uid) = ("api-primary", "uid-primary");
            primary.Metadata.OwnerReferences =
                [new() { ApiVersion = "flagger.app/v1beta1", Kind = "Canary", Name = "api", Uid = "c", Controller = true }];
            s.Cluster.Deployments.Add(primary);
        },
        "Flagger");

    /// <summary>What is outside of the cluster, or is misspelt, is neither ready nor down as far as anybody here can tell.</summary>
    [Theory]
    [InlineData("rds/orders")]
    [InlineData("host/db.example.com")]
    [InlineData("statefulset/data/no-such-thing")]
    [InlineData("db.example.com:5432")]
    public void DependencyOutsideOfTheCluster_HoldsNothing(string dependsOn) => Ends(
        Evict, JudgedScenes.OneBadPod,
        s => s.Deployment.Metadata.Annotations = new Dictionary<string, string> { ["remediator.io/depends-on"] = dependsOn });

    private static void Ends(string expected, Action<Scene> set, Action<Scene> lay, string told = "")
    {
        var (said, _) = Judged(set, lay);
        Assert.StartsWith(expected, said, StringComparison.Ordinal);
        Assert.Contains(told, said, StringComparison.Ordinal);
    }
}
