using k8s.Models;

namespace Remediator.EndToEnd.Harness;

/// <summary>
/// Alerts with exactly the labels that kube-prometheus' and awesome-prometheus-alerts' rules give them from kube-state-metrics.
/// </summary>
internal static class FiredAlerts
{
    public static IReadOnlyDictionary<string, string> PodCrashLooping(V1Pod pod) =>
        OfContainer("KubePodCrashLooping", pod, "CrashLoopBackOff");

    public static IReadOnlyDictionary<string, string> ContainerWaiting(V1Pod pod, string reason) =>
        OfContainer("KubeContainerWaiting", pod, reason);

    public static IReadOnlyDictionary<string, string> ContainerOomKiller(V1Pod pod) =>
        OfContainer("KubernetesContainerOomKiller", pod, null);

    /// <summary>As kube-prometheus-stack's chart gives it: pod, container and namespace are kube-state-metrics' own.</summary>
    public static IReadOnlyDictionary<string, string> NodeNotReady(string node) => new Dictionary<string, string>
    {
        ["alertname"] = "KubeNodeNotReady",
        ["condition"] = "Ready",
        ["container"] = "kube-state-metrics",
        ["endpoint"] = "http",
        ["instance"] = Exporter,
        ["job"] = "kube-state-metrics",
        ["namespace"] = "monitoring",
        ["node"] = node,
        ["pod"] = "kube-prometheus-stack-kube-state-metrics-5d9f7c4b6d-x2x1z",
        ["service"] = "kube-prometheus-stack-kube-state-metrics",
        ["severity"] = "warning",
        ["status"] = "true",
    };

    public static IReadOnlyDictionary<string, string> PodNotReady(V1Pod pod) => new Dictionary<string, string>
    {
        ["alertname"] = "KubePodNotReady",
        ["cluster"] = "",
        ["job"] = "kube-state-metrics",
        ["namespace"] = pod.Namespace(),
        ["pod"] = pod.Name(),
        ["severity"] = "warning",
    };

    /// <summary>As the rule that ships gives it.</summary>
    public static IReadOnlyDictionary<string, string> ContainerDescriptorsRunningOut(V1Pod pod) => new Dictionary<string, string>
    {
        ["alertname"] = "ContainerDescriptorsRunningOut",
        ["container"] = pod.Spec.Containers[0].Name,
        ["namespace"] = pod.Namespace(),
        ["pod"] = pod.Name(),
        ["severity"] = "warning",
    };

    public static IReadOnlyDictionary<string, string> JobFailed(V1Job job) => new Dictionary<string, string>
    {
        ["alertname"] = "KubeJobFailed",
        ["condition"] = "true",
        ["container"] = "kube-rbac-proxy-main",
        ["instance"] = Exporter,
        ["job"] = "kube-state-metrics",
        ["job_name"] = job.Name(),
        ["namespace"] = job.Namespace(),
        ["severity"] = "warning",
    };

    public static IReadOnlyDictionary<string, string> DeploymentReplicasMismatch(string space, string deployment) =>
        new Dictionary<string, string>
    {
        ["alertname"] = "KubeDeploymentReplicasMismatch",
        ["container"] = "kube-rbac-proxy-main",
        ["deployment"] = deployment,
        ["instance"] = Exporter,
        ["job"] = "kube-state-metrics",
        ["namespace"] = space,
        ["severity"] = "warning",
    };

    /// <summary>Where kube-state-metrics itself listens: no help in finding what is wrong.</summary>
    private const string Exporter = "10.88.77.66:8080";

    private static Dictionary<string, string> OfContainer(string name, V1Pod pod, string? reason)
    {
        var labels = new Dictionary<string, string>
        {
            ["alertname"] = name,
            ["container"] = pod.Spec.Containers[0].Name,
            ["instance"] = Exporter,
            ["job"] = "kube-state-metrics",
            ["namespace"] = pod.Namespace(),
            ["pod"] = pod.Name(),
            ["severity"] = "warning",
            ["uid"] = pod.Uid(),
        };
        if (reason is not null)
            labels["reason"] = reason;
        return labels;
    }
}
