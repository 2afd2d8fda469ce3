using System.Globalization;
using Remediator.Core.Facts;
using Remediator.Core.Incidents;
using Remediator.Core.Resources;

namespace Remediator.Core.Safety;

/// <summary>How many resources of one sort a limit is about, and which of them are unhealthy: nodes for a node, workloads for a workload. Of other kinds nothing is known, and the set is empty.</summary>
/// <param name="Unhealthy">None of them is left out: each takes a place.</param>
internal sealed record LimitedSet(int Total, IReadOnlyList<ResourceKey> Unhealthy)
{
    public static LimitedSet Of(World world, PolicyMatch match, IReadOnlyDictionary<string, string> values)
    {
        var any = match with { Labels = match.Labels.Where(l => l.Key != "playbook").ToDictionary() };
        var members = Members(world).Where(m => any.Matches(m.Labels) && values.All(v => Has(m.Labels, v.Key, v.Value))).ToList();
        return new(members.Count, [.. members.Where(m => IsUnhealthy(m.Fact)).Select(m => m.Key)]);
    }

    private static bool Has(PolicyLabels labels, string label, string value) =>
        label == "playbook" || (value.Length == 0 ? labels[label].Count == 0 : labels[label].Contains(value));

    private static IEnumerable<Member> Members(World world)
    {
        var cluster = world.Resource.Cluster;
        if (world.Resource.Kind == "node")
        {
            return world.View.Named("node").Select(n => new Member(new(cluster, "node", "", n["node"]), n, world.View));
        }

        return world.Scope.Named("workload").Any()
            ? world.View.Named("workload").Select(w => new Member(new(cluster, w["workload_kind"], w["namespace"], w["workload"]), w, world.View))
            : [];
    }

    private static bool IsUnhealthy(Fact fact) => fact.Name == "node"
        ? fact["ready"] != "true" || fact["cordoned"] == "true"
        : Number(fact["available"]) is { } available && Number(fact["desired"]) is { } desired ? available < desired : Number(fact["crashing_pods"]) > 0;

    private static int? Number(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    private sealed record Member(ResourceKey Key, Fact Fact, FactView View)
    {
        private PolicyLabels? _labels;

        // the scope costs a look-up; most matches need none
        public PolicyLabels Labels => _labels ??= new(Key, View, View.Scope(Key), "");
    }
}
