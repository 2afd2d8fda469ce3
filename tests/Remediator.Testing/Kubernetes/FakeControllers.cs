using System.Globalization;
using System.Text.Json.Nodes;

namespace Remediator.Testing.Kubernetes;

/// <summary>What controllers and kubelets do, at once: replace pods, roll templates out, report how many are ready.</summary>
internal sealed class FakeControllers(FakeObjects objects)
{
    private const int Replicas = 2;
    private const string Letters = "bcdfghjklmnpqrstvwxz2456789";

    private readonly Dictionary<(string Namespace, string Name), FakeWorkload> _workloads = [];
    private int _names;

    public void Add(FakeWorkload workload) => objects.Atomic(() =>
    {
        if (_workloads.Count == 0)
            objects.Put("nodes", FakeShapes.Node());
        _workloads.Add((workload.Namespace, workload.Name), workload);
        if (objects.Find("namespaces", "", workload.Namespace) is null)
            objects.Put("namespaces", FakeShapes.Namespace(workload.Namespace));
        var deployment =
            objects.Put("deployments", FakeShapes.Deployment(workload.Namespace, workload.Name, Replicas, workload.OutOfMemory));
        var set = Roll(deployment, 1);
        for (var i = 0; i < Replicas; i++)
            Start(set, runs: i > 0, i == 0 ? workload.FirstPod : null);
        Report(workload.Namespace, workload.Name);
        return true;
    });

    public void Heal(string space) => objects.Atomic(() =>
    {
        foreach (var pod in objects.List("pods", space).Items.Where(IsCrashing))
        {
            FakeShapes.Recover(pod);
            objects.Put("pods", pod);
        }

        foreach (var (_, name) in _workloads.Keys.Where(k => k.Namespace == space))
            Report(space, name);
        return true;
    });

    public IReadOnlyList<string> CrashingPods(string space) =>
        [.. objects.List("pods", space).Items.Where(IsCrashing).Select(p => p["metadata"]!["name"]!.GetValue<string>())];

    /// <summary>The pod goes, and its ReplicaSet makes another.</summary>
    public void Replace(JsonObject pod)
    {
        var space = Text(pod, "namespace");
        objects.Remove("pods", space, Text(pod, "name"));
        var set = objects.Find("replicasets", space, Owner(pod))!;
        var workload = _workloads[(space, Owner(set))];
        Start(set, workload.Heals(Repair.NewPod));
        Report(space, workload.Name);
    }

    /// <summary>A new template replaces all pods.</summary>
    public void RollOut(JsonObject deployment)
    {
        var (space, name) = (Text(deployment, "namespace"), Text(deployment, "name"));
        var sets = objects.List("replicasets", space).Items.Where(s => Owner(s) == name).ToList();
        foreach (var old in sets.Where(s => s["spec"]!["replicas"]!.GetValue<int>() > 0))
        {
            old["spec"]!["replicas"] = 0;
            objects.Put("replicasets", old);
        }

        var set = Roll(deployment, sets.Count + 1);
        var heals = _workloads[(space, name)].Heals(Repair.Rollout);
        foreach (var pod in objects.List("pods", space).Items.Where(p => sets.Exists(s => Text(s, "name") == Owner(p))))
            objects.Remove("pods", space, Text(pod, "name"));
        for (var i = 0; i < Replicas; i++)
            Start(set, heals || i > 0);
        Report(space, name);
    }

    private JsonObject Roll(JsonObject deployment, int revision) =>
        objects.Put("replicasets", FakeShapes.ReplicaSet(deployment, $"{Text(deployment, "name")}-{Word()}", revision, Replicas));

    private void Start(JsonObject set, bool runs, string? name = null)
    {
        var pod = FakeShapes.Pod(set, name ?? $"{Text(set, "name")}-{Word()}");
        if (runs)
            FakeShapes.Run(pod);
        else
            FakeShapes.Crash(pod, _workloads[(Text(set, "namespace"), Owner(set))].OutOfMemory);
        objects.Put("pods", pod);
    }

    private void Report(string space, string name)
    {
        var deployment = objects.Find("deployments", space, name)!;
        var sets = objects.List("replicasets", space).Items.Where(s => Owner(s) == name).Select(s => Text(s, "name")).ToHashSet();
        var ready = objects.List("pods", space).Items.Count(p => sets.Contains(Owner(p)) && !IsCrashing(p));
        deployment["status"] = new JsonObject
        {
            ["observedGeneration"] = deployment["metadata"]!["generation"]!.DeepClone(),
            ["replicas"] = Replicas,
            ["updatedReplicas"] = Replicas,
            ["readyReplicas"] = ready,
            ["availableReplicas"] = ready,
        };
        objects.Put("deployments", deployment);
    }

    /// <summary>Hashes and ends of names, all different.</summary>
    private string Word()
    {
        var n = ++_names;
        return string.Create(5, n, (text, left) =>
        {
            for (var i = text.Length - 1; i >= 0; i--)
            {
                text[i] = Letters[left % Letters.Length];
                left /= Letters.Length;
            }
        });
    }

    private static bool IsCrashing(JsonObject pod) => pod["status"]!["phase"]!.GetValue<string>() == "Running"
        && pod["status"]!["conditions"]![0]!["status"]!.GetValue<string>() == "False";

    private static string Owner(JsonObject o) => o["metadata"]!["ownerReferences"]![0]!["name"]!.GetValue<string>();

    private static string Text(JsonObject o, string field) => string.Create(CultureInfo.InvariantCulture, $"{o["metadata"]![field]}");
}
