using Remediator.Core.Resources;

namespace Remediator.Core.Tests.Resources;

/// <summary>A shop with a deployment, a database, an agent on every node, a backup, and its monitoring.</summary>
internal sealed class FakeTopology : ITopology
{
    private readonly Dictionary<(string, string), TopologyPod> _pods = [];
    private readonly Dictionary<string, TopologyPod> _addresses = [];
    private readonly List<(string Kind, string Namespace, string Name, ResourceKey Key)> _objects = [];

    public FakeTopology()
    {
        Add("deployment", "shop", "api");
        Add("statefulset", "shop", "db");
        Add("daemonset", "shop", "agent");
        Add("cronjob", "shop", "backup");
        Add("job", "shop", "migrate");
        Add("deployment", "shop", "order-exporter");
        Add("deployment", "monitoring", "kube-state-metrics");
        Add("deployment", "monitoring", "kube-prometheus-stack-kube-state-metrics");
        Add("daemonset", "monitoring", "node-exporter");
        Add("daemonset", "monitoring", "kube-prometheus-stack-prometheus-node-exporter");
        Add("pvc", "shop", "data-db-0");
        Add("poddisruptionbudget", "shop", "api-pdb");
        _objects.Add(("replicaset", "shop", "api-7c9f8d6b5", Key("deployment", "shop", "api")));
        _objects.Add(("job", "shop", "backup-28901", Key("cronjob", "shop", "backup")));
        _objects.Add(("persistentvolume", "", "pvc-0815", Key("pvc", "shop", "data-db-0")));
        Pod("shop", "api-7c9f8d6b5-x2x1z", "deployment", "api", "n1", "10.244.1.5", "api");
        Pod("shop", "db-0", "statefulset", "db", "n2", "10.244.2.5", "db");
        Pod("shop", "order-exporter-66d-abcde", "deployment", "order-exporter", "n1", "10.244.1.6", "order-exporter");
        Pod("shop", "debug", "pod", "debug", "n1", "10.244.1.7", "");
        Pod("monitoring", "kube-state-metrics-5d4-abcde", "deployment", "kube-state-metrics", "n1", "10.244.1.9", "kube-state-metrics");
        Pod(
            "monitoring", "kube-prometheus-stack-kube-state-metrics-5d4-abcde", "deployment", "kube-prometheus-stack-kube-state-metrics",
            "n1", "10.244.1.10", "kube-state-metrics");
        Pod("monitoring", "node-exporter-abcde", "daemonset", "node-exporter", "n2", "", "node-exporter");
        Pod(
            "monitoring", "kube-prometheus-stack-prometheus-node-exporter-abcde", "daemonset",
            "kube-prometheus-stack-prometheus-node-exporter", "n2", "", "prometheus-node-exporter");
    }

    public string Cluster => "test";

    public TopologyPod? FindPod(string space, string name) =>
        space.Length > 0
            ? _pods.GetValueOrDefault((space, name))
            : _pods.Values.Where(p => p.Name == name).ToList() is [var only]
            ? only
            : null;

    public TopologyPod? FindPodByAddress(string address) => _addresses.GetValueOrDefault(address);

    public TopologyNode? FindNode(string text) => text switch
    {
        "n1" or "10.0.0.7" or "aws:///a/i-0aaa" or "i-0aaa" => new("n1", "a"),
        "n2" or "10.0.0.8" or "ip-10-0-0-8.ec2.internal" => new("n2", "b"),
        _ => null,
    };

    public ResourceKey? Find(string kind, string space, string name) =>
        _objects.Where(o => o.Kind == kind && o.Name == name && (space.Length == 0 || o.Namespace.Length == 0 || o.Namespace == space))
            .ToList() is [var only]
            ? only.Key
            : null;

    public void Gone(string space, string name, string kind, string owner) =>
        _pods[(space, name)] = new(space, name, Key(kind, space, owner), "", "", "", false);

    public void Add(string kind, string space, string name) => _objects.Add((kind, space, name, Key(kind, space, name)));

    private void Pod(string space, string name, string kind, string owner, string node, string address, string app)
    {
        var pod = new TopologyPod(space, name, Key(kind, space, owner), node, node == "n1" ? "a" : "b", app, true);
        _pods[(space, name)] = pod;
        if (address.Length > 0)
            _addresses[address] = pod;
    }

    private static ResourceKey Key(string kind, string space, string name) => new("test", kind, space, name);
}
