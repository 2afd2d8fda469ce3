using k8s.Models;
using Remediator.Core.Events;

namespace Remediator.Definitions.Tests.Cases;

/// <summary>
/// Pods whose controller is none that Kubernetes brings with rollouts: people are told what they are stuck at and how one goes on there,
/// by early alerts too, and nothing is done. Of argoproj/argo-rollouts, strimzi/strimzi-kafka-operator, openkruise/kruise,
/// cloudnative-pg/cloudnative-pg and cockroachdb/cockroach-operator the controllers, of kubeadm the static pods.
/// </summary>
public sealed class OtherControllersTests
{
    private const string Kinds = "Rollout StrimziPodSet CloneSet StatefulSet Cluster CrdbNode ReplicationController ReplicaSet Node none";

    private static readonly (string Trouble, string Alert, string Told)[] Troubles =
    [
        ("crashes", "ContainerRestartsFast", "keeps restarting in container main (exit code 1)"),
        ("crashes", "KubePodCrashLooping", "its log says: dial tcp 10.0.0.9:5432: connect: connection refused"),
        ("no image", "ImagePullFailing", "cannot pull image"),
        ("no secret", "ContainerConfigError", "cannot start: secret/db is missing"),
        ("no place", "KubePodNotReady", "do not start: no node has room for them (cpu)"),
        ("not ready", "KubePodNotReady", "is not ready: Readiness probe failed: HTTP probe failed with statuscode: 503"),
    ];

    public static TheoryData<string, string, string, string> All =>
        [.. from kind in Kinds.Split(' ') from t in Troubles select (kind, t.Trouble, t.Alert, t.Told)];

    [Theory]
    [MemberData(nameof(All))]
    public void PodThatIsStuck_IsToldWithItsController_AndLeft(string kind, string trouble, string alert, string told)
    {
        var it = Lay(kind, pod => Trouble(pod, trouble));
        var (decision, said) = it.Case.Judge(Case.AlertOf(alert, it.Sick));
        Assert.True(decision == "tells a person", $"{decision}: {said}");
        Assert.Contains(told, said, StringComparison.Ordinal);
        Assert.Contains(Way(kind), said, StringComparison.Ordinal);
        Assert.DoesNotContain(it.Case.Events, e => e is ActionIntended or ApprovalRequested);
    }

    /// <summary>What is over, begins, or is well again is nobody's trouble, whoever owns it.</summary>
    [Theory]
    [InlineData("Rollout", "finished")]
    [InlineData("CloneSet", "going away")]
    [InlineData("Cluster", "starting")]
    [InlineData("StrimziPodSet", "well again")]
    [InlineData("none", "finished")]
    [InlineData("none", "failed by itself")]
    [InlineData("ReplicaSet", "pending since a moment")]
    public void WhatIsNotStuck_IsLeftAlone(string kind, string how)
    {
        var it = Lay(kind, pod => Unsuspicious(pod, how));
        if (how is "starting" or "pending since a moment")
        {
            it.Case.Cluster.Later.Add((CaseCluster.Now.AddMinutes(2), () => it.Sick.Running(-2).Status.Phase = "Running"));
        }

        var (decision, said) = it.Case.Judge(Case.AlertOf("KubePodNotReady", it.Sick));
        Assert.True(decision == "nothing", $"{decision}: {said}");
    }

    /// <summary>A StatefulSet of OpenKruise beside one of Kubernetes with the same name: neither is taken for the other.</summary>
    [Fact]
    public void SetOfTheSameName_IsNotActedOnForAnothers()
    {
        var it = Lay("StatefulSet", pod => Trouble(pod, "crashes"));
        it.Case.Cluster.StatefulSets.Add(new()
        {
            Metadata = new()
            {
                Name = "api", NamespaceProperty = "shop", Uid = "uid-own", Generation = 1, CreationTimestamp = Controllers.Ago(9000),
            },
            Spec = new() { Replicas = 1, Template = it.Template, Selector = new(), ServiceName = "api" },
            Status = new() { ObservedGeneration = 1, Replicas = 1, ReadyReplicas = 1, AvailableReplicas = 1, UpdatedReplicas = 1 },
        });
        var (decision, said) = it.Case.Judge(Case.AlertOf("KubePodCrashLooping", it.Sick));
        Assert.StartsWith(
            "tells a person: statefulset.apps.kruise.io shop/api keeps restarting", $"{decision}: {said}", StringComparison.Ordinal);
    }

    private static string Way(string kind) => kind switch
    {
        "Rollout" => "Rollout api (argoproj.io) makes its pods, and nothing was done to them: "
            + "`kubectl argo rollouts get rollout api -n shop`",
        "StrimziPodSet" => "strimzi.io/manual-rolling-update=true",
        "CloneSet" => "`kubectl kruise rollout undo cloneset/api -n shop`",
        "StatefulSet" => "`kubectl describe statefulset.apps.kruise.io api -n shop`",
        "Cluster" => "`kubectl cnpg status api -n shop`",
        "CrdbNode" => "`kubectl describe crdbnode.crdb.cockroachlabs.com api -n shop`",
        "Node" => "It is a static pod of the kubelet of node node-1",
        "none" => "No controller made it, so nothing makes it anew",
        _ => "No Deployment rolls it out",
    };

    private static string Group(string kind) => kind switch
    {
        "Rollout" => "argoproj.io/v1alpha1",
        "StrimziPodSet" => "core.strimzi.io/v1beta2",
        "CloneSet" => "apps.kruise.io/v1alpha1",
        "StatefulSet" => "apps.kruise.io/v1beta1",
        "Cluster" => "postgresql.cnpg.io/v1",
        "CrdbNode" => "crdb.cockroachlabs.com/v1alpha1",
        "ReplicaSet" => "apps/v1",
        _ => "v1",
    };

    private static (Case Case, V1Pod Sick, V1PodTemplateSpec Template) Lay(string kind, Action<V1Pod> change)
    {
        var it = new Case("18-create-container-error").Apply("v1.yaml");
        var (template, space) = (it.Deployment.Spec.Template, kind == "Node" ? "kube-system" : "shop");
        it.Cluster.Deployments.Clear();
        var owner = new V1ObjectMeta { Name = kind == "Node" ? "node-1" : "api", NamespaceProperty = space, Uid = "uid-owner" };
        var reference = new V1OwnerReference
            { ApiVersion = Group(kind), Kind = kind, Name = owner.Name, Uid = owner.Uid, Controller = true };
        if (kind == "Rollout")
        {
            it.Cluster.ReplicaSets.Add(new()
            {
                Metadata = new()
                {
                    Name = "api-7c9f", NamespaceProperty = space, Uid = "uid-set", OwnerReferences = [reference],
                    CreationTimestamp = Controllers.Ago(60),
                },
                Spec = new() { Replicas = 3, Template = template, Selector = new() },
            });
            reference = new()
                { ApiVersion = "apps/v1", Kind = "ReplicaSet", Name = "api-7c9f", Uid = "uid-set", Controller = true };
        }

        string[] names = kind switch
        {
            "none" => ["api"],
            "Node" => ["etcd-node-1"],
            "Rollout" => ["api-7c9f-1", "api-7c9f-2", "api-7c9f-3"],
            _ => ["api-1", "api-2", "api-3"],
        };
        foreach (var name in names)
        {
            var pod = Controllers.Pod(owner, kind, template, name, "app", "api", 60);
            pod.Metadata.OwnerReferences = kind == "none" ? [] : [reference];
            it.Cluster.Pods.Add(pod);
        }

        var sick = it.Cluster.Pods[0];
        change(sick);
        it.Cluster.Logs[sick.Name()] = ["starting", "dial tcp 10.0.0.9:5432: connect: connection refused"];
        if (sick.Status.ContainerStatuses is [{ State.Waiting.Reason: "ImagePullBackOff" }, ..])
            it.Cluster.Tell(sick, "Failed", "Failed to pull image: reading manifest 2 in r.example/api: manifest unknown");
        if (sick.Status.Phase == "Running")
            it.Cluster.Tell(sick, "Unhealthy", "Readiness probe failed: HTTP probe failed with statuscode: 503");
        return (it, sick, template);
    }

    private static void Trouble(V1Pod pod, string trouble)
    {
        switch (trouble)
        {
            case "crashes":
                pod.Crashing(6);
                break;
            case "no image":
                pod.Held("ImagePullBackOff", "Back-off pulling image", 20);
                break;
            case "no secret":
                pod.Held("CreateContainerConfigError", "secret \"db\" not found", 20);
                break;
            case "no place":
                pod.Held("", "", 20);
                (pod.Spec.NodeName, pod.Status.ContainerStatuses) = (null, []);
                pod.Status.Conditions =
                [
                    new()
                    {
                        Type = "PodScheduled", Status = "False", Reason = "Unschedulable",
                        Message = "0/3 nodes are available: 3 Insufficient cpu.",
                    },
                ];
                break;
            default:
                pod.NotReady(50);
                break;
        }
    }

    private static void Unsuspicious(V1Pod pod, string how)
    {
        switch (how)
        {
            case "finished":
                pod.NotReady(50).Status.Phase = "Succeeded";
                break;
            case "failed by itself":
                pod.NotReady(50).Status.Phase = "Failed";
                break;
            case "going away":
                pod.NotReady(5).Terminating(0.5);
                break;
            case "starting":
                pod.Metadata.CreationTimestamp = Controllers.Ago(2);
                pod.NotReady(1.5);
                break;
            case "well again":
                pod.Recovered(3, 30);
                break;
            default:
                pod.Held("ContainerCreating", "", 1).Metadata.CreationTimestamp = Controllers.Ago(1);
                break;
        }
    }
}
