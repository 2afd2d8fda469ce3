using k8s.Models;
using Remediator.Actions.Kubernetes.Drain;

namespace Remediator.Actions.Tests.Kubernetes.Drain;

public sealed class DrainFateTests
{
    private static readonly HashSet<string> DaemonSets = ["uid-of-logs"];

    public static TheoryData<string, string, string> Pods => new()
    {
        { "of a StatefulSet", "Evict", "" },
        { "of a DaemonSet", "Leave", "of a DaemonSet" },
        { "of a DaemonSet that is gone", "Evict", "" },
        { "mirror", "Leave", "mirror pod" },
        { "mirror that must not be disrupted", "Leave", "mirror pod" },
        { "completed", "Leave", "ended" },
        { "failed", "Leave", "ended" },
        { "to be skipped", "Leave", "labelled cluster.x-k8s.io/drain=skip" },
        { "to be waited for", "AwaitEnd", "labelled cluster.x-k8s.io/drain=wait-completed" },
        { "not to be disrupted", "Refuse", "annotated karpenter.sh/do-not-disrupt=true" },
        { "not safe to evict", "Refuse", "annotated cluster-autoscaler.kubernetes.io/safe-to-evict=false" },
        { "without a controller", "Refuse", "no controller would make it anew (unmanaged: refuse)" },
        { "with an emptyDir", "Refuse", "its emptyDir would be lost (empty-dir: refuse)" },
        { "with an emptyDir, safe to evict", "Evict", "" },
        { "without a controller, safe to evict", "Evict", "" },
        { "that tolerates everything and is safe to evict", "Leave", "tolerating the cordon, so that it would come back" },
        { "that tolerates everything", "Leave", "tolerating the cordon, so that it would come back" },
        { "that tolerates all of NoSchedule", "Leave", "tolerating the cordon, so that it would come back" },
        { "that tolerates cordons", "Leave", "tolerating the cordon, so that it would come back" },
        { "that tolerates all of NoExecute", "Evict", "" },
        { "that tolerates a taint of its own", "Evict", "" },
    };

    [Theory]
    [MemberData(nameof(Pods))]
    public void EachPod_HasItsFate(string which, string act, string why)
    {
        var fate = DrainFate.Of(Pod(which), new(), DaemonSets, begun: null);

        Assert.Equal((act, why), (fate.Act.ToString(), fate.Why));
    }

    [Theory]
    [InlineData("without a controller")]
    [InlineData("with an emptyDir")]
    public void WhatThePlaybookAllows_Goes(string which) =>
        Assert.Equal(
            DrainAct.Evict,
            DrainFate.Of(Pod(which), new() { EmptyDir = DrainChoice.Evict, Unmanaged = DrainChoice.Evict }, DaemonSets, begun: null).Act);

    [Theory]
    [InlineData("not to be disrupted")]
    [InlineData("not safe to evict")]
    public void WhatItsOwnerForbids_NoPlaybookAllows(string which) =>
        Assert.Equal(
            DrainAct.Refuse,
            DrainFate.Of(Pod(which), new() { EmptyDir = DrainChoice.Evict, Unmanaged = DrainChoice.Evict }, DaemonSets, begun: null).Act);

    /// <summary>Made by a template that names the node, or by whom nobody thought of: it would be evicted for ever.</summary>
    [Fact]
    public void WhatComesAfterTheDrainBegan_IsLeft()
    {
        var pod = Pod("of a StatefulSet");
        var made = pod.Metadata.CreationTimestamp!.Value;

        Assert.Equal("made since the drain began", DrainFate.Of(pod, new(), DaemonSets, made.AddSeconds(-1)).Why);
        Assert.Equal(DrainAct.Evict, DrainFate.Of(pod, new(), DaemonSets, made).Act);
    }

    private static V1Pod Pod(string which)
    {
        var pod = TestPods.Running("api-0");
        pod.Metadata.Annotations = new Dictionary<string, string>();
        pod.Metadata.Labels = new Dictionary<string, string>();
        if (which.StartsWith("of a DaemonSet", StringComparison.Ordinal))
            pod.Metadata.OwnerReferences[0] = new()
            {
                Kind = "DaemonSet",
                Name = "logs",
                Controller = true,
                Uid = which.EndsWith("gone", StringComparison.Ordinal) ? "uid-old" : "uid-of-logs",
            };
        if (which.StartsWith("mirror", StringComparison.Ordinal))
            pod.Metadata.Annotations["kubernetes.io/config.mirror"] = "hash";
        if (which.Contains("disrupted", StringComparison.Ordinal))
            pod.Metadata.Annotations["karpenter.sh/do-not-disrupt"] = "true";
        if (which.Contains("safe to evict", StringComparison.Ordinal))
            pod.Metadata.Annotations["cluster-autoscaler.kubernetes.io/safe-to-evict"] =
                which.StartsWith("not", StringComparison.Ordinal) ? "false" : "true";
        if (which.StartsWith("without", StringComparison.Ordinal))
            pod.Metadata.OwnerReferences = null;
        if (which.StartsWith("with an emptyDir", StringComparison.Ordinal))
            pod.Spec.Volumes = [new() { Name = "scratch", EmptyDir = new() }];
        pod.Spec.Tolerations = which switch
        {
            "that tolerates everything" or "that tolerates everything and is safe to evict" => [new() { OperatorProperty = "Exists" }],
            "that tolerates all of NoSchedule" => [new() { OperatorProperty = "Exists", Effect = "NoSchedule" }],
            "that tolerates cordons" => [new() { Key = "node.kubernetes.io/unschedulable", OperatorProperty = "Exists" }],
            "that tolerates all of NoExecute" => [new() { OperatorProperty = "Exists", Effect = "NoExecute" }],
            "that tolerates a taint of its own" => [new() { Key = "pool", OperatorProperty = "Exists", Effect = "NoSchedule" }],
            _ => null,
        };
        (pod.Status.Phase, pod.Metadata.Labels["cluster.x-k8s.io/drain"]) = which switch
        {
            "completed" => ("Succeeded", ""),
            "failed" => ("Failed", ""),
            "to be skipped" => ("Running", "skip"),
            "to be waited for" => ("Running", "wait-completed"),
            _ => ("Running", ""),
        };
        return pod;
    }
}
