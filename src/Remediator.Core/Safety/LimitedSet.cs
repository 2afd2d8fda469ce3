using System.Collections.Concurrent;
using System.Globalization;
using System.Runtime.CompilerServices;
using Remediator.Core.Facts;
using Remediator.Core.Policies;
using Remediator.Core.Resources;
using Remediator.Core.Worlds;

namespace Remediator.Core.Safety;

/// <summary>
/// How many resources of one sort a limit is about, and which of them are unhealthy: nodes for a node, workloads for a workload. Of other
/// kinds nothing is known, and the set is empty.
/// </summary>
/// <param name="Unhealthy">None of them is left out: each takes a place.</param>
internal sealed record LimitedSet(int Total, IReadOnlyList<ResourceKey> Unhealthy)
{
    private static readonly IndexLabels ByNamespace = new(["namespace"], []);

    private static readonly ConditionalWeakTable<IReadOnlyList<Fact>, ConcurrentDictionary<string, Counted>> Known = [];

    /// <summary>Counted once in a view: many decisions ask for the same sets.</summary>
    public static LimitedSet Of(World world, ResourceKey resource, PolicyMatch match, IReadOnlyDictionary<string, string> values)
    {
        var kind = ResourceKinds.Of(resource);
        if (!kind.IsCounted || (kind.IsWorkload && world.View.Of(resource, kind.Fact).Length == 0))
        {
            return new(0, []);
        }

        var (members, nodes, pods) = (world.View.Named(kind.Fact), world.View.Named("node"), world.View.Named("pod"));
        var known = Known.GetValue(members, _ => new(StringComparer.Ordinal));
        var key = $"{resource.Cluster} {match} {PolicyMatch.Text(values)}";
        if (!known.TryGetValue(key, out var counted) || counted.Nodes != nodes || counted.Pods != pods)
        {
            known[key] = counted = new(nodes, pods, Count(world.View, resource.Cluster, kind, match, values));
        }

        return counted.Set;
    }

    private static LimitedSet Count(
        FactView view, string cluster, ResourceKind kind, PolicyMatch match, IReadOnlyDictionary<string, string> values)
    {
        var any = match with { Labels = match.Labels.Where(l => l.Key != "playbook").ToDictionary() };
        var facts = values.TryGetValue("namespace", out var space) && space.Length > 0 && view.Bucket(kind.Fact) is { } bucket
            ? bucket.Index(ByNamespace).Find(JoinKey.Of([space]), [], JoinKey.HashOf([]))
            : view.Named(kind.Fact);
        var members = facts.Select(f => new Member(kind.KeyOf(cluster, l => f[l]), f, view))
            .Where(m => any.Matches(m.Labels) && values.All(v => Has(m.Labels, v.Key, v.Value)))
            .ToList();
        return new(members.Count, [.. members.Where(m => IsUnhealthy(m.Fact)).Select(m => m.Key)]);
    }

    private static bool Has(PolicyLabels labels, string label, string value) =>
        label == "playbook" || (value.Length == 0 ? labels[label].Count == 0 : labels[label].Contains(value));

    private static bool IsUnhealthy(Fact fact) => fact.Name == "node"
        ? fact["ready"] != "true" || fact["cordoned"] == "true"
        : Number(fact["available"]) is { } available
            && Number(fact["desired"]) is { } desired ? available < desired : Number(fact["crashing_pods"]) > 0;

    private static int? Number(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    private sealed record Member(ResourceKey Key, Fact Fact, FactView View)
    {
        private PolicyLabels? _labels;

        public PolicyLabels Labels => _labels ??= new(Key, View, "");
    }

    private sealed record Counted(IReadOnlyList<Fact> Nodes, IReadOnlyList<Fact> Pods, LimitedSet Set);
}
