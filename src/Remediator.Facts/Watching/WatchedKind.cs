namespace Remediator.Facts.Watching;

/// <summary>A kind that is watched.</summary>
/// <param name="Plural">As in the API's path: <c>pods</c>.</param>
/// <param name="Group">Empty for the core group.</param>
/// <param name="Versions">Best first; where there are several, discovery says which one the server has.</param>
/// <param name="Optional">A server that lacks it is no fault: then there are none of it.</param>
/// <param name="MayBeForbidden">
/// Nor is one that forbids it: the view is poorer, and nothing of what could be there and is not seen reads as leave to act.
/// </param>
internal sealed record WatchedKind(
    string Plural, string Group, IReadOnlyList<string> Versions, bool Optional = false, bool MayBeForbidden = false)
{
    /// <summary>The folder of the API's version: <c>api/v1</c>, <c>apis/policy/v1beta1</c>.</summary>
    public string Folder(string version) => Group.Length == 0 ? $"api/{version}" : $"apis/{Group}/{version}";

    public static WatchedKind Pods { get; } = new("pods", "", ["v1"]);
    public static WatchedKind Nodes { get; } = new("nodes", "", ["v1"]);
    public static WatchedKind Namespaces { get; } = new("namespaces", "", ["v1"]);
    public static WatchedKind Deployments { get; } = new("deployments", "apps", ["v1"]);
    public static WatchedKind StatefulSets { get; } = new("statefulsets", "apps", ["v1"]);
    public static WatchedKind DaemonSets { get; } = new("daemonsets", "apps", ["v1"]);
    public static WatchedKind ReplicaSets { get; } = new("replicasets", "apps", ["v1"]);
    public static WatchedKind ControllerRevisions { get; } = new("controllerrevisions", "apps", ["v1"]);
    public static WatchedKind Jobs { get; } = new("jobs", "batch", ["v1"]);
    public static WatchedKind CronJobs { get; } = new("cronjobs", "batch", ["v1", "v1beta1"], Optional: true);
    public static WatchedKind Claims { get; } = new("persistentvolumeclaims", "", ["v1"], Optional: true, MayBeForbidden: true);
    public static WatchedKind Volumes { get; } = new("persistentvolumes", "", ["v1"], Optional: true, MayBeForbidden: true);
    public static WatchedKind StorageClasses { get; } =
        new("storageclasses", "storage.k8s.io", ["v1"], Optional: true, MayBeForbidden: true);
    public static WatchedKind DisruptionBudgets { get; } =
        new("poddisruptionbudgets", "policy", ["v1", "v1beta1"], Optional: true, MayBeForbidden: true);
    public static WatchedKind Autoscalers { get; } =
        new("horizontalpodautoscalers", "autoscaling", ["v2"], Optional: true, MayBeForbidden: true);

    public static IReadOnlyList<WatchedKind> All { get; } =
    [
        Pods, Nodes, Namespaces, Deployments, StatefulSets, DaemonSets, ReplicaSets, ControllerRevisions, Jobs,
        CronJobs, Claims, Volumes, StorageClasses, DisruptionBudgets, Autoscalers,
    ];
}
