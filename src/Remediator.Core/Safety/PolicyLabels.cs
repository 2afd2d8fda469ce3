using Remediator.Core.Facts;
using Remediator.Core.Resources;

namespace Remediator.Core.Safety;

/// <summary>The labels by which a policy selects a resource. Of a workload, zones and node groups are those of its pods.</summary>
/// <param name="scope">The facts of the resource and of what belongs to it.</param>
/// <param name="playbook">Empty where none is at hand.</param>
public sealed class PolicyLabels(ResourceKey resource, FactView view, FactView scope, string playbook)
{
    public static IReadOnlyList<string> Names { get; } = ["cluster", "kind", "name", "namespace", "node_group", "playbook", "zone"];

    public string Playbook => playbook;

    private List<string>? _zones;
    private List<string>? _groups;

    /// <summary>Empty where the resource has no such label.</summary>
    public IReadOnlyList<string> this[string name] => name switch
    {
        "cluster" => One(resource.Cluster),
        "kind" => One(resource.Kind),
        "name" => One(resource.Name),
        "namespace" => One(resource.Namespace),
        "playbook" => One(playbook),
        "zone" => _zones ??= Zones(),
        "node_group" => _groups ??= Groups(),
        _ => [],
    };

    private List<string> Zones() => Distinct(scope.Named("node").Concat(scope.Named("pod")).Select(f => f["zone"]));

    private List<string> Groups()
    {
        if (resource.Kind == "node")
        {
            return Distinct(scope.Named("node").Select(n => n["node_group"]));
        }

        var nodes = scope.Named("pod").Select(p => p["node"]).ToHashSet(StringComparer.Ordinal);
        return nodes.Count == 0 ? [] : Distinct(view.Named("node").Where(n => nodes.Contains(n["node"])).Select(n => n["node_group"]));
    }

    private static List<string> Distinct(IEnumerable<string> values) => [.. values.Where(v => v.Length > 0).Distinct().Order(StringComparer.Ordinal)];

    private static string[] One(string value) => value.Length > 0 ? [value] : [];
}
