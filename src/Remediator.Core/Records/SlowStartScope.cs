using Remediator.Core.Resources;

namespace Remediator.Core.Records;

/// <summary>
/// Where a burst of repairs begins slowly: the namespace of what has one, the zone and the node group of a node, and the rule that asks for
/// the repair.
/// </summary>
/// <param name="Key">A resource of the cluster where there is one of that kind; also what identifies the scope.</param>
/// <param name="OfDeadNodes">
/// Of nodes that the cluster too calls dead. They have scopes of their own, so that a flood of alerts about others cannot stop their
/// repair.
/// </param>
public sealed record SlowStartScope(ResourceKey Key, bool OfDeadNodes)
{
    /// <summary>How the problem of a scope's incident begins.</summary>
    public const string ProblemPrefix = "slow-start: ";

    /// <summary>Kinds of keys beside those of resources.</summary>
    internal const string NodeGroup = "node group";
    internal const string Rule = "rule";
    private const string Prefix = "slow start of ";
    private const string DeadPrefix = "slow start of dead nodes of ";

    /// <summary>As permits and the journal call it: never changed, or what is in flight would not be counted.</summary>
    public string Budget => $"{(OfDeadNodes ? DeadPrefix : Prefix)}{Key}";

    /// <summary>In words: <c>namespace shop</c>.</summary>
    public string Words => $"{(OfDeadNodes ? "the dead nodes of " : "")}{Key.Kind} {Key.Name}";

    public string Problem => $"{ProblemPrefix}{Words}";

    public bool IsRule => Key.Kind == Rule;

    /// <summary>What kind of scope it is, for metrics.</summary>
    public string Kind => Key.Kind;

    /// <summary>Has the incident of the scope, once repairs are stopped there.</summary>
    public ResourceKey Home => Key.Kind is ResourceKinds.Namespace or ResourceKinds.Zone
        ? Key
        : new(Key.Cluster, ResourceKinds.Cluster, "", Key.Cluster);

    public static IReadOnlyList<string> Kinds { get; } = [ResourceKinds.Namespace, ResourceKinds.Zone, NodeGroup, Rule];

    /// <summary>Null for another budget.</summary>
    public static SlowStartScope? Of(string budget) =>
        budget.StartsWith(DeadPrefix, StringComparison.Ordinal) ? Of(budget[DeadPrefix.Length..], true)
        : budget.StartsWith(Prefix, StringComparison.Ordinal) ? Of(budget[Prefix.Length..], false)
        : null;

    private static SlowStartScope? Of(string key, bool dead) => ResourceKey.TryParse(key, out var parsed) ? new(parsed, dead) : null;
}
