using Remediator.Facts.Objects;

namespace Remediator.Facts.Tests.Projection;

public sealed class NodeFactsTests : ProjectionTest
{
    [Theory]
    [InlineData("eks.amazonaws.com/nodegroup")]
    [InlineData("karpenter.sh/nodepool")]
    [InlineData("kops.k8s.io/instancegroup")]
    public void NodeGroup_IsTheSetThatItWasMadeWith(string label)
    {
        var node = A.Node("n1");
        Says(Only(new() { Nodes = [node] }, "node"), ("node_group", ""));
        Says(
            Only(
                new() { Nodes = [node with { Metadata = node.Metadata with { Labels = new Dictionary<string, string>(
                    node.Metadata.Labels) { [label] = "spot" } } }] },
                "node"),
            ("node_group", "spot"));
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("DiskPressure", "disk pressure")]
    [InlineData("MemoryPressure PIDPressure", "memory pressure, PID pressure")]
    public void NodeUnderPressure_IsUnsteady(string pressures, string unsteady)
    {
        var node = A.Node("n1");
        var conditions = pressures.Split(' ').Select(p => new MessageCondition { Type = p, Status = "True" });
        Says(
            Only(new() { Nodes = [node with { Status = node.Status with { Conditions = [.. conditions, .. node.Status.Conditions] } }] },
                "node"),
            ("unsteady", unsteady));
    }

    /// <summary>The words are those of kubelets from 1.20 on.</summary>
    [Theory]
    [InlineData("Unknown", "NodeStatusUnknown", "Kubelet stopped posting node status.", "silent")]
    [InlineData("Unknown", "NodeStatusNeverUpdated", "Kubelet never posted node status.", "silent")]
    [InlineData(
        "False", "KubeletNotReady", "PLEG is not healthy: pleg was last seen active 3m8.77s ago; threshold is 3m0s", "pleg")]
    [InlineData(
        "False", "KubeletNotReady", "[container runtime is down, PLEG is not healthy: pleg was last seen active 4m0s ago]", "runtime")]
    [InlineData(
        "False", "KubeletNotReady",
        "container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady message:Network plugin returns error: cni "
            + "plugin not initialized", "network")]
    [InlineData("False", "KubeletNotReady", "node is shutting down", "")]
    [InlineData("True", "KubeletReady", "PLEG is not healthy", "")]
    public void NodeThatIsNotReady_SaysWhatIsWrong(string ready, string reason, string message, string fault)
    {
        var node = A.Node("n1");
        Says(
            Only(new() { Nodes = [node with { Status = node.Status with { Conditions =
                [new() { Type = "Ready", Status = ready, Reason = reason, Message = message }] } }] }, "node"),
            ("fault", fault));
    }

    [Theory]
    [InlineData("karpenter.sh/disruption", "Karpenter (taint karpenter.sh/disruption)")]
    [InlineData("karpenter.sh/disrupted", "Karpenter (taint karpenter.sh/disrupted)")]
    [InlineData("ToBeDeletedByClusterAutoscaler", "cluster-autoscaler (taint ToBeDeletedByClusterAutoscaler)")]
    [InlineData("DeletionCandidateOfClusterAutoscaler", "cluster-autoscaler (taint DeletionCandidateOfClusterAutoscaler)")]
    [InlineData("medik8s.io/drain", "medik8s (taint medik8s.io/drain)")]
    [InlineData(
        "node.kubernetes.io/out-of-service", "somebody who declared it out of service (taint node.kubernetes.io/out-of-service)")]
    [InlineData(
        "cloud.google.com/impending-node-termination",
        "its cloud, which takes it away (taint cloud.google.com/impending-node-termination)")]
    [InlineData(
        "remediator.aks.microsoft.com/unschedulable", "AKS' auto-repair (taint remediator.aks.microsoft.com/unschedulable)")]
    [InlineData("node.cluster.x-k8s.io/outdated-revision", "Cluster API (taint node.cluster.x-k8s.io/outdated-revision)")]
    [InlineData("aws-node-termination-handler/spot-itn", "the AWS node termination handler (taint aws-node-termination-handler/spot-itn)")]
    [InlineData("node.kubernetes.io/unreachable", "")]
    [InlineData("karpenter.sh/unregistered", "")]
    public void Taint_OfAnotherTool_SaysWhoWorksOnTheNode(string taint, string by)
    {
        var node = A.Node("n1");
        Says(
            Only(new() { Nodes = [node with { Spec = node.Spec with { Taints = [new() { Key = "x" }, new() { Key = taint }] } }] }, "node"),
            ("taken_by", by));
    }

    [Theory]
    [InlineData("stop", "boot-1", "true")]
    [InlineData("start", "boot-1", "false")]
    [InlineData("stop", "boot-0", "false")]
    [InlineData("", "", "false")]
    public void ItsMachineIsMoving_FromBeforeItIsStoppedByUs_UntilItIsToStart(string asked, string boot, string moving)
    {
        var node = A.Node("n1");
        Says(
            Only(new()
            {
                Nodes =
                [
                    node with
                    {
                        Metadata = node.Metadata with
                        {
                            Annotations = new Dictionary<string, string>
                                { ["remediator.io/moving-asked"] = asked, ["remediator.io/moving-boot"] = boot },
                        },
                        Status = node.Status with { NodeInfo = new() { BootId = "boot-1" } },
                    },
                ],
            }, "node"),
            ("moving", moving));
    }

    [Theory]
    [InlineData("node.cloudprovider.kubernetes.io/shutdown", "true")]
    [InlineData("node.cloudprovider.kubernetes.io/uninitialized", "false")]
    public void Taint_OfTheCloud_SaysThatTheMachineIsOff(string taint, string off)
    {
        var node = A.Node("n1");
        Says(
            Only(new() { Nodes = [node with { Spec = node.Spec with { Taints = [new() { Key = taint }] } }] }, "node"),
            ("switched_off", off));
    }

    [Theory]
    [InlineData("weave.works/kured-reboot-in-progress", "2026", "kured (mark weave.works/kured-reboot-in-progress)")]
    [InlineData(
        "remediation.medik8s.io/exclude-from-remediation", "true", "medik8s (mark remediation.medik8s.io/exclude-from-remediation)")]
    [InlineData("cluster.x-k8s.io/skip-remediation", "", "Cluster API (mark cluster.x-k8s.io/skip-remediation)")]
    [InlineData("dgxc.nvidia.com/nvsentinel-state", "draining", "NVSentinel (mark dgxc.nvidia.com/nvsentinel-state)")]
    [InlineData("cluster.x-k8s.io/machine", "m1", "")]
    [InlineData("cluster.x-k8s.io/cluster-name", "prod", "")]
    [InlineData("karpenter.sh/do-not-disrupt", "true", "somebody who told Karpenter not to disrupt it (mark karpenter.sh/do-not-disrupt)")]
    [InlineData("karpenter.sh/do-not-disrupt", "false", "")]
    public void Annotation_OfAnotherTool_SaysWhoWorksOnTheNode(string annotation, string value, string by)
    {
        var node = A.Node("n1");
        Says(
            Only(new() { Nodes = [node with { Metadata = node.Metadata with { Annotations = A.Map((annotation, value)) } }] }, "node"),
            ("taken_by", by));
    }

    [Theory]
    [InlineData("""{"nodeID":"n1","metadata":{"unschedulable":false},"created":"2026-11-24T03:00:00Z","TTL":0}""")]
    [InlineData("""{"maxOwners":2,"locks":[{"nodeID":"n7"},{"nodeID": "n1","TTL":0}]}""")]
    public void Lock_OfKured_IsOnItsDaemonSet_AndNamesTheNodes(string text)
    {
        var kured =
            A.Deployment("kured") with { Metadata = A.Meta("kured") with { Annotations = A.Map(("weave.works/kured-node-lock", text)) } };
        var nodes = Project(new() { Nodes = [A.Node("n1"), A.Node("n2")], DaemonSets = [kured] }).All.Where(f => f.Name == "node");
        Assert.Equal([("n1", "kured (lock weave.works/kured-node-lock)"), ("n2", "")], nodes.Select(n => (n["node"], n["taken_by"])));
    }

    [Theory]
    [InlineData("""{"nodeID":"n1","created":"2026-11-20T12:00:00Z","TTL":1800000000000}""", 0, "")]
    [InlineData("""{"nodeID":"n1","created":"2026-11-23T11:45:00Z","TTL":1800000000000}""", 0, "n1")]
    [InlineData("""{"nodeID":"n1","created":"2026-11-23T11:45:00Z","TTL":1800000000000}""", 20, "")]
    [InlineData("""{"nodeID":"n1","created":"2026-11-23T11:30:00Z","TTL":0}""", 0, "n1")]
    [InlineData("""{"nodeID":"n1","created":"2026-11-23T10:30:00Z","TTL":0}""", 0, "")]
    [InlineData(
        """{"locks":[{"nodeID":"n1","created":"2026-11-20T12:00:00Z","TTL":900000000},{"nodeID":"n2","created":"2026-11-23T11:59:00Z"}]}""",
        0, "n2")]
    [InlineData("""{"nodeID":"n1","created":"yesterday"}""", 0, "n1")]
    public void C19_LockOfKuredThatIsOver_HoldsNothing(string text, double minutes, string held)
    {
        var kured =
            A.Deployment("kured") with { Metadata = A.Meta("kured") with { Annotations = A.Map(("weave.works/kured-node-lock", text)) } };
        var cluster = new SeenCluster(Memory);
        var objects = new ClusterObjects { Nodes = [A.Node("n1"), A.Node("n2")], DaemonSets = [kured] };
        cluster.See(objects, A.Now);
        var view = cluster.See(objects, A.Now.AddMinutes(minutes));
        Assert.Equal(held, string.Join(' ', view.Named("node").Where(n => n["taken_by"].Length > 0).Select(n => n["node"])));
    }

    [Theory]
    [InlineData("node-role.kubernetes.io/controlplane", "true", "control-plane")]
    [InlineData("node-role.kubernetes.io/etcd", "true", "control-plane")]
    [InlineData("node-role.kubernetes.io/control-plane", "", "control-plane")]
    [InlineData("node-role.kubernetes.io/master", "", "control-plane")]
    [InlineData("kubernetes.io/role", "master", "control-plane")]
    [InlineData("node.kubernetes.io/microk8s-controlplane", "microk8s-controlplane", "control-plane")]
    [InlineData("node-role.kubernetes.io/api-server", "", "control-plane")]
    [InlineData("node.k0sproject.io/role", "control-plane", "control-plane")]
    [InlineData("juju-application", "kubernetes-control-plane", "control-plane")]
    [InlineData("rke.cattle.io/etcd-role", "true", "control-plane")]
    [InlineData("juju-application", "kubernetes-worker", "worker")]
    [InlineData("node.k0sproject.io/role", "worker", "worker")]
    [InlineData("node-role.kubernetes.io/worker", "true", "worker")]
    [InlineData("node-role.kubernetes.io/infra", "", "worker")]
    [InlineData("node-role.kubernetes.io/master", "false", "worker")]
    [InlineData("kubernetes.io/role", "node", "worker")]
    public void C15_ControlPlanes_AreKnownByTheLabelsOfEachInstaller(string label, string value, string role)
    {
        var node = A.Node("n1");
        Says(
            Only(new() { Nodes = [node with { Metadata = node.Metadata with { Labels = A.Map((label, value)) } }] }, "node"),
            ("role", role));
    }

    [Theory]
    [InlineData("node-role.kubernetes.io/etcd", "control-plane")]
    [InlineData("node-role.kubernetes.io/controlplane", "control-plane")]
    [InlineData("node.kubernetes.io/unreachable", "worker")]
    public void ControlPlanes_AreKnownByTheirTaintsToo(string taint, string role)
    {
        var node = A.Node("n1");
        Says(Only(new() { Nodes = [node with { Spec = node.Spec with { Taints = [new() { Key = taint }] } }] }, "node"), ("role", role));
    }

    [Theory]
    [InlineData("rebuilding the disk", "rebuilding the disk")]
    [InlineData(" ", "no reason is given")]
    public void Hold_IsPublished_AlsoWithoutWords(string value, string said)
    {
        var map = A.Map(("remediator.io/hold", value));
        var node = A.Node("n1");
        Says(Only(new() { Nodes = [node with { Metadata = node.Metadata with { Annotations = map } }] }, "node"), ("hold", said));
        var held = A.Deployment("api");
        var space = new Namespace { Metadata = A.Meta("shop", "") };
        Says(
            Only(
                new() { Deployments = [held with { Metadata = held.Metadata with { Annotations = map } }], Namespaces = [space] },
                "workload"),
            ("hold", said),
            ("namespace_hold", ""));
        Says(
            Only(
                new() { Deployments = [held], Namespaces = [space with { Metadata = space.Metadata with { Annotations = map } }] },
                "workload"),
            ("hold", ""),
            ("namespace_hold", said));
    }

    [Fact]
    public void GitOps_IsNamed()
    {
        var workload = A.Deployment("api");
        Says(
            Only(
                new() { Deployments = [workload with { Metadata = workload.Metadata with { Annotations = A.Map(
                    ("argocd.argoproj.io/tracking-id", "shop:apps/Deployment:shop/api")) } }] },
                "workload"),
            ("managed_by", "argocd"),
            ("managed_by_name", "shop"));
        Says(
            Only(
                new() { Deployments = [workload with { Metadata = workload.Metadata with { Labels = A.Map(
                    ("kustomize.toolkit.fluxcd.io/name", "apps")) } }] },
                "workload"),
            ("managed_by", "flux"),
            ("managed_by_name", "apps"));
    }
}
