namespace Remediator.Core.Alerts;

/// <summary>Of which clusters the alerts are that fire now: about those of other clusters nothing is done.</summary>
public interface IAlertsByCluster
{
    AlertsByCluster Current { get; }
}

/// <param name="Own">The name of the cluster here.</param>
/// <param name="Ours">How many alerts are of it, or name no cluster.</param>
/// <param name="Others">How many there are by other name.</param>
public sealed record AlertsByCluster(string Own, int Ours, IReadOnlyDictionary<string, int> Others)
{
    /// <summary>Names come in with alerts: so many are told apart, the rest are counted together.</summary>
    private const int MostNames = 20;

    private const string Rest = "others";

    /// <summary>The commonest by name, and the rest as one, to which a cluster of that name is added.</summary>
    public IEnumerable<(string Cluster, int Alerts)> Commonest()
    {
        var ordered = Others.OrderByDescending(o => o.Value).ThenBy(o => o.Key, StringComparer.Ordinal).ToList();
        var named = ordered.Take(MostNames).Where(o => ordered.Count <= MostNames || o.Key != Rest).ToList();
        var rest = ordered.Sum(o => o.Value) - named.Sum(o => o.Value);
        return named.Select(o => (o.Key, o.Value)).Concat(rest > 0 ? [(Rest, rest)] : []);
    }

    /// <summary>What people should know; empty where all alerts are of this cluster.</summary>
    public string Problem => Others.Count == 0 ? "" :
        $"{Count(Others.Values.Sum())} of {(Others.Count == 1 ? "another cluster" : "other clusters")} "
            + $"({string.Join(", ", Commonest().Take(5).Select(o => $"'{o.Cluster}': {o.Alerts}"))}{(Others.Count > 5 ? ", ..." : "")}), "
            + $"and this one is '{Own}' ({Ours}): nothing is done about them. "
            + "If they are about this cluster, set Cluster:Name to the name that they carry";

    private static string Count(int alerts) => alerts == 1 ? "1 alert that fires is" : $"{alerts} alerts that fire are";
}
