using k8s.Models;
using Remediator.Actions.Kubernetes.Pods;
using Remediator.Core.Resources;

namespace Remediator.Actions.Tests.Kubernetes.Pods;

/// <summary>What people are told of the controller of pods that Remediator never acts on.</summary>
public sealed class OtherControllerTests
{
    [Theory]
    [InlineData(
        "rollout", "Rollout", "argoproj.io/v1alpha1",
        "Rollout api (argoproj.io) makes its pods, and nothing was done to them: `kubectl argo rollouts get rollout api -n shop` shows the "
            + "step at which it is, and `kubectl argo rollouts abort api -n shop` goes back to the stable revision until its template is "
            + "put right")]
    [InlineData(
        "strimzipodset", "StrimziPodSet", "core.strimzi.io/v1beta2",
        "StrimziPodSet api (core.strimzi.io) makes its pods, and nothing was done to them: the Strimzi operator makes and rolls these "
            + "pods: look at its log and at the status of their Kafka; where one pod has to be made anew, `kubectl annotate pod POD "
            + "strimzi.io/manual-rolling-update=true -n shop` has the operator do it in its turn")]
    [InlineData(
        "cloneset", "CloneSet", "apps.kruise.io/v1alpha1",
        "CloneSet api (apps.kruise.io) makes its pods, and nothing was done to them: `kubectl kruise rollout status cloneset/api -n shop` "
            + "shows how far it is, and `kubectl kruise rollout undo cloneset/api -n shop` takes its last change back")]
    [InlineData(
        "statefulset.apps.kruise.io", "StatefulSet", "apps.kruise.io/v1beta1",
        "StatefulSet api (apps.kruise.io) makes its pods, and nothing was done to them: `kubectl describe statefulset.apps.kruise.io api "
            + "-n shop` shows what it says of them")]
    [InlineData(
        "cluster.postgresql.cnpg.io", "Cluster", "postgresql.cnpg.io/v1",
        "Cluster api (postgresql.cnpg.io) makes its pods, and nothing was done to them: `kubectl cnpg status api -n shop` shows which "
            + "instance is the primary and what the others wait for; do not delete a pod or its volume before that is known")]
    [InlineData(
        "crdbnode", "CrdbNode", "crdb.cockroachlabs.com/v1alpha1",
        "CrdbNode api (crdb.cockroachlabs.com) makes its pods, and nothing was done to them: `kubectl describe "
            + "crdbnode.crdb.cockroachlabs.com api -n shop` shows what it says of them")]
    [InlineData(
        "replicationcontroller", "ReplicationController", "v1",
        "No Deployment rolls it out: a change of its template reaches only pods that are made after it, and a pod that is deleted is made "
            + "anew; `kubectl describe replicationcontroller api -n shop` shows both")]
    [InlineData(
        "replicaset", "ReplicaSet", "apps/v1",
        "No Deployment rolls it out: a change of its template reaches only pods that are made after it, and a pod that is deleted is made "
            + "anew; `kubectl describe replicaset api -n shop` shows both")]
    [InlineData(
        "pod", "Node", "v1",
        "It is a static pod of the kubelet of node api, made from a file there (in /etc/kubernetes/manifests, unless the kubelet's "
            + "staticPodPath says otherwise): only that file changes it, and deleting it at the API server does nothing. On the node, "
            + "`crictl ps -a` and `journalctl -u kubelet` say more")]
    public void EachController_IsNamedWithItsCommands(string kind, string apiKind, string apiVersion, string expected) =>
        Assert.Equal(
            expected, Say(kind, new() { ApiVersion = apiVersion, Kind = apiKind, Name = "api" }, TestPods.Running("api-1"))["way_on"]);

    [Fact]
    public void BarePod_IsKeptBeforeItIsDeleted() => Assert.Equal(
        "No controller made it, so nothing makes it anew: before it is deleted, keep it with `kubectl get pod api -n shop -o yaml`",
        Say("pod", null, TestPods.Running("api"))["way_on"]);

    /// <summary>A ReplicaSet that has just come, and whose own controller is not known, names none that may be wrong.</summary>
    [Theory]
    [InlineData("ReplicaSet")]
    [InlineData(null)]
    public void ControllerThatIsNotKnown_IsNotGuessed(string? kind) => Assert.Equal(
        "Another controller makes its pods, and nothing was done to them: `kubectl describe rollout api -n shop` shows what it says of "
            + "them",
        Say("rollout", kind is null ? null : new() { ApiVersion = "apps/v1", Kind = kind, Name = "api-1" })["way_on"]);

    [Fact]
    public void HowManyAreReady_IsSaid()
    {
        var said = Say("rollout", null, TestPods.Running("api-1"), TestPods.Crashing("api-2", 4), TestPods.Running("api-3"));
        Assert.Equal("2 of 3", said["pods_ready"]);
        Assert.DoesNotContain("pods_ready", Say("rollout", null));
    }

    [Theory]
    [InlineData("rollout", true)]
    [InlineData("replicaset", true)]
    [InlineData("pod", true)]
    [InlineData("deployment", false)]
    [InlineData("job", false)]
    [InlineData("cronjob", false)]
    public void OnlyWhatNobodyLooksAfter_IsToldOf(string kind, bool expected) =>
        Assert.Equal(expected, OtherController.Makes(new ResourceKey("test", kind, "shop", "api")));

    private static Dictionary<string, string> Say(string kind, V1OwnerReference? controller, params V1Pod[] live)
    {
        Dictionary<string, string> labels = [];
        OtherController.Say(labels, new ResourceKey("test", kind, "shop", "api"), controller, live);
        return labels;
    }
}
