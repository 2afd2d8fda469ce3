namespace Remediator.Facts.Projection;

/// <summary>
/// Whether it is a node that makes the pods of a rollout sick: all of them are on that one, while others of the rollout are well elsewhere,
/// or pods that were there before it became sick on that node too. Where all is on one node, nothing can be told from that. What it costs
/// does not grow with the cluster.
/// </summary>
/// <param name="podsOf">Those of a workload.</param>
internal sealed class SickNode(Func<Owner, IReadOnlyList<PodState>> podsOf)
{
    private const int MostNamed = 3;

    /// <summary>Of workloads that run on one node only, so many have to have become sick: one may have a trouble of its own.</summary>
    private const int FewestElsewhereUnknown = 2;

    /// <summary>What was sick before is not of what makes the rollout's pods sick.</summary>
    private static readonly TimeSpan Before = TimeSpan.FromHours(1);

    private readonly Dictionary<string, HashSet<PodState>> _pods = new(StringComparer.Ordinal);
    private int _working;

    public void Replace(PodState? before, PodState? after)
    {
        if (before is not null && _pods.TryGetValue(NodeOf(before), out var pods) && pods.Remove(before))
        {
            _working -= before.Works ? 1 : 0;
            if (pods.Count == 0)
                _pods.Remove(NodeOf(before));
        }

        if (after is null || NodeOf(after).Length == 0)
            return;
        if (!_pods.TryGetValue(NodeOf(after), out pods))
            _pods[NodeOf(after)] = pods = new(ReferenceEqualityComparer.Instance);
        pods.Add(after);
        _working += after.Works ? 1 : 0;
    }

    /// <param name="sick">Of the newest revision.</param>
    /// <param name="well">Of it too.</param>
    /// <returns>In words; empty where the node is not the reason, or nothing tells.</returns>
    public string Doubt(WorkloadGroup group, DateTimeOffset? rolledOutAt, IReadOnlyList<PodState> sick, IReadOnlyList<PodState> well)
    {
        var nodes = sick.Select(NodeOf).Distinct().Take(2).ToList();
        if (nodes is not [{ Length: > 0 } node])
            return "";
        if (well.Count > 0 && well.All(p => NodeOf(p) != node))
            return $"its sick pods are all on node {node}, and its pods on other nodes are well";
        if (rolledOutAt is not { } rolledOut || !_pods.TryGetValue(node, out var onIt))
            return "";

        var (certain, unsure) = (new List<string>(), new List<string>());
        var older = onIt.Where(p => p.Ails && p.Owner != group.Owner && p.Pod.Metadata.CreationTimestamp < rolledOut);
        foreach (var other in older.GroupBy(p => p.Owner))
        {
            var elsewhere = podsOf(other.Key).Where(p => NodeOf(p) != node).ToList();
            if (elsewhere.Exists(p => p.IsSick))
                continue;
            if (elsewhere.Exists(p => p.Works))
                certain.Add($"{other.Key.Kind} {other.Key.Name}");
            else if (other.Any(p => p.AilingSince > rolledOut - Before))
                unsure.Add($"{other.Key.Kind} {other.Key.Name}");
        }

        var named = certain.Concat(unsure).Order(StringComparer.Ordinal).Take(MostNamed).ToList();
        return certain.Count > 0 || (unsure.Count >= FewestElsewhereUnknown && _working > onIt.Count(p => p.Works))
            ? $"its sick pods are all on node {node}, on which older pods are sick too ({string.Join(", ", named)}) and nowhere else"
            : "";
    }

    private static string NodeOf(PodState pod) => pod.Pod.Spec.NodeName;
}
