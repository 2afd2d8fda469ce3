namespace Remediator.Benchmarks.Fleet;

/// <summary>How large a cluster is. Pods are numbered: first those of single deployments, then those of the other workloads.</summary>
/// <param name="Singles">Deployments of one pod each; only these are made to crash.</param>
/// <param name="DaemonSets">Each has a pod on every node.</param>
internal sealed record FleetShape(int Nodes, int Singles, int Deployments, int DaemonSets, int StatefulSets, int Jobs)
{
    public const int PodsOfDeployment = 10;
    public const int PodsOfStatefulSet = 5;

    /// <summary>The size that Kubernetes states as its limit: https://kubernetes.io/docs/setup/best-practices/cluster-large/</summary>
    public static FleetShape Largest { get; } =
        new(Nodes: 5000, Singles: 200, Deployments: 9980, DaemonSets: 6, StatefulSets: 2000, Jobs: 10_000);

    public static FleetShape Small { get; } = new(Nodes: 200, Singles: 200, Deployments: 400, DaemonSets: 2, StatefulSets: 80, Jobs: 400);

    /// <summary>A hundred pods: what a decision is compared with.</summary>
    public static FleetShape Hundred { get; } = new(Nodes: 5, Singles: 100, Deployments: 0, DaemonSets: 0, StatefulSets: 0, Jobs: 0);

    public int Pods => Singles + (Deployments * PodsOfDeployment) + (DaemonSets * Nodes) + (StatefulSets * PodsOfStatefulSet) + Jobs;

    public int Namespaces => Math.Max(1, (Singles + Deployments + StatefulSets + Jobs) / 50);

    /// <summary>All workloads, in the order of their pods.</summary>
    public IReadOnlyList<FleetWorkload> Workloads()
    {
        var all = new List<FleetWorkload>();
        var pod = 0;
        void Add(string kind, string prefix, int count, int pods)
        {
            for (var i = 0; i < count; i++, pod += pods)
                all.Add(new(kind, $"{prefix}{i}", kind == "DaemonSet" ? "kube-system" : $"ns{all.Count % Namespaces}", pod, pods));
        }

        Add("Deployment", "single", Singles, 1);
        Add("Deployment", "web", Deployments, PodsOfDeployment);
        Add("DaemonSet", "agent", DaemonSets, Nodes);
        Add("StatefulSet", "db", StatefulSets, PodsOfStatefulSet);
        Add("Job", "batch", Jobs, 1);
        return all;
    }
}

internal sealed record FleetWorkload(string Kind, string Name, string Namespace, int FirstPod, int Pods)
{
    public const string Hash = "5d89bdfbc9";

    /// <summary>The controller of its pods: a Deployment's is a ReplicaSet.</summary>
    public (string Kind, string Name) Controller => Kind == "Deployment" ? ("ReplicaSet", $"{Name}-{Hash}") : (Kind, Name);
}
