using System.Collections.Frozen;

namespace Remediator.Core.Resources;

/// <summary>
/// Every kind of resource there is. Whatever treats kinds differently reads this table, so a new kind is a row here. The order is that in
/// which labels that name a resource outright are asked.
/// </summary>
public static class ResourceKinds
{
    public const string Deployment = "deployment";
    public const string StatefulSet = "statefulset";
    public const string DaemonSet = "daemonset";
    public const string CronJob = "cronjob";
    public const string Job = "job";
    public const string ReplicaSet = "replicaset";
    public const string Pod = "pod";

    /// <summary>A workload whose controller Kubernetes does not bring: what playbooks call each kind that has no row of its own.</summary>
    public const string Other = "other";

    public const string Node = "node";
    public const string Host = "host";
    public const string FileSystem = "filesystem";
    public const string Claim = "pvc";
    public const string Volume = "persistentvolume";
    public const string Namespace = "namespace";
    public const string DisruptionBudget = "poddisruptionbudget";
    public const string Autoscaler = "horizontalpodautoscaler";
    public const string Endpoint = "endpoint";
    public const string Instance = "instance";
    public const string Service = "service";
    public const string Zone = "zone";
    /// <summary>A server of files that volumes are on: <c>nfs:10.9.9.9</c>.</summary>
    public const string FileServer = "file-server";
    public const string Cluster = "cluster";
    /// <summary>An alert that names nothing is a resource of its own.</summary>
    public const string Alert = "alert";
    /// <summary>This program.</summary>
    public const string Engine = "engine";

    private static readonly OwnLabel[] OwnOfWorkloads = [
        new("namespace", r => r.Namespace), new("workload", r => r.Name), new("workload_kind", r => r.Kind)];
    private static readonly Relation NodesOfPods = new("pod", l => new("", Node, "", l("node")));
    private static readonly Relation NodesOfMounts = new("mount", l => new("", Node, "", l("node")));
    private static readonly Relation WorkloadsOfPods = new("pod", WorkloadOf);
    private static readonly Relation WorkloadsOfMounts = new("mount", WorkloadOf);
    private static readonly Relation ClaimsOfMounts = new("mount", l => new("", Claim, l("namespace"), l("persistentvolumeclaim")));
    // an alert that came before the node was known has its machine as the resource
    private static readonly Relation MachineOfNode =
        new("node", l => new("", Host, "", l("provider_id")[(l("provider_id").LastIndexOf('/') + 1)..]));
    private static readonly Relation[] MachineOfFileSystem = [
        new("", l => new("", Node, "", l("host"))), new("", l => new("", Host, "", l("host")))];

    public static IReadOnlyList<ResourceKind> All { get; } =
    [
        Workload(Deployment, "Deployment") with {
            RollsOut = true,
            ReplacesPods = true,
            PodNames = PodNames.HashAndRandom,
            Labels = [new("deployment")] },
        Workload(StatefulSet, "StatefulSet") with {
            RollsOut = true,
            ReplacesPods = true,
            PodNames = PodNames.Ordinal,
            Labels = [new("statefulset")] },
        Workload(DaemonSet, "DaemonSet") with {
            RollsOut = true,
            ReplacesPods = true,
            PodNames = PodNames.Random,
            Labels = [new("daemonset")] },
        Workload(CronJob, "CronJob") with { ReplacesPods = true, PodNames = PodNames.TimeAndRandom, Labels = [new("cronjob")] },
        Workload(Job, "Job") with { ReplacesPods = true, PodNames = PodNames.Random, Labels = [new("job_name")] },
        Workload(ReplicaSet, "ReplicaSet") with { ReplacesPods = true, PodNames = PodNames.Random, Labels = [new("replicaset")] },
        Workload(Pod, "Pod"),
        Workload(Other, ""),
        new(Node)
        {
            ApiKind = "Node", Fact = "node", IsRepairable = true, IsCounted = true, IsCause = true, IsOnMachine = true,
            Own = [new("node", r => r.Name)], SharedWith = [WorkloadsOfPods, ClaimsOfMounts, MachineOfNode],
        },
        new(Host) { Fact = "host", IsRepairable = true, IsOnMachine = true, MayBeOutside = true, Own = [new("host", r => r.Name)] },
        new(FileSystem)
        {
            Fact = "filesystem", IsRepairable = true, IsOnMachine = true, MayBeOutside = true,
            Own = [new("host", r => Machine(r).Host), new("mountpoint", r => Machine(r).MountPoint)], SharedWith = MachineOfFileSystem,
        },
        new(Claim)
        {
            ApiKind = "PersistentVolumeClaim", Fact = "pvc", IsRepairable = true, Labels = [new("persistentvolumeclaim")],
            Own = [new("namespace", r => r.Namespace), new("persistentvolumeclaim", r => r.Name)],
            SharedWith = [WorkloadsOfMounts, NodesOfMounts],
        },
        new(Volume) { ApiKind = "PersistentVolume", Labels = [new("persistentvolume", InNamespace: false)] },
        new(Namespace) {
            ApiKind = "Namespace",
            IsRepairable = true,
            IsCause = true,
            Own = [new("namespace", r => r.Name)],
            SharedWith = [NodesOfPods, ClaimsOfMounts] },
        new(Autoscaler) { ApiKind = "HorizontalPodAutoscaler", Labels = [new("horizontalpodautoscaler")] },
        new(DisruptionBudget) { ApiKind = "PodDisruptionBudget", Labels = [new("poddisruptionbudget")] },
        new("resourcequota") { ApiKind = "ResourceQuota", Labels = [new("resourcequota")] },
        new("scaledobject") { ApiKind = "ScaledObject", Labels = [new("scaledObject")] },
        new("ingress") { ApiKind = "Ingress", Labels = [new("ingress")] },
        new("database") { IsRepairable = true, Labels = [new("dbinstance_identifier", InNamespace: false)] },
        new("load-balancer") { Labels = [new("load_balancer", InNamespace: false), new("load_balancer_name", InNamespace: false)] },
        new("queue") { IsRepairable = true, Labels = [new("queue_name", InNamespace: false), new("queue", InNamespace: false)] },
        new("consumer-group") { Labels = [new("consumergroup", InNamespace: false)] },
        new("topic") { Labels = [new("topic", InNamespace: false)] },
        new("backup") { Labels = [new("schedule", InNamespace: false), new("plan", InNamespace: false)] },
        new("application") { Labels = [new("name", Beside: "project")] },
        new(Endpoint) { IsRepairable = true, IsByAddress = true },
        new(Instance) { IsByAddress = true },
        new(Service) { ApiKind = "Service" },
        new(Zone) { IsCause = true },
        new(FileServer) { IsCause = true },
        new(Cluster) { IsCause = true },
        new(Alert) { IsByAddress = true },
        new(Engine),
    ];

    private static readonly FrozenDictionary<string, ResourceKind> ByName = All.ToFrozenDictionary(k => k.Name, StringComparer.Ordinal);
    private static readonly FrozenDictionary<string, string> ByApiKind = All.Where(k => k.ApiKind.Length > 0)
        .ToFrozenDictionary(k => k.ApiKind, k => k.Name, StringComparer.Ordinal);
    private static readonly ResourceKind OfNoKind = new("");
    private static readonly ResourceKind Owned = ByName[Other];

    /// <summary>Those that a playbook can be for.</summary>
    public static IReadOnlyList<string> Repairable { get; } = Names(k => k.IsRepairable);

    /// <summary>Those with a pod template that a controller rolls out.</summary>
    public static IReadOnlyList<string> RolledOut { get; } = Names(k => k.RollsOut);

    /// <summary>Those whose controller replaces a lost pod.</summary>
    public static IReadOnlyList<string> Replacing { get; } = Names(k => k.ReplacesPods);

    /// <summary>Those that pods belong to, a bare pod among them.</summary>
    public static IReadOnlyList<string> WithPods { get; } = Names(k => k.IsWorkload);

    /// <summary>Those that others depend on.</summary>
    public static IReadOnlyList<string> Causes { get; } = Names(k => k.IsCause);

    /// <summary>The row of a kind that there is.</summary>
    /// <returns>Null where a kind is not in the table.</returns>
    public static ResourceKind? Find(string kind) => ByName.GetValueOrDefault(kind);

    /// <summary>
    /// The row of a resource. Pods may belong to controllers of any kind, so what has a namespace, and no facts of its own by the table, is
    /// such a workload.
    /// </summary>
    public static ResourceKind Of(ResourceKey resource) =>
        Find(resource.Kind) is { } row && (row.Own.Count > 0 || resource.Namespace.Length == 0)
            ? row
            : resource.Namespace.Length > 0
            ? Owned
            : OfNoKind;

    /// <summary>Whether what is for these kinds is for a resource.</summary>
    public static bool AreOf(IReadOnlyList<string> kinds, ResourceKey resource) =>
        kinds.Contains(resource.Kind) || (IsOther(resource) && kinds.Contains(Other));

    /// <summary>Pods of it, if it has any, belong to a controller that Kubernetes does not bring.</summary>
    public static bool IsOther(ResourceKey resource) => Find(resource.Kind) is null && resource.Namespace.Length > 0;

    /// <summary>
    /// The kind of an object, by what Kubernetes calls it. One text for each kind in the table, however often it is asked. One of another
    /// group whose name the table has too is told from it by its group, as kubectl does: <c>statefulset.apps.kruise.io</c>.
    /// </summary>
    /// <param name="apiVersion">Empty where only Kubernetes' own can be meant.</param>
    public static string OfApi(string apiKind, string apiVersion)
    {
        var kind = ByApiKind.TryGetValue(apiKind, out var own) ? own : apiKind.ToLowerInvariant();
        return IsOfKubernetes(apiVersion) || Find(kind) is null ? kind : $"{kind}.{GroupOf(apiVersion)}";
    }

    /// <summary>Empty for the core group.</summary>
    public static string GroupOf(string apiVersion) => apiVersion[..Math.Max(0, apiVersion.IndexOf('/', StringComparison.Ordinal))];

    /// <summary>Other groups are DNS names.</summary>
    private static bool IsOfKubernetes(string apiVersion) =>
        GroupOf(apiVersion) is var group
            && (!group.Contains('.', StringComparison.Ordinal) || group.EndsWith(".k8s.io", StringComparison.Ordinal));

    private static ResourceKind Workload(string name, string apiKind) => new(name)
    {
        ApiKind = apiKind,
        Fact = "workload",
        IsWorkload = true,
        IsRepairable = true,
        IsCounted = true,
        Own = OwnOfWorkloads,
        SharedWith = [NodesOfPods, ClaimsOfMounts],
    };

    private static ResourceKey WorkloadOf(Func<string, string> label) =>
        new("", label("workload_kind"), label("namespace"), label("workload"));

    /// <summary>A file system is called by its machine and its mount point: <c>db-1:/var/lib</c>.</summary>
    private static (string Host, string MountPoint) Machine(ResourceKey fileSystem)
    {
        var end = fileSystem.Name.IndexOf(":/", StringComparison.Ordinal) is >= 0 and var path
            ? path
            : fileSystem.Name.IndexOf(':', StringComparison.Ordinal);
        return end < 0 ? ("", "") : (fileSystem.Name[..end], fileSystem.Name[(end + 1)..]);
    }

    private static string[] Names(Func<ResourceKind, bool> which) => [.. All.Where(which).Select(k => k.Name)];
}
