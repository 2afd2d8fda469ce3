using System.Text.Json.Nodes;
using k8s.Models;
using Remediator.Actions.Hosts.EmptyDirs;
using Remediator.Actions.Kubernetes.Workloads;
using Remediator.Actions.Tests.Kubernetes;
using Remediator.Core.Resources;

namespace Remediator.Actions.Tests.Hosts;

/// <summary>Which pod that fills a disk with its emptyDir is left to people, and why.</summary>
public sealed class EvictionDoubtTests
{
    private static readonly ResourceKey Api = new("test", ResourceKinds.Deployment, "shop", "api");

    [Fact]
    public void OneOfThree_WithMoreThanItAskedFor_MayGo()
    {
        Assert.Null(EvictionDoubt.OfPod(Seen(Asking("1Gi"))));
        Assert.Null(OfWorkload());
    }

    public static TheoryData<string, string> Pods => new()
    {
        { "cut", "there was no time to look at all that is there, so another pod may have more" },
        { "unknown", "the API server knows no such pod on the node: its kubelet has not cleaned up, or it is a static pod" },
        { "ending", "pod shop/api-0 has ended or is ending, and its kubelet takes its volumes away itself" },
        { "over", "pod shop/api-0 has ended or is ending, and its kubelet takes its volumes away itself" },
        { "system", "pod kube-system/api-0 is the cluster's own" },
        { "critical", "pod shop/api-0 is the cluster's own" },
        { "bare", "pod shop/api-0 has no controller: it would not come back" },
        { "set", "pod shop/api-0 is of statefulset shop/api: only a pod of a Deployment is known to leave nothing behind that somebody "
            + "needs, and to be made anew elsewhere" },
        { "daemon", "pod shop/api-0 is of daemonset shop/api: only a pod of a Deployment is known to leave nothing behind that somebody "
            + "needs, and to be made anew elsewhere" },
        { "job", "pod shop/api-0 is of job shop/api: only a pod of a Deployment is known to leave nothing behind that somebody needs, "
            + "and to be made anew elsewhere" },
        { "marked", "pod shop/api-0 is annotated karpenter.sh/do-not-disrupt=true: its owner does not want it to be evicted" },
        { "database", "its emptyDir data has a file ibdata1, as databases and queues have" },
        { "asked", "pod shop/api-0 has asked for 20480 MiB of ephemeral-storage, and has no more than that" },
    };

    [Theory]
    [MemberData(nameof(Pods))]
    public void ByItself_ItStays(string what, string why)
    {
        var (pod, owner) = (TestPods.Running("api-0"), Api);
        var seen = what switch
        {
            "cut" => Seen(pod, state: State(true)),
            "unknown" => Seen(pod) with { Pod = null, Owner = null },
            "ending" => Seen(pod.With(p => p.Metadata.DeletionTimestamp = TestPods.Now.UtcDateTime)),
            "over" => Seen(pod.With(p => p.Status.Phase = "Failed")),
            "system" => Seen(pod.With(p => p.Metadata.NamespaceProperty = "kube-system")),
            "critical" => Seen(pod.With(p => p.Spec.Priority = 2_000_001_000)),
            "bare" => Seen(pod) with { Owner = null },
            "set" => Seen(pod) with { Owner = owner with { Kind = ResourceKinds.StatefulSet } },
            "daemon" => Seen(pod) with { Owner = owner with { Kind = ResourceKinds.DaemonSet } },
            "job" => Seen(pod) with { Owner = owner with { Kind = ResourceKinds.Job } },
            "marked" => Seen(pod.With(p => p.Metadata.Annotations =
                new Dictionary<string, string> { ["karpenter.sh/do-not-disrupt"] = "true" })),
            "database" => Seen(pod, data: "ibdata1"),
            _ => Seen(Asking("20Gi")),
        };

        Assert.Equal(why, EvictionDoubt.OfPod(seen));
    }

    [Theory]
    [InlineData("gone", "deployment shop/api does not exist any more")]
    [InlineData("rollout", "a rollout of deployment shop/api goes on or is paused")]
    [InlineData("paused", "a rollout of deployment shop/api goes on or is paused")]
    [InlineData("only", "it is the only pod of deployment shop/api")]
    [InlineData("missing", "deployment shop/api has 2 of 3 pods")]
    [InlineData("sick", "another pod of deployment shop/api is not ready (api-2)")]
    [InlineData("going", "another pod of deployment shop/api is not ready (api-2)")]
    [InlineData("both", "pod shop/api-1 of the same deployment has 6144 MiB there too: it is not alone")]
    public void ByTheOthersOfItsDeployment_ItStays(string what, string why)
    {
        List<V1Pod> pods = [.. Enumerable.Range(0, 3).Select(i => TestPods.Running($"api-{i}"))];
        var others = new List<EmptyDirPod>();
        var workload = Workload(3);
        switch (what)
        {
            case "gone":
                workload = null;
                break;
            case "rollout":
                workload = Workload(3, updated: 1);
                break;
            case "paused":
                workload = Workload(3, paused: true);
                break;
            case "only":
                (workload, pods) = (Workload(1), pods[..1]);
                break;
            case "missing":
                pods.RemoveAt(2);
                break;
            case "sick":
                pods[2].Status.Conditions[0].Status = "False";
                break;
            case "going":
                pods[2].Metadata.DeletionTimestamp = TestPods.Now.UtcDateTime;
                break;
            default:
                others.Add(Seen(pods[1], 6L << 30));
                break;
        }

        Assert.Equal(why, EvictionDoubt.OfWorkload(Seen(pods[0]), workload, pods, [Seen(pods[0]), .. others]));
    }

    [Fact]
    public void AnotherPodThatHasEnded_OrHasLittle_OrIsOfAnotherOwner_IsNotInTheWay()
    {
        List<V1Pod> pods = [.. Enumerable.Range(0, 3).Select(i => TestPods.Running($"api-{i}"))];
        var ended = TestPods.Running("api-9").With(p => p.Status.Phase = "Failed").With(p => p.Status.Conditions[0].Status = "False");

        Assert.Null(EvictionDoubt.OfWorkload(
            Seen(pods[0]), Workload(3), [.. pods, ended],
            [Seen(pods[0]), Seen(pods[1], 4L << 30), Seen(TestPods.Running("other-1"), 9L << 30)]));
    }

    private static string? OfWorkload()
    {
        List<V1Pod> pods = [.. Enumerable.Range(0, 3).Select(i => TestPods.Running($"api-{i}"))];
        return EvictionDoubt.OfWorkload(Seen(pods[0]), Workload(3), pods, [Seen(pods[0])]);
    }

    private static V1Pod Asking(string storage) => TestPods.Running("api-0").With(p => p.Spec.Containers[0].Resources = new()
    {
        Requests = new Dictionary<string, ResourceQuantity> { ["ephemeral-storage"] = new(storage) },
    });

    private static EmptyDirPod Seen(V1Pod pod, long bytes = 10L << 30, string data = "", EmptyDirState? state = null) =>
        new(pod.Metadata.Uid, pod, [new(pod.Metadata.Uid, "data", bytes, 12, data)], state ?? State(false)) { Owner = Api };

    private static EmptyDirState State(bool isCut) => new()
    {
        Size = 100L << 30,
        Available = 5L << 30,
        Inodes = 1000,
        InodesFree = 500,
        Volumes = [],
        IsCut = isCut,
        IsHidden = false,
        Identity = new Dictionary<string, string>(),
        Uptime = 1,
        Reached = "",
    };

    private static LiveWorkload Workload(int replicas, int? updated = null, bool paused = false) => new(
        ResourceKinds.Deployment,
        JsonNode.Parse($$"""
            {
              "metadata": { "name": "api", "namespace": "shop", "uid": "uid-of-api", "generation": 1 },
              "spec": { "replicas": {{replicas}}, "paused": {{(paused ? "true" : "false")}} },
              "status": {
                "observedGeneration": 1, "replicas": {{replicas}}, "readyReplicas": {{replicas}},
                "updatedReplicas": {{updated ?? replicas}}
              }
            }
            """)!.AsObject());
}
