using k8s.Models;
using Remediator.Actions.Hosts.PodDescriptors;
using Remediator.Core.Facts;
using static Remediator.Definitions.Tests.Cases.Protection;

namespace Remediator.Definitions.Tests.Cases;

/// <summary>Pods that are short of file descriptors, and whose going would not help, or harm.</summary>
internal static class JudgedDescriptors
{
    private static readonly Protection WhetherItLeaks = new(
        "whether it leaks", s => s.Change(f => IsSick(s, f), ("trouble", "leak"), ("short", "process")));

    private static readonly Protection HowTheOthersAre = new(
        "how the others are",
        s => s.Change(f => f.Name == "descriptors" && !IsSick(s, f), ("room", "yes"), ("used_percent", "12"), ("ready", "true")));

    public static IReadOnlyList<JudgedDecoy> List { get; } =
    [
        new("all are near their limit, under load", OneLeaks,
            s => s.Change(f => f.Name == "descriptors", ("room", "no"), ("used_percent", "91"), ("trouble", "load")),
            [WhetherItLeaks, HowTheOthersAre]),
        new("one alone has clients, as sticky sessions give it", OneLeaks,
            s => s.Change(f => IsSick(s, f), ("trouble", "load")), [WhetherItLeaks]),
        new("it complains, and other processes of its user have the inotify instances", OneLeaks,
            s => s.Change(f => IsSick(s, f), ("trouble", "unclear"), ("short", "inotify")), [WhetherItLeaks]),
        new("all leak, and one is ahead", OneLeaks,
            s => s.Change(f => f.Name == "descriptors" && !IsSick(s, f), ("used_percent", $"{s.Random.Next(60, 80)}")), [HowTheOthersAre]),
        new("another one is where nobody may log in to", OneLeaks,
            s => s.Change(f => f.Name == "descriptors" && !IsSick(s, f), ("room", "unknown"), ("used_percent", "")), [HowTheOthersAre]),
        new("one has very many open, and its limit is far", OneLeaks,
            s => s.Change(f => IsSick(s, f), ("open", "900000"), ("limit", "4000000"), ("used_percent", "22.5"), ("room", "yes")),
            [new("its own limit", s => s.Change(f => IsSick(s, f), ("room", "no"), ("used_percent", "93")))]),
        new("the limit that is near is that of another container", OneLeaks, s => s.ShortContainer = "proxy",
            [new("which container is asked about", s => s.ShortContainer = "main")]),
        new("it is still starting", OneLeaks, s => s.Afterwards.Add(Starting),
            [Fact("its start-up time", "pod", ("starting", "false"))]),
        new("it is a member of a StatefulSet", OneLeaks, s => s.Afterwards.Add(Member),
            [Fact("what its owner has allowed", "workload", ("evict", "allowed"))]),
    ];

    /// <summary>One of three, all of them ready, long after the last rollout.</summary>
    private static void OneLeaks(Scene s)
    {
        s.Alert = "ContainerDescriptorsRunningOut";
        s.Old = s.Cluster.Run(s.Cluster.RollOut(s.Deployment, 9000), 3, 9000);
        s.Sick = [s.Old[s.Random.Next(3)]];
        s.Case.Looks = call => [.. s.Old.Select(p => Open(s, p, ((PodDescriptorsInput)call.Input).Container))];
    }

    private static Fact Open(Scene s, V1Pod pod, string container)
    {
        var isNear = s.Sick.Contains(pod) && container == s.ShortContainer;
        return new("descriptors", new Dictionary<string, string>
        {
            ["namespace"] = pod.Namespace(),
            ["workload"] = s.Case.Resolved!.Resource.Name,
            ["workload_kind"] = s.Case.Resolved.Resource.Kind,
            ["pod"] = pod.Name(),
            ["uid"] = pod.Uid(),
            ["ready"] = pod.Status.Conditions.Any(c => c is { Type: "Ready", Status: "True" }) ? "true" : "false",
            ["room"] = isNear ? "no" : "yes",
            ["used_percent"] = isNear ? "93" : "12",
            ["short"] = "process",
            ["trouble"] = isNear ? "leak" : "unclear",
        }, CaseCluster.Now);
    }

    private static bool IsSick(Scene s, Fact fact) => fact.Name == "descriptors" && s.Sick.Exists(p => p.Uid() == fact["uid"]);

    /// <summary>It fills its caches, and may take two hours to start.</summary>
    private static void Starting(Scene s)
    {
        s.Cluster.Pods.Remove(s.Sick[0]);
        s.Old.Remove(s.Sick[0]);
        s.Sick = [s.Cluster.Run(s.Cluster.ReplicaSets[0], 1, 60)[0].NotReady(60)];
        s.Sick[0].Spec.Containers[0].StartupProbe = new() { PeriodSeconds = 60, FailureThreshold = 120 };
        s.Old.Add(s.Sick[0]);
    }

    private static void Member(Scene s)
    {
        var set = new V1StatefulSet
        {
            Metadata = new()
            {
                Name = "db", NamespaceProperty = "shop", Uid = "uid-db", Generation = 1, CreationTimestamp = Controllers.Ago(9000),
            },
            Spec = new() { Replicas = 3, Selector = s.Deployment.Spec.Selector, Template = s.Deployment.Spec.Template, ServiceName = "db" },
            Status = new()
            {
                ObservedGeneration = 1, Replicas = 3, ReadyReplicas = 3, CurrentReplicas = 3, UpdatedReplicas = 3, CurrentRevision = "db-1",
                UpdateRevision = "db-1",
            },
        };
        s.Cluster.StatefulSets.Add(set);
        s.Old = [.. Enumerable.Range(0, 3).Select(i => Controllers.Pod(
            set.Metadata, "StatefulSet", set.Spec.Template, $"db-{i}", "controller-revision-hash", "db-1", 9000))];
        s.Cluster.Pods.AddRange(s.Old);
        s.Sick = [s.Old[s.Random.Next(3)]];
    }
}
