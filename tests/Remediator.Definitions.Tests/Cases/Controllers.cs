using k8s;
using k8s.Models;

namespace Remediator.Definitions.Tests.Cases;

/// <summary>What controllers and the kubelet make of the objects of a case.</summary>
internal static class Controllers
{
    private static readonly DateTimeOffset Now = CaseCluster.Now;

    public static DateTime Ago(double minutes) => Now.AddMinutes(-minutes).UtcDateTime;

    public static V1Node Node(string name, bool ready = true, double sinceMinutes = 9000) => new()
    {
        Metadata = new() { Name = name, Uid = $"uid-{name}", CreationTimestamp = Ago(90_000), Labels = new Dictionary<string, string>() },
        Spec = new(),
        Status = new()
        {
            Conditions = [new() { Type = "Ready", Status = ready ? "True" : "Unknown", LastTransitionTime = Ago(sinceMinutes) }],
        },
    };

    /// <summary>Rolls the Deployment's present template out.</summary>
    public static V1ReplicaSet RollOut(this CaseCluster cluster, V1Deployment deployment, double minutesAgo)
    {
        var number = cluster.ReplicaSets.Count + 1;
        var set = new V1ReplicaSet
        {
            Metadata = new()
            {
                Name = $"{deployment.Name()}-rev{number}", NamespaceProperty = deployment.Namespace(), Uid = $"set{number}",
                CreationTimestamp = Ago(minutesAgo),
                Labels = new Dictionary<string, string> { ["pod-template-hash"] = $"rev{number}" },
                Annotations = new Dictionary<string, string> { ["deployment.kubernetes.io/revision"] = $"{number}" },
                OwnerReferences = [By("Deployment", deployment.Metadata)],
            },
            Spec = new() { Template = Copy(deployment.Spec.Template), Selector = deployment.Spec.Selector },
        };
        cluster.ReplicaSets.Add(set);
        return set;
    }

    /// <summary>Pods of a set that have run and been ready since they were made.</summary>
    public static List<V1Pod> Run(this CaseCluster cluster, V1ReplicaSet set, int count, double minutesAgo)
    {
        var made = Enumerable.Range(cluster.Made, count)
            .Select(i => Pod(
                set.Metadata, "ReplicaSet", set.Spec.Template, $"{set.Name()}-x{i}", "pod-template-hash",
                set.Metadata.Labels["pod-template-hash"], minutesAgo))
            .ToList();
        cluster.Made += count;
        cluster.Pods.AddRange(made);
        return made;
    }

    public static V1Pod Pod(
        V1ObjectMeta owner, string ownerKind, V1PodTemplateSpec template, string name, string label, string revision, double minutesAgo)
    {
        var pod = new V1Pod
        {
            Metadata = new()
            {
                Name = name, NamespaceProperty = owner.NamespaceProperty, Uid = $"uid-{name}", CreationTimestamp = Ago(minutesAgo),
                Labels = new Dictionary<string, string>(template.Metadata.Labels) { [label] = revision },
                OwnerReferences = [By(ownerKind, owner)],
            },
            Spec = Copy(template).Spec,
            Status = new() { Phase = "Running", Conditions = [] },
        };
        pod.Spec.NodeName = $"node-{(name[^1] % 3) + 1}";
        pod.Status.ContainerStatuses =
            [.. pod.Spec.Containers.Select(c => new V1ContainerStatus { Name = c.Name, Image = c.Image, State = new() })];
        Condition(pod, "PodScheduled", true, minutesAgo);
        Condition(pod, "Initialized", true, minutesAgo);
        return pod.Running(minutesAgo);
    }

    public static V1Pod Running(this V1Pod pod, double sinceMinutes, bool ready = true)
    {
        foreach (var status in pod.Status.ContainerStatuses)
        {
            (status.Ready, status.State) = (ready, new() { Running = new() { StartedAt = Ago(sinceMinutes) } });
        }

        Condition(pod, "ContainersReady", ready, sinceMinutes);
        return Condition(pod, "Ready", ready, sinceMinutes);
    }

    /// <summary>Its containers run, as long as they do, and it is not ready.</summary>
    public static V1Pod NotReady(this V1Pod pod, double sinceMinutes)
    {
        pod.Status.ContainerStatuses.Where(s => s.State.Running is null).ToList()
            .ForEach(s => s.State = new() { Running = new() { StartedAt = Ago(sinceMinutes) } });
        foreach (var status in pod.Status.ContainerStatuses)
            status.Ready = false;
        Condition(pod, "ContainersReady", false, sinceMinutes);
        return Condition(pod, "Ready", false, sinceMinutes);
    }

    /// <summary>In back-off after so many short runs.</summary>
    public static V1Pod Crashing(
        this V1Pod pod, int restarts, double endedMinutesAgo = 0.2, double ranMinutes = 0.05, int code = 1, string reason = "Error")
    {
        var status = pod.Status.ContainerStatuses[0];
        (status.Ready, status.RestartCount) = (false, restarts);
        status.State = new() { Waiting = new() { Reason = "CrashLoopBackOff", Message = "back-off 40s restarting failed container" } };
        status.LastState = Ended(endedMinutesAgo, ranMinutes, code, reason);
        Condition(pod, "ContainersReady", false, endedMinutesAgo);
        return Condition(pod, "Ready", false, endedMinutesAgo);
    }

    /// <summary>It runs and is ready again, after runs that were short.</summary>
    public static V1Pod Recovered(this V1Pod pod, int restarts, double runsForMinutes, double ranMinutes = 0.02)
    {
        pod.Running(runsForMinutes);
        var status = pod.Status.ContainerStatuses[0];
        (status.RestartCount, status.LastState) = (restarts, Ended(runsForMinutes + 0.7, ranMinutes, 1, "Error"));
        return pod;
    }

    /// <summary>A container of it has not been made, for this reason.</summary>
    public static V1Pod Held(this V1Pod pod, string reason, string message, double sinceMinutes)
    {
        pod.Status.Phase = "Pending";
        var status = pod.Status.ContainerStatuses[0];
        (status.Ready, status.State) = (false, new() { Waiting = new() { Reason = reason, Message = message } });
        Condition(pod, "ContainersReady", false, sinceMinutes);
        return Condition(pod, "Ready", false, sinceMinutes);
    }

    /// <summary>All that its kubelet says, by a clock that is so many minutes ahead; the API server's is right.</summary>
    public static V1Pod Shifted(this V1Pod pod, double minutes)
    {
        var by = TimeSpan.FromMinutes(minutes);
        foreach (var condition in pod.Status.Conditions.Where(c => c.Type != "PodScheduled"))
            condition.LastTransitionTime += by;
        foreach (var state in pod.Status.ContainerStatuses.SelectMany(s => new[] { s.State, s.LastState }).OfType<V1ContainerState>())
        {
            if (state.Running is { } running)
                running.StartedAt += by;
            if (state.Terminated is { } ended)
                (ended.StartedAt, ended.FinishedAt) = (ended.StartedAt + by, ended.FinishedAt + by);
        }

        return pod;
    }

    public static V1Pod Terminating(this V1Pod pod, double sinceMinutes)
    {
        (pod.Metadata.DeletionTimestamp, pod.Metadata.Finalizers) = (Ago(sinceMinutes), ["example.com/reporter"]);
        return pod;
    }

    public static Corev1Event Tell(this CaseCluster cluster, V1Pod pod, string reason, string message)
    {
        var e = new Corev1Event
        {
            Metadata = new() { Name = $"{pod.Name()}.{cluster.Events.Count}", NamespaceProperty = pod.Namespace() },
            InvolvedObject = new() { Kind = "Pod", Name = pod.Name(), NamespaceProperty = pod.Namespace(), Uid = pod.Uid() },
            Type = "Warning", Reason = reason, Message = message, LastTimestamp = Ago(0.5), FirstTimestamp = Ago(2),
        };
        cluster.Events.Add(e);
        return e;
    }

    /// <summary>The Deployment controller's status, from the pods that there are.</summary>
    public static void Report(V1Deployment deployment, CaseCluster cluster)
    {
        var sets = cluster.ReplicaSets.Where(s => s.Metadata.OwnerReferences[0].Uid == deployment.Uid()).ToList();
        var pods = cluster.Pods.Where(p => p.Metadata.DeletionTimestamp is null && p.Status.Phase is not ("Failed" or "Succeeded")
            && sets.Exists(s => s.Uid() == p.Metadata.OwnerReferences[0].Uid)).ToList();
        var newest = sets.Count > 0 ? sets[^1].Uid() : "";
        var ready = pods.Count(p => p.Status.Conditions.Any(c => c is { Type: "Ready", Status: "True" }));
        deployment.Status ??= new();
        deployment.Status.ObservedGeneration = deployment.Metadata.Generation;
        (deployment.Status.Replicas, deployment.Status.ReadyReplicas, deployment.Status.AvailableReplicas) = (pods.Count, ready, ready);
        deployment.Status.UpdatedReplicas = pods.Count(p => p.Metadata.OwnerReferences[0].Uid == newest);
    }

    public static V1Deployment With(this V1Deployment deployment, string type, string status, string reason, string message)
    {
        deployment.Status ??= new();
        deployment.Status.Conditions =
            [.. deployment.Status.Conditions ?? [], new() { Type = type, Status = status, Reason = reason, Message = message }];
        return deployment;
    }

    public static T Copy<T>(T template) => KubernetesJson.Deserialize<T>(KubernetesJson.Serialize(template));

    private static V1OwnerReference By(string kind, V1ObjectMeta owner) =>
        new() { ApiVersion = "apps/v1", Kind = kind, Name = owner.Name, Uid = owner.Uid, Controller = true };

    private static V1ContainerState Ended(double minutesAgo, double ranMinutes, int code, string reason) => new()
    {
        Terminated = new() { ExitCode = code, Reason = reason, FinishedAt = Ago(minutesAgo), StartedAt = Ago(minutesAgo + ranMinutes) },
    };

    private static V1Pod Condition(V1Pod pod, string type, bool holds, double sinceMinutes)
    {
        pod.Status.Conditions =
        [
            .. pod.Status.Conditions.Where(c => c.Type != type),
            new() { Type = type, Status = holds ? "True" : "False", LastTransitionTime = Ago(sinceMinutes) },
        ];
        return pod;
    }
}
