namespace Remediator.Definitions.Tests.Cases;

/// <summary>Clusters in which there is work for each kind of playbook, a little different each time.</summary>
internal static class JudgedScenes
{
    /// <summary>Of a new release every pod that was tried crashes from its start.</summary>
    public static void BadRollout(Scene s)
    {
        NewRevision(s, s.Random.Next(2, 10));
        s.Sick.ForEach(p => p.Crashing(s.Random.Next(3, 6)));
    }

    /// <summary>One of three crashes, long after the last rollout.</summary>
    public static void OneBadPod(Scene s)
    {
        s.Newest = s.Cluster.RollOut(s.Deployment, 9000);
        s.Old = s.Cluster.Run(s.Newest, 3, 9000);
        s.Sick = [s.Old[s.Random.Next(3)]];
        s.Sick[0].Crashing(s.Random.Next(3, 9));
    }

    /// <summary>One of three has not been ready for an hour.</summary>
    public static void OneNotReady(Scene s)
    {
        s.Alert = "KubePodNotReady";
        var set = s.Cluster.RollOut(s.Deployment, 9000);
        s.Old = s.Cluster.Run(set, 2, 9000);
        s.Sick = [s.Cluster.Run(set, 1, 60)[0].NotReady(60)];
    }

    public static void NoImage(Scene s)
    {
        s.Alert = "KubeContainerWaiting";
        NewRevision(s, s.Random.Next(4, 20));
        foreach (var pod in s.Sick)
        {
            pod.Held("ImagePullBackOff", "Back-off pulling image", 3);
            s.Cluster.Tell(pod, "Failed", "Failed to pull image: reading manifest 2 in r.example/api: manifest unknown");
        }
    }

    public static void NoSecret(Scene s)
    {
        s.Alert = "KubeContainerWaiting";
        s.BeforeRollOut.Insert(0, x => x.Template.Containers[0].EnvFrom = [new() { SecretRef = new() { Name = "db" } }]);
        NewRevision(s, s.Random.Next(4, 20));
        foreach (var pod in s.Sick)
        {
            pod.Held("CreateContainerConfigError", "secret \"db\" not found", 3);
            s.Cluster.Tell(pod, "Failed", "Error: secret \"db\" not found");
        }
    }

    /// <summary>Its pods run and do not get ready, until the deadline has passed.</summary>
    public static void Stuck(Scene s)
    {
        s.Alert = "KubePodNotReady";
        NewRevision(s, s.Random.Next(14, 30));
        s.Sick.ForEach(p => p.NotReady(13));
        s.Deployment.With("Progressing", "False", "ProgressDeadlineExceeded", "has timed out progressing");
    }

    /// <summary>No pod of the new release comes to run.</summary>
    public static void NotTried(this Scene s, string reason, string message) => s.Afterwards.Add(x =>
    {
        foreach (var pod in x.Sick)
        {
            pod.Held("ContainerCreating", "", 13);
            pod.Status.ContainerStatuses[0].State.Waiting.Message = null;
            if (reason == "Unschedulable")
            {
                pod.Spec.NodeName = null;
                pod.Status.ContainerStatuses = [];
                pod.Status.Conditions = [new() { Type = "PodScheduled", Status = "False", Reason = reason, Message = message }];
            }

            x.Cluster.Tell(pod, reason, message);
        }
    });

    /// <summary>The controller cannot make a pod of it.</summary>
    public static void NotMade(this Scene s, string message) => s.Afterwards.Add(x =>
    {
        x.Sick.ForEach(p => x.Cluster.Pods.Remove(p));
        x.Sick = [x.Old[0]];
        x.Alert = "KubeDeploymentRolloutStuck";
        x.Deployment.With("ReplicaFailure", "True", "FailedCreate", message);
    });

    private static void NewRevision(Scene s, double age)
    {
        s.Age = s.Age > 0 ? s.Age : age;
        s.Old = s.Cluster.Run(s.Cluster.RollOut(s.Deployment, 9000), 2, 9000);
        s.Template.Containers[0].Image = "remediator.test/api:2";
        s.BeforeRollOut.ForEach(b => b(s));
        s.Newest = s.Cluster.RollOut(s.Deployment, s.Age);
        s.Sick = s.Cluster.Run(s.Newest, 2, s.Age);
    }
}
