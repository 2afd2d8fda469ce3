using Remediator.Core.Journal;

namespace Remediator.Core.Facts;

/// <summary>
/// The active alerts as facts: each view costs what has changed since the one before, and shares the rest with it. Not thread-safe.
/// </summary>
public sealed class AlertFacts
{
    private readonly FactViewWriter _writer = new(0);
    private readonly Dictionary<string, Fact> _facts = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Fact?> _changed = new(StringComparer.Ordinal);
    private FactView _alerts = FactView.Empty;

    /// <summary>One whose name is that of a kind cannot pass for a resource: it is left out.</summary>
    public void Put(ActiveAlert alert) =>
        _changed[alert.Id] = FactSchema.IsKind(alert.Name) ? null : new Fact(alert.Name, alert.Labels, alert.StartsAt);

    public void Remove(string id) => _changed[id] = null;

    /// <summary>The facts of the cluster with the alerts.</summary>
    public FactView Over(FactView cluster)
    {
        if (_changed.Count > 0)
        {
            var changes = Changes();
            _changed.Clear();
            _alerts = _writer.Next(cluster.At, changes);
        }

        return cluster.With(_alerts);
    }

    private List<FactChange> Changes()
    {
        var changes = new List<FactChange>(_changed.Count);
        foreach (var (id, after) in _changed)
        {
            _facts.Remove(id, out var before);
            if (after is not null)
                _facts[id] = after;
            if (before is not null && after is not null && before.Name == after.Name)
            {
                changes.Add(new(before, after));
                continue;
            }

            if (before is not null)
                changes.Add(new(before, null));
            if (after is not null)
                changes.Add(new(null, after));
        }

        return changes;
    }
}
