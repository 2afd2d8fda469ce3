using System.Runtime.CompilerServices;
using Remediator.Core.Facts;
using Remediator.Core.Resources;

namespace Remediator.Core.Policies;

/// <summary>The labels by which a policy selects a resource. Of a workload, zones and node groups are those of its pods.</summary>
/// <param name="playbook">Empty where none is at hand.</param>
public sealed class PolicyLabels(ResourceKey resource, FactView view, string playbook)
{
    public static IReadOnlyList<string> Names { get; } = ["cluster", "kind", "name", "namespace", "node_group", "playbook", "zone"];

    public string Playbook => playbook;

    /// <summary>
    /// Kept for as long as neither the pods of the resource nor the nodes change: for a limit by zone each member of its set is asked.
    /// </summary>
    private static readonly ConditionalWeakTable<Fact[], Places> Known = [];

    private Places? _places;

    /// <summary>Empty where the resource has no such label.</summary>
    public IReadOnlyList<string> this[string name] => name switch
    {
        "cluster" => One(resource.Cluster),
        "kind" => ResourceKinds.IsOther(resource) ? [resource.Kind, ResourceKinds.Other] : One(resource.Kind),
        "name" => One(resource.Name),
        "namespace" => One(resource.Namespace),
        "playbook" => One(playbook),
        "zone" => Where.Zones,
        "node_group" => Where.Groups,
        _ => [],
    };

    private Places Where => _places ??= Of(view.Of(resource, "node"), view.Of(resource, "pod"));

    private Places Of(Fact[] own, Fact[] pods)
    {
        if (resource.Kind == ResourceKinds.Node)
        {
            return new(Distinct(own.Concat(pods).Select(f => f["zone"])), Distinct(own.Select(n => n["node_group"])), own);
        }

        if (pods.Length == 0)
        {
            return Places.None;
        }

        var nodes = view.Named("node");
        if (Known.TryGetValue(pods, out var known) && known.Nodes == nodes)
        {
            return known;
        }

        var on = pods.Select(p => p["node"])
            .Where(n => n.Length > 0)
            .Distinct()
            .SelectMany(n => view.Of(new(resource.Cluster, ResourceKinds.Node, "", n), "node"));
        var places = new Places(Distinct(pods.Select(p => p["zone"])), Distinct(on.Select(n => n["node_group"])), nodes);
        Known.AddOrUpdate(pods, places);
        return places;
    }

    private static List<string> Distinct(IEnumerable<string> values) =>
        [.. values.Where(v => v.Length > 0).Distinct().Order(StringComparer.Ordinal)];

    private static string[] One(string value) => value.Length > 0 ? [value] : [];

    /// <param name="Nodes">From which the groups were read.</param>
    private sealed record Places(IReadOnlyList<string> Zones, IReadOnlyList<string> Groups, IReadOnlyList<Fact> Nodes)
    {
        public static Places None { get; } = new([], [], []);
    }
}
