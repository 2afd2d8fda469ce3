namespace Remediator.Actions.Kubernetes.Workloads;

/// <summary>Kinds of resources, as their keys write them.</summary>
internal static class WorkloadKinds
{
    public const string Deployment = "deployment";
    public const string StatefulSet = "statefulset";
    public const string DaemonSet = "daemonset";
    public const string ReplicaSet = "replicaset";
    public const string Job = "job";
    public const string CronJob = "cronjob";
    public const string Pod = "pod";

    /// <summary>Those with a pod template that a controller rolls out.</summary>
    public static IReadOnlyList<string> RolledOut { get; } = [Deployment, StatefulSet, DaemonSet];

    /// <summary>Those whose controller replaces a lost pod.</summary>
    public static IReadOnlyList<string> Replacing { get; } = [Deployment, StatefulSet, DaemonSet, ReplicaSet, Job, CronJob];

    /// <summary>Those that pods belong to, a bare pod among them.</summary>
    public static IReadOnlyList<string> WithPods { get; } = [.. Replacing, Pod];

    public static string Plural(string kind) => kind + "s";
}
