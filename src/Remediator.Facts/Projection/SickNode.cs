namespace Remediator.Facts.Projection;

/// <summary>
/// Whether it is a node that makes the pods of a rollout sick: all of them are on that one, while others of the rollout are well elsewhere,
/// or pods that were there before it became sick on that node too. Where all is on one node, nothing can be told from that.
/// </summary>
internal static class SickNode
{
    private const int MostNamed = 3;

    /// <summary>Of workloads that run on one node only, so many have to have become sick: one may have a trouble of its own.</summary>
    private const int FewestElsewhereUnknown = 2;

    /// <summary>What was sick before is not of what makes the rollout's pods sick.</summary>
    private static readonly TimeSpan Before = TimeSpan.FromHours(1);

    /// <param name="sick">Of the newest revision.</param>
    /// <param name="well">Of it too.</param>
    /// <param name="others">All workloads of the cluster, this one too.</param>
    /// <returns>In words; empty where the node is not the reason, or nothing tells.</returns>
    public static string Doubt(
        WorkloadGroup group, DateTimeOffset? rolledOutAt, IReadOnlyList<PodState> sick, IReadOnlyList<PodState> well,
        IEnumerable<WorkloadGroup> others)
    {
        var nodes = sick.Select(NodeOf).Distinct().Take(2).ToList();
        if (nodes is not [{ Length: > 0 } node])
            return "";
        if (well.Count > 0 && well.All(p => NodeOf(p) != node))
            return $"its sick pods are all on node {node}, and its pods on other nodes are well";
        if (rolledOutAt is not { } rolledOut)
            return "";

        var (certain, unsure) = (new List<string>(), new List<string>());
        var elsewhere = group.Pods.Exists(p => p.Works && NodeOf(p) != node);
        foreach (var other in others.Where(o => o != group))
        {
            elsewhere |= other.Pods.Exists(p => p.Works && NodeOf(p) != node);
            var older = other.Pods.Where(p => p.IsSick && p.Pod.Metadata.CreationTimestamp < rolledOut).ToList();
            if (older.Count == 0 || other.Pods.Exists(p => p.IsSick && NodeOf(p) != node))
                continue;
            if (other.Pods.Exists(p => p.Works && NodeOf(p) != node))
                certain.Add($"{other.Owner.Kind} {other.Owner.Name}");
            else if (older.Exists(p => p.SickSince > rolledOut - Before))
                unsure.Add($"{other.Owner.Kind} {other.Owner.Name}");
        }

        var named = certain.Concat(unsure).Order(StringComparer.Ordinal).Take(MostNamed).ToList();
        return certain.Count > 0 || (elsewhere && unsure.Count >= FewestElsewhereUnknown)
            ? $"its sick pods are all on node {node}, on which older pods are sick too ({string.Join(", ", named)}) and nowhere else"
            : "";
    }

    private static string NodeOf(PodState pod) => pod.Pod.Spec.NodeName;
}
