using Remediator.Core.Facts;
using Remediator.Facts.Connection;
using Remediator.Facts.Objects;
using Remediator.Facts.Projection;
using Remediator.Facts.Topology;

namespace Remediator.Facts.Tests.Projection;

/// <summary>All objects of a cluster at one moment.</summary>
internal sealed record ClusterObjects
{
    public IReadOnlyList<Node> Nodes { get; init; } = [];
    public IReadOnlyList<Namespace> Namespaces { get; init; } = [];
    public IReadOnlyList<Pod> Pods { get; init; } = [];
    public IReadOnlyList<Workload> Deployments { get; init; } = [];
    public IReadOnlyList<Workload> StatefulSets { get; init; } = [];
    public IReadOnlyList<Workload> DaemonSets { get; init; } = [];
    public IReadOnlyList<Workload> ReplicaSets { get; init; } = [];
    public IReadOnlyList<Workload> Jobs { get; init; } = [];
    public IReadOnlyList<Workload> CronJobs { get; init; } = [];
    public IReadOnlyList<ControllerRevision> Revisions { get; init; } = [];
    public IReadOnlyList<PersistentVolumeClaim> Claims { get; init; } = [];
    public IReadOnlyList<PersistentVolume> Volumes { get; init; } = [];
    public IReadOnlyList<StorageClass> StorageClasses { get; init; } = [];
    public IReadOnlyList<DisruptionBudget> DisruptionBudgets { get; init; } = [];
    public bool DisruptionBudgetsAreForbidden { get; init; }
    public IReadOnlyList<Autoscaler> Autoscalers { get; init; } = [];
    public bool AutoscalersAreForbidden { get; init; }

    public ClusterChanges Since(ClusterObjects before) => new()
    {
        Nodes = Changes(before.Nodes, Nodes),
        Namespaces = Changes(before.Namespaces, Namespaces),
        Pods = Changes(before.Pods, Pods),
        Deployments = Changes(before.Deployments, Deployments),
        StatefulSets = Changes(before.StatefulSets, StatefulSets),
        DaemonSets = Changes(before.DaemonSets, DaemonSets),
        ReplicaSets = Changes(before.ReplicaSets, ReplicaSets),
        Jobs = Changes(before.Jobs, Jobs),
        CronJobs = Changes(before.CronJobs, CronJobs),
        Revisions = Changes(before.Revisions, Revisions),
        Claims = Changes(before.Claims, Claims),
        Volumes = Changes(before.Volumes, Volumes),
        StorageClasses = Changes(before.StorageClasses, StorageClasses),
        DisruptionBudgets = Changes(before.DisruptionBudgets, DisruptionBudgets),
        DisruptionBudgetsAreForbidden = DisruptionBudgetsAreForbidden,
        Autoscalers = Changes(before.Autoscalers, Autoscalers),
        AutoscalersAreForbidden = AutoscalersAreForbidden,
    };

    private static List<Changed<T>> Changes<T>(IReadOnlyList<T> before, IReadOnlyList<T> now)
        where T : class, IKubeObject
    {
        var known = before.ToDictionary(o => o.Metadata.Key);
        var there = now.ToDictionary(o => o.Metadata.Key);
        return
        [
            .. there.Where(o => known.GetValueOrDefault(o.Key) != o.Value).Select(o => new Changed<T>(o.Key, o.Value)),
            .. known.Keys.Where(k => !there.ContainsKey(k)).Select(k => new Changed<T>(k, null)),
        ];
    }
}

/// <summary>A cluster of which one view after another is made, as the program makes them: of what has changed.</summary>
internal sealed class SeenCluster
{
    private readonly Projector _projector;
    private readonly FactViewWriter _writer = new(0);
    private ClusterObjects _seen = new();

    public SeenCluster(RevisionMemory memory, TopologySource? source = null, IGoodRevisions? good = null)
    {
        Source = source ?? new(KubernetesConnection.Find(new() { Name = "test", Kubeconfig = "/no/such/file" }, _ => null), new(), []);
        Topology = Source.New();
        _projector = new(
            new("test", good ?? new BookedRevisions(), memory, TimeSpan.FromMinutes(10), TimeSpan.FromMinutes(2)), Topology);
    }

    public TopologySource Source { get; }

    public ClusterTopology Topology { get; }

    public FactView See(ClusterObjects objects, DateTimeOffset now)
    {
        var view = _writer.Next(now, _projector.Project(objects.Since(_seen), now));
        Source.Use(Topology, now);
        _seen = objects;
        return view;
    }
}
