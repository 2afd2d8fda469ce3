using Remediator.Facts.Objects;

namespace Remediator.Facts.Projection;

/// <summary>
/// Since when nodes are unhealthy, and which of them flap. The time survives changes of the reason, flips between False and Unknown, and
/// short times of being ready. Kept in memory only: after a restart it begins with the condition's own last transition, which is later,
/// so that more is waited for and not less.
/// </summary>
internal sealed class NodeHealth
{
    /// <summary>A node that was ready for so long is well again: node-healthcheck-operator's <c>stormCooldownDuration</c> too.</summary>
    private static readonly TimeSpan Stable = TimeSpan.FromMinutes(10);

    /// <summary>A node flaps that stopped being ready so often within <see cref="FlapWindow"/>.</summary>
    private const int Flaps = 3;

    private static readonly TimeSpan FlapWindow = TimeSpan.FromMinutes(30);

    private readonly Dictionary<string, Seen> _seen = new(StringComparer.Ordinal);

    /// <summary>Of nodes that flap, or are ready since a moment ago: that ends with time alone.</summary>
    public IEnumerable<string> Fading =>
        _seen.Where(s => s.Value.Falls.Count >= Flaps || s.Value is { IsUnwell: true, ReadySince: not null }).Select(s => s.Key);

    /// <summary>Notes what this view shows of a node.</summary>
    public NodeCondition Note(Node node, DateTimeOffset now)
    {
        var ready = node.Status.Conditions.Of("Ready");
        var since = ready?.LastTransitionTime ?? node.Metadata.CreationTimestamp ?? now;
        var before = _seen.GetValueOrDefault(node.Metadata.Name) is { } seen && seen.Uid == node.Metadata.Uid ? seen : null;
        var next = ready?.Status == "True" ? IsReady(before, since) : IsUnhealthy(before, since);
        _seen[node.Metadata.Name] = next = next with
        {
            Uid = node.Metadata.Uid,
            Falls = [.. next.Falls.Where(f => f > now - FlapWindow)],
            IsUnwell = next.ReadySince is not { } well || (now - well < Stable && next.UnhealthySince < well),
        };
        return new(next.ReadySince ?? next.UnhealthySince ?? since, next.Falls.Count >= Flaps, next.IsUnwell);
    }

    public void Forget(string node) => _seen.Remove(node);

    /// <summary>A later time of being ready than was seen before: meanwhile it was not.</summary>
    private static Seen IsReady(Seen? before, DateTimeOffset since) => before switch
    {
        null => new(null, since, []),
        { ReadySince: { } was } when since > was => before with
        {
            UnhealthySince = since - was < Stable ? before.UnhealthySince ?? since : since,
            ReadySince = since,
            Falls = [.. before.Falls, since],
        },
        _ => before with { ReadySince = since },
    };

    private static Seen IsUnhealthy(Seen? before, DateTimeOffset since) => before switch
    {
        null => new(since, null, [since]),
        { ReadySince: { } ready } => before with
        {
            UnhealthySince = since - ready < Stable ? before.UnhealthySince ?? since : since,
            ReadySince = null,
            Falls = [.. before.Falls, since],
        },
        _ => before,
    };

    /// <param name="UnhealthySince">Also while it is ready, until it was that for long enough; null where it never was unhealthy.</param>
    /// <param name="ReadySince">Null while it is not ready.</param>
    /// <param name="Falls">When it stopped being ready, within <see cref="FlapWindow"/>.</param>
    private sealed record Seen(DateTimeOffset? UnhealthySince, DateTimeOffset? ReadySince, IReadOnlyList<DateTimeOffset> Falls)
    {
        public string Uid { get; init; } = "";

        public bool IsUnwell { get; init; }
    }
}

/// <param name="Since">Since when it is as it is: unhealthy for one that is not ready, else ready.</param>
/// <param name="IsUnwell">It is not ready, or was not a moment ago.</param>
internal readonly record struct NodeCondition(DateTimeOffset Since, bool Flaps, bool IsUnwell);
