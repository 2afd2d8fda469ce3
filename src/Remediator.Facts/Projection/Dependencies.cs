using Remediator.Core.Facts;

namespace Remediator.Facts.Projection;

/// <summary>
/// What workloads declare to depend on: <c>deployment/db</c> in their own namespace, or <c>kind/namespace/name</c>; several with commas.
/// </summary>
internal sealed class Dependencies(IReadOnlyDictionary<Owner, WorkloadGroup> groups)
{
    public const string Annotation = "remediator.io/depends-on";

    public IEnumerable<Fact> Of(WorkloadGroup group, DateTimeOffset now) => Declared(group).Select(on => FactShapes.Dependency.Make(
        group.Metadata.CreationTimestamp ?? now, group.Owner.Namespace, group.Owner.Name, group.Owner.Kind, on.Text, Ready(on.Owner)));

    /// <summary>The first that is known and not ready; empty where there is none.</summary>
    public string FirstDown(WorkloadGroup group) => Declared(group).FirstOrDefault(on => Ready(on.Owner) == "false").Text ?? "";

    /// <summary>True where it declares a dependency on one of these.</summary>
    public static bool Names(WorkloadGroup group, IReadOnlySet<Owner> owners) =>
        Declared(group).Any(on => on.Owner is { } owner && owners.Contains(owner));

    private static IEnumerable<(string Text, Owner? Owner)> Declared(WorkloadGroup group)
    {
        var text = group.Metadata.Annotation(Annotation);
        return text.Length == 0
            ? []
            : text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
                .Select(t => Parse(t, group.Owner.Namespace));
    }

    private static (string Text, Owner? Owner) Parse(string text, string space) => text.Split('/') switch
    {
        [var kind, var name] => Named(kind, space, name),
        [var kind, var other, var name] => Named(kind, other, name),
        _ => (text, null),
    };

    private static (string Text, Owner? Owner) Named(string kind, string space, string name)
    {
        var owner = new Owner(kind.ToLowerInvariant(), space, name);
        return ($"{owner.Kind}/{owner.Namespace}/{owner.Name}", owner);
    }

    /// <summary>Ready means that more than half of its replicas are: a quorum, and for one replica that one.</summary>
    private string Ready(Owner? owner)
    {
        if (owner is not { } known || !groups.TryGetValue(known, out var group) || group.IsEmpty)
            return "";

        var replicas = Replicas.Of(group);
        return Texts.Of(replicas.Desired is { } desired ? desired > 0 && replicas.Ready * 2 > desired : replicas.Ready > 0);
    }
}
