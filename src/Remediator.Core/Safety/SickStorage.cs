using Remediator.Core.Facts;

namespace Remediator.Core.Safety;

/// <summary>
/// A server of files that sick nodes have in common, and no well one has: calls to it hang, the runtimes of these nodes hang in them, and a
/// machine that is started again hangs in unmounting. What is moved away takes the dead mount along (kubernetes/kubernetes 74135, 64602).
/// </summary>
/// <param name="Server">As <see cref="Resources.ResourceKinds.FileServer"/> calls it.</param>
/// <param name="Seen">In words, the same for as long as the same nodes are sick.</param>
/// <param name="Details">The nodes, volumes and pods.</param>
internal sealed record SickStorage(string Server, string Seen, string Details)
{
    /// <summary>One alone has nothing in common with anybody.</summary>
    private const int AtLeast = 2;

    private const int MostNames = 10;

    private static readonly FactFilter Unwell = new(
        "node", "unwell", new([], []), n => n["ready"] != "true" || n["unwell"] == "true" || n["flapping"] == "true");

    private static readonly FactFilter Claims = new("pvc", "on a server", new([], []), c => c["server"].Length > 0);

    private static readonly FactFilter OfClaims = new(
        "mount", "of a claim", new(["namespace", "persistentvolumeclaim"], []), m => m["persistentvolumeclaim"].Length > 0);

    private static readonly FactFilter WithoutClaim = new("mount", "of a server", new([], []), m => m["server"].Length > 0);

    /// <param name="sickBefore">Nodes that stopped being ready later do not count yet.</param>
    public static IReadOnlyList<SickStorage> In(FactView view, DateTimeOffset sickBefore)
    {
        var unwell = Unwell.In(view);
        if (unwell.Length < AtLeast)
            return [];
        var off = SwitchedOff.In(view);
        var sick = unwell.Where(n => !off.Contains(n["node"])).ToDictionary(n => n["node"], StringComparer.Ordinal);
        return
        [
            .. from mount in Mounts(view)
               where mount.Node.Length > 0 && !off.Contains(mount.Node)
               group mount by mount.Server into mounts
               let nodes = mounts.Select(m => m.Node).Distinct().ToList()
               where nodes.TrueForAll(sick.ContainsKey) && nodes.Count(n => IsLong(sick[n], sickBefore)) >= AtLeast
               orderby mounts.Key
               select new SickStorage(
                   mounts.Key, $"all {nodes.Count} nodes that mount from {mounts.Key} are not ready, or were not a moment ago",
                   $"nodes: {Names(nodes)}; volumes: {Names(mounts.Select(m => m.Volume))}; pods: {Names(mounts.Select(m => m.Pod))}"),
        ];
    }

    /// <summary>Whether one of these mounts is from it.</summary>
    public static bool IsMounted(FactView view, string server, IReadOnlyList<Fact> mounts) => mounts.Any(
        m => m["server"] == server || Claims.In(view).Any(c => c["server"] == server && c["namespace"] == m["namespace"]
            && c["persistentvolumeclaim"] == m["persistentvolumeclaim"]));

    private static IEnumerable<(string Server, string Node, string Volume, string Pod)> Mounts(FactView view) =>
        Claims.In(view)
            .SelectMany(c => OfClaims.In(view, c["namespace"], c["persistentvolumeclaim"]), (c, m) => (c["server"], c["volume"], Mount: m))
            .Concat(WithoutClaim.In(view).Select(m => (m["server"], "", Mount: m)))
            .Select(m => (m.Item1, m.Mount["node"], m.Item2, $"{m.Mount["namespace"]}/{m.Mount["pod"]}"));

    /// <summary>One that is ready again since a moment was sick before.</summary>
    private static bool IsLong(Fact node, DateTimeOffset sickBefore) => node["ready"] == "true" || node.Since <= sickBefore;

    private static string Names(IEnumerable<string> names)
    {
        var all = names.Where(n => n.Length > 0).Distinct().Order(StringComparer.Ordinal).ToList();
        return all.Count == 0 ? "none"
            : string.Join(", ", all.Take(MostNames)) + (all.Count > MostNames ? $" and {all.Count - MostNames} more" : "");
    }
}
