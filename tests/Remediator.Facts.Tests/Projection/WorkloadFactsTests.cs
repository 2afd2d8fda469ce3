using System.Text.Json;
using Remediator.Facts.Objects;

namespace Remediator.Facts.Tests.Projection;

public sealed class WorkloadFactsTests : ProjectionTest
{
    [Fact]
    public void Deployment_CountsItsReplicasAndItsSickPods()
    {
        var owner = A.Owner("ReplicaSet", "api-1");
        var crash = A.Waiting("CrashLoopBackOff", 3, A.Ended(1));
        var objects = new ClusterObjects
        {
            Deployments = [A.Deployment(
                "api",
                3) with { Status = new() {
                    ObservedGeneration = 2,
                    Replicas = 3,
                    UpdatedReplicas = 3,
                    ReadyReplicas = 1,
                    AvailableReplicas = 1 } }],
            ReplicaSets = [A.ReplicaSet("api", "1", 1)],
            Pods = [A.Pod("a", owner, "1", crash, "n1"), A.Pod("b", owner, "1", crash, "n2"), A.Pod("c", owner, "1", node: "n3")],
        };

        Says(
            Only(objects, "workload"),
            ("namespace", "shop"), ("workload", "api"), ("workload_kind", "deployment"), ("desired", "3"), ("ready", "1"),
            ("available", "1"), ("updated", "3"),
            ("crashing_pods", "2"), ("crashing_nodes", "2"), ("pod_nodes", "3"), ("waiting_pods", "2"), ("rolling_out", "false"),
            ("stuck", "false"), ("paused", "false"));
    }

    [Theory]
    [InlineData(false, false, "false")]
    [InlineData(true, false, "true")]
    [InlineData(false, true, "true")]
    public void WorkloadIsBeingDeleted_AloneOrWithItsNamespace(bool alone, bool space, string deleting)
    {
        var api = A.Deployment("api");
        var objects = new ClusterObjects
        {
            Deployments = [api with { Metadata = api.Metadata with { DeletionTimestamp = alone ? A.Now : null } }],
            Namespaces = [new() { Metadata = A.Meta("shop", space: "") with { DeletionTimestamp = space ? A.Now : null } }],
        };
        Says(Only(objects, "workload"), ("deleting", deleting));
    }

    [Theory]
    [InlineData(3, 3, 3, 3, "true")]
    [InlineData(3, 3, 2, 3, "false")]
    [InlineData(3, 3, 3, 2, "false")]
    [InlineData(3, 4, 3, 3, "false")]
    [InlineData(0, 0, 0, 0, "false")]
    public void Deployment_IsCompleteWithAllItsPodsReadyAndNew(int desired, int all, int ready, int updated, string complete)
    {
        var status = A.Deployment("api", desired).Status with
            { Replicas = all, ReadyReplicas = ready, AvailableReplicas = ready, UpdatedReplicas = updated };
        Says(Only(new() { Deployments = [A.Deployment("api", desired) with { Status = status }] }, "workload"), ("complete", complete));
    }

    [Theory]
    [InlineData("statefulset", "RollingUpdate", 0, 3, 3, "true")]
    [InlineData("statefulset", "RollingUpdate", 0, 3, 2, "false")]
    [InlineData("statefulset", "RollingUpdate", 2, 3, 1, "true")]
    [InlineData("statefulset", "RollingUpdate", 2, 3, 0, "false")]
    [InlineData("statefulset", "RollingUpdate", 5, 3, 0, "true")]
    [InlineData("statefulset", "RollingUpdate", 2, 2, 1, "false")]
    [InlineData("statefulset", "OnDelete", 0, 3, 0, "true")]
    [InlineData("statefulset", "OnDelete", 0, 2, 0, "false")]
    [InlineData("daemonset", "RollingUpdate", 0, 3, 2, "false")]
    [InlineData("daemonset", "OnDelete", 0, 3, 0, "true")]
    [InlineData("daemonset", "OnDelete", 0, 2, 0, "false")]
    public void Set_IsCompleteWithAllItsPodsReady_AndAsManyNewAsItsStrategyReplaces(
        string kind, string strategy, int partition, int ready, int updated, string complete)
    {
        var set = A.Deployment("db", 3) with
        {
            Spec = new() { Replicas = 3, UpdateStrategy = new() { Type = strategy, RollingUpdate = new() { Partition = partition } } },
            Status = new()
            {
                ObservedGeneration = 2, Replicas = 3, ReadyReplicas = ready, UpdatedReplicas = updated, CurrentRevision = "db-1",
                UpdateRevision = "db-2", DesiredNumberScheduled = 3, NumberReady = ready, NumberAvailable = ready,
                UpdatedNumberScheduled = updated,
            },
        };
        Says(
            Only(kind == "daemonset" ? new() { DaemonSets = [set] } : new() { StatefulSets = [set] }, "workload"), ("complete", complete));
    }

    [Fact]
    public void Pod_SaysWhetherItsNodeEndedIt()
    {
        var pods = new[]
        {
            ("a", "Failed", "Evicted", "The node was low on resource: memory. "), ("b", "Failed", "Terminated", ""),
            ("c", "Failed", "", ""), ("d", "Running", "NodeLost", ""),
            ("e", "Failed", "Evicted", "Pod ephemeral local storage usage exceeds the total limit of containers 1Mi. "),
        }.Select(p => A.Pod(p.Item1) with { Status = new() { Phase = p.Item2, Reason = p.Item3, Message = p.Item4 } });
        Assert.Equal(
            [("a", "true"), ("b", "true"), ("c", "false"), ("d", "false"), ("e", "false")],
            Project(new() { Pods = [.. pods] }).Named("pod").Select(f => (f["pod"], f["ended_by_node"])).Order());
    }

    [Theory]
    [InlineData("True", "", "target-health.elbv2.k8s.aws/api")]
    [InlineData("True", "True", "")]
    [InlineData("False", "", "")]
    public void Pod_NamesTheGateThatHoldsItBack_OnlyWhileItsContainersAreReady(string containers, string gate, string expected)
    {
        var pod = A.Pod("a", ready: false);
        pod = pod with
        {
            Spec = pod.Spec with { ReadinessGates = [new("target-health.elbv2.k8s.aws/api")] },
            Status = pod.Status with
            {
                Conditions = [
                    .. pod.Status.Conditions, new() { Type = "ContainersReady", Status = containers },
                    .. gate.Length == 0 ? Array.Empty<ObjectCondition>()
                        : [new() { Type = "target-health.elbv2.k8s.aws/api", Status = gate }]],
            },
        };
        Says(Only(new() { Pods = [pod] }, "pod"), ("gate", expected));
    }

    [Theory]
    [InlineData(true, false, "proxy")]
    [InlineData(false, false, "")]
    [InlineData(true, true, "")]
    public void Pod_NamesTheSidecarThatIsNotReady_OnlyWhereNothingElseIs(bool main, bool sidecar, string expected)
    {
        var pod = A.Pod("a", ready: main && sidecar, status: A.Running() with { Ready = main });
        pod = pod with
        {
            Spec = pod.Spec with { InitContainers = [new() { Name = "proxy", RestartPolicy = "Always" }] },
            Status = pod.Status with { InitContainerStatuses = [A.Running() with { Name = "proxy", Ready = sidecar }] },
        };
        Says(Only(new() { Pods = [pod] }, "pod"), ("unready_sidecar", expected));
    }

    public static TheoryData<string, string> Rollouts { get; } = new()
    {
        { "complete", "false" }, { "not seen by its controller", "true" }, { "too few are new", "true" }, { "old replicas remain", "true" },
    };

    [Theory]
    [MemberData(nameof(Rollouts))]
    public void Deployment_IsRollingOutUntilAllReplicasAreNew(string rollout, string rollingOut)
    {
        var deployment = A.Deployment("api", 3);
        var status = rollout switch
        {
            "not seen by its controller" => deployment.Status with { ObservedGeneration = 1 },
            "too few are new" => deployment.Status with { UpdatedReplicas = 1 },
            "old replicas remain" => deployment.Status with { Replicas = 4 },
            _ => deployment.Status,
        };

        Says(Only(new() { Deployments = [deployment with { Status = status }] }, "workload"), ("rolling_out", rollingOut));
    }

    [Theory]
    [InlineData("RollingUpdate", 0, 2, "true")]
    [InlineData("RollingUpdate", 1, 2, "false")]
    [InlineData("OnDelete", 0, 0, "false")]
    public void StatefulSet_IsRollingOutAsFarAsItsStrategyGoes(string strategy, int partition, int updated, string rollingOut)
    {
        var set = A.Deployment("db", 3) with
        {
            Spec = new() { Replicas = 3, UpdateStrategy = new() { Type = strategy, RollingUpdate = new() { Partition = partition } } },
            Status = new() {
                ObservedGeneration = 2,
                Replicas = 3,
                ReadyReplicas = 3,
                UpdatedReplicas = updated,
                CurrentRevision = "db-1",
                UpdateRevision = "db-2" },
        };

        Says(Only(new() { StatefulSets = [set] }, "workload"), ("rolling_out", rollingOut), ("ready", "3"), ("available", "3"));
    }

    [Fact]
    public void Deployment_WhoseDeadlinePassed_IsStuck()
    {
        var deployment = A.Deployment("api");
        var stuck = deployment with { Status = deployment.Status with { Conditions = [new() {
            Type = "Progressing",
            Status = "False",
            Reason = "ProgressDeadlineExceeded" }] } };
        Says(Only(new() { Deployments = [stuck] }, "workload"), ("stuck", "true"));
    }

    [Fact]
    public void DaemonSet_CountsNodes()
    {
        var set = A.Deployment("agent") with { Status = new() {
            ObservedGeneration = 2,
            DesiredNumberScheduled = 5,
            NumberReady = 4,
            NumberAvailable = 3,
            UpdatedNumberScheduled = 5 } };
        Says(
            Only(new() { DaemonSets = [set] }, "workload"), ("workload_kind", "daemonset"), ("desired", "5"), ("ready", "4"),
            ("available", "3"), ("updated", "5"));
    }

    [Fact]
    public void Annotations_AreThoseOfTheWorkload_AndNoModeLiftsThatOfItsNamespace()
    {
        var deployment = A.Deployment("api");
        var annotated = deployment with
        {
            Metadata = deployment.Metadata with
            {
                Annotations = A.Map(("remediator.io/mode", "mild"), ("remediator.io/raise-memory-limit", "512Mi"), ("owner", "team-a")),
                Labels = A.Map(("app.kubernetes.io/managed-by", "Helm")),
            },
        };
        var space = new Namespace { Metadata = A.Meta("shop", "") with { Annotations = A.Map(("remediator.io/mode", "off")) } };

        var facts = Project(new() { Deployments = [annotated, A.Deployment("web")], Namespaces = [space] }).Named("workload");

        Says(facts[0], ("workload", "api"), ("mode", "off"), ("raise_memory", "512Mi"), ("owner", "team-a"), ("managed_by", "helm"));
        Says(facts[1], ("workload", "web"), ("mode", "off"), ("raise_memory", ""), ("owner", ""), ("managed_by", ""));
    }

    [Theory]
    [InlineData("argocd.argoproj.io/tracking-id", "argocd")]
    [InlineData("meta.helm.sh/release-name", "helm")]
    public void ManagedBy_IsReadFromAnnotations(string annotation, string managedBy)
    {
        var deployment = A.Deployment("api");
        var managed = deployment with { Metadata = deployment.Metadata with { Annotations = A.Map((annotation, "x")) } };
        Says(Only(new() { Deployments = [managed] }, "workload"), ("managed_by", managedBy));
    }

    [Fact]
    public void Dependencies_SayWhetherMoreThanHalfOfThemAreReady()
    {
        var deployment = A.Deployment("api");
        var api = deployment with { Metadata = deployment.Metadata with { Annotations = A.Map(
            ("remediator.io/depends-on", "deployment/cache, statefulset/data/db, deployment/unknown")) } };
        var db = A.Deployment("db", 3, "data") with { Status = new() { ReadyReplicas = 1 } };

        var facts = Project(new() { Deployments = [api, A.Deployment("cache")], StatefulSets = [db] }).All;

        Assert.Equal(
            [("deployment/shop/cache", "true"), ("statefulset/data/db", "false"), ("deployment/shop/unknown", "")],
            facts.Where(f => f.Name == "dependency").Select(f => (f["on"], f["ready"])));
        Says(facts.First(f => f["workload"] == "api"), ("dependency_down", "statefulset/data/db"));
    }

    [Fact]
    public void FinishedJob_WantsNoPods()
    {
        var job = A.Deployment("migrate") with {
            Spec = new() { Parallelism = 2 },
            Status = new() { Conditions = [new() { Type = "Complete", Status = "True" }] } };
        Says(
            Only(new() { Jobs = [job] }, "workload"), ("workload_kind", "job"), ("desired", "0"), ("revision", ""),
            ("rollout_age_minutes", ""));
    }

    [Fact]
    public void DisruptionBudget_BelongsToTheWorkloadsThatItSelects()
    {
        var budget = new DisruptionBudget
        {
            Metadata = A.Meta("api-pdb"),
            Spec = new() { Selector = new() { MatchExpressions = [new() { Key = "app", Operator = "In", Values = ["api", "api2"] }] } },
            Status = new() { DisruptionsAllowed = 1, CurrentHealthy = 3, DesiredHealthy = 2 },
        };

        Says(
            Only(
                new() {
                    Deployments = [A.Deployment("api"), A.Deployment("web"), A.Deployment("api", space: "other")],
                    DisruptionBudgets = [budget] },
                "pdb"),
            ("namespace", "shop"), ("workload", "api"), ("poddisruptionbudget", "api-pdb"), ("allowed", "1"), ("healthy", "3"),
            ("desired_healthy", "2"));
    }

    [Fact]
    public void DisruptionBudgetsThatMayNotBeRead_MayProtectAnything() =>
        Says(
            Only(new() { Deployments = [A.Deployment("api")], DisruptionBudgetsAreForbidden = true }, "pdb"),
            ("namespace", "shop"), ("workload", "api"), ("poddisruptionbudget", ""), ("allowed", ""), ("healthy", ""),
            ("desired_healthy", ""));

    [Theory]
    [InlineData(10, 10, 2, true)]
    // it wants fewer, and comes down
    [InlineData(10, 7, 2, false)]
    // it wants more than are there yet
    [InlineData(9, 10, 2, false)]
    // nobody lets it scale
    [InlineData(10, 10, 10, false)]
    public void Autoscaler_SaysOfItsTargetWhetherItIsAtItsMaximum(int current, int desired, int minimum, bool atMaximum) => Says(
        Only(
            new() {
                Deployments = [A.Deployment("api"), A.Deployment("web"), A.Deployment("api", space: "other")],
                Autoscalers = [Autoscaler(current, desired, minimum)] },
            "hpa"),
        ("namespace", "shop"), ("workload", "api"), ("workload_kind", "deployment"), ("horizontalpodautoscaler", "api-hpa"),
        ("current", $"{current}"), ("max", "10"), ("at_maximum", atMaximum ? "true" : "false"), ("able_to_scale", "true"),
        ("active", "false"), ("why_not", "no metrics were returned"));

    [Fact]
    public void AutoscalersThatMayNotBeRead_MayBeAtTheirMaximum() => Says(
        Only(new() { Deployments = [A.Deployment("api")], AutoscalersAreForbidden = true }, "hpa"),
        ("namespace", "shop"), ("workload", "api"), ("horizontalpodautoscaler", ""), ("at_maximum", ""));

    /// <summary>Its template was changed while it was paused: all that it should have is there all the same.</summary>
    [Theory]
    [InlineData(true, 3, "true")]
    [InlineData(true, 2, "false")]
    [InlineData(false, 3, "false")]
    public void PausedDeployment_IsCompleteWithPodsOfBefore(bool paused, int ready, string complete)
    {
        var api = A.Deployment("api");
        var seen = api with {
            Spec = api.Spec with { Paused = paused },
            Status = api.Status with { UpdatedReplicas = 0, ReadyReplicas = ready, AvailableReplicas = ready } };
        Says(Only(new() { Deployments = [seen] }, "workload"), ("complete", complete));
    }

    [Fact]
    public void PodsThatNobodyHasMade_AreMissing()
    {
        var pods = new[] { A.Pod("api-7c9f-a", A.Owner("ReplicaSet", "api-7c9f"), "7c9f") };
        var objects = new ClusterObjects {
            Deployments = [A.Deployment("api")], ReplicaSets = [A.ReplicaSet("api", "7c9f", 1)], Pods = pods };
        Says(Only(objects, "workload"), ("desired", "3"), ("missing_pods", "2"));
        var ended = pods[0] with { Status = pods[0].Status with { Phase = "Failed" } };
        Says(Only(objects with { Pods = [ended] }, "workload"), ("missing_pods", "3"));
    }

    private static Autoscaler Autoscaler(int current, int desired, int minimum) => new()
    {
        Metadata = A.Meta("api-hpa"),
        Spec = new() { MinReplicas = minimum, MaxReplicas = 10, ScaleTargetRef = new() { Kind = "Deployment", Name = "api" } },
        Status = new()
        {
            CurrentReplicas = current,
            DesiredReplicas = desired,
            Conditions =
            [
                new() { Type = "AbleToScale", Status = "True" },
                new() { Type = "ScalingActive", Status = "False", Reason = "FailedGetMetrics", Message = "no metrics were returned" },
            ],
        },
    };

    [Theory]
    [InlineData("full", "diagnose", "diagnose")]
    [InlineData("off", "full", "off")]
    [InlineData("mild", "", "mild")]
    [InlineData("", "mild", "mild")]
    [InlineData("observe", "mild", "observe")]
    [InlineData("full", "nonsense", "nonsense")]
    public void Mode_IsTheStricterOfTheObjectsAndTheNamespaces(string own, string space, string mode)
    {
        var workload = A.Deployment("api");
        workload = workload with { Metadata = workload.Metadata with { Annotations = A.Map(("remediator.io/mode", own)) } };
        Says(
            Only(
                new() {
                    Namespaces = [new() { Metadata = A.Meta("shop", "") with { Annotations = A.Map(("remediator.io/mode", space)) } }],
                    Deployments = [workload] },
                "workload"),
            ("mode", mode));
    }

    [Fact]
    public void Claim_KnowsWhetherItsClassCanGrow()
    {
        var claim = new PersistentVolumeClaim {
            Metadata = A.Meta("data"),
            Spec = new() { StorageClassName = "gp3" },
            Status = new() { Phase = "Bound", Capacity = A.Map(("storage", "10Gi")) } };
        var storage = new StorageClass { Metadata = A.Meta("gp3", ""), AllowVolumeExpansion = true };
        Says(
            Only(new() { Claims = [claim], StorageClasses = [storage] }, "pvc"), ("persistentvolumeclaim", "data"), ("phase", "Bound"),
            ("expandable", "true"), ("capacity_bytes", "10737418240"));
        Says(Only(new() { Claims = [claim] }, "pvc"), ("expandable", ""));
    }

    [Fact]
    public void Mount_IsAClaimedVolumeOfAPodThatIsNotFinished()
    {
        var pod = JsonSerializer.Deserialize<Pod>("""
            {"metadata":{"name":"api-1","namespace":"shop"},"status":{"phase":"Running"},
             "spec":{"nodeName":"n1","containers":[],"volumes":[{"name":"token","projected":{}},{"name":"data","persistentVolumeClaim":{"claimName":"data"}}]}}
            """u8, KubeJson.Options)!;
        Says(
            Only(new() { Pods = [pod] }, "mount"), ("namespace", "shop"), ("workload", "api-1"), ("pod", "api-1"),
            ("persistentvolumeclaim", "data"), ("node", "n1"));
        Assert.DoesNotContain(Project(new() { Pods = [pod with { Status = new() { Phase = "Succeeded" } }] }).All, f => f.Name == "mount");
    }

    [Theory]
    [InlineData(true, "act-1", "remediator")]
    [InlineData(true, "", "somebody")]
    [InlineData(false, "act-1", "")] // somebody has uncordoned it, and the mark is still there
    public void Node_SaysWhoHasCordonedIt(bool cordoned, string mark, string by)
    {
        var node = A.Node("n1");
        var annotations = mark.Length > 0 ? new Dictionary<string, string> { ["remediator.io/cordoned"] = mark } : [];
        node = node with { Spec = new() { Unschedulable = cordoned }, Metadata = node.Metadata with { Annotations = annotations } };

        Says(Only(new() { Nodes = [node] }, "node"), ("cordoned", cordoned ? "true" : "false"), ("cordoned_by", by));
    }

    [Fact]
    public void Node_IsDescribed() =>
        Says(
            Only(
                new() { Nodes = [A.Node(
                    "n1", "eu-1a", "Unknown") with { Spec = new() { Unschedulable = true, ProviderId = "aws:///eu-1a/i-0abc" } }] },
                "node"),
            ("node", "n1"), ("zone", "eu-1a"), ("ready", "unknown"), ("cordoned", "true"), ("role", "worker"), ("internal_ip", "10.0.0.7"),
            ("provider_id", "aws:///eu-1a/i-0abc"), ("instance_type", "m7i.large"), ("disk_pressure", "false"), ("memory_pressure", ""));
}
