using System.Text.Json;
using k8s;
using k8s.Models;
using Remediator.Core.Facts;
using Remediator.Facts.Connection;
using Remediator.Facts.Objects;
using Remediator.Facts.Projection;
using Remediator.Facts.Topology;

namespace Remediator.Definitions.Tests.Cases;

/// <summary>
/// The objects of a cluster as its API server gives them, seen by the program's own projection: what a case applies, and what the
/// controllers and the kubelet make of it.
/// </summary>
internal sealed class CaseCluster
{
    private readonly Dictionary<string, Dictionary<ObjectName, string>> _seen = [];
    private readonly FactViewWriter _writer = new(0);
    private readonly Projector _projector;
    private readonly ClusterTopology _topology;

    public CaseCluster(string name = "test")
    {
        Source = new(KubernetesConnection.Find(new() { Name = name, Kubeconfig = "/no/such/file" }, _ => null), new(), []);
        _topology = Source.New();
        _projector = new(
            new(name, new NoGoodRevisions(), new(), TimeSpan.FromMinutes(10), TimeSpan.FromMinutes(30)), _topology);
    }

    public static DateTimeOffset Now { get; } = new(2026, 11, 26, 12, 0, 0, TimeSpan.Zero);

    public TopologySource Source { get; }

    public List<V1Namespace> Namespaces { get; } = [];

    public List<V1Deployment> Deployments { get; } = [];

    public List<V1StatefulSet> StatefulSets { get; } = [];

    public List<V1DaemonSet> DaemonSets { get; } = [];

    public List<V1ReplicaSet> ReplicaSets { get; } = [];

    public List<V1ControllerRevision> Revisions { get; } = [];

    public List<V1Pod> Pods { get; } = [];

    /// <summary>So many pods there have been.</summary>
    public int Made { get; set; }

    /// <summary>Node-1 to node-3 are well.</summary>
    public List<V1Node> Nodes { get; } = [.. Enumerable.Range(1, 3).Select(i => Controllers.Node($"node-{i}"))];

    public List<V1Job> Jobs { get; } = [];

    public List<V1PodDisruptionBudget> Budgets { get; } = [];

    public List<V2HorizontalPodAutoscaler> Autoscalers { get; } = [];

    public bool AutoscalersAreForbidden { get; set; }

    /// <summary>ConfigMaps that are no longer there.</summary>
    public HashSet<string> Removed { get; } = [];

    public List<Corev1Event> Events { get; } = [];

    /// <summary>The last lines of the previous run of a pod's container, by the name of the pod.</summary>
    public Dictionary<string, string[]> Logs { get; } = [];

    /// <summary>Happens once the moment has come, as the next view shows it.</summary>
    public List<(DateTimeOffset At, Action Change)> Later { get; } = [];

    public FactView See(DateTimeOffset now)
    {
        foreach (var due in Later.Where(l => l.At <= now).ToList())
        {
            Later.Remove(due);
            due.Change();
        }

        Deployments.ForEach(d => Controllers.Report(d, this));
        var changes = new ClusterChanges
        {
            Nodes = Changes<Node>(Nodes),
            Namespaces = Changes<Namespace>(Namespaces),
            Pods = Changes<Pod>(Pods),
            Deployments = Changes<Workload>(Deployments),
            StatefulSets = Changes<Workload>(StatefulSets),
            DaemonSets = Changes<Workload>(DaemonSets),
            Jobs = Changes<Workload>(Jobs),
            ReplicaSets = Changes<Workload>(ReplicaSets),
            Revisions = Changes<ControllerRevision>(Revisions),
            DisruptionBudgets = Changes<DisruptionBudget>(Budgets),
            Autoscalers = Changes<Autoscaler>(Autoscalers),
            AutoscalersAreForbidden = AutoscalersAreForbidden,
        };
        var view = _writer.Next(now, _projector.Project(changes, now));
        Source.Use(_topology, now);
        return view;
    }

    private List<Changed<T>> Changes<T>(IEnumerable<IKubernetesObject<V1ObjectMeta>> objects)
        where T : class, IKubeObject
    {
        var list = objects.ToList();
        var kind = list.Count > 0 ? list[0].GetType().Name : typeof(T).Name;
        var there = list.ToDictionary(
            o => new ObjectName(o.Metadata.NamespaceProperty ?? "", o.Metadata.Name), o => KubernetesJson.Serialize(o));
        var before = _seen.GetValueOrDefault(kind) ?? [];
        _seen[kind] = there;
        return
        [
            .. there.Where(o => before.GetValueOrDefault(o.Key) != o.Value)
                .Select(o => new Changed<T>(o.Key, JsonSerializer.Deserialize<T>(o.Value, KubeJson.Options))),
            .. before.Keys.Except(there.Keys).Select(k => new Changed<T>(k, null)),
        ];
    }
}
