using Remediator.Core.Facts;
using Remediator.Core.Incidents;
using Remediator.Core.Journal;

namespace Remediator.Grains;

/// <summary>The alerts that fire now, as facts over the view of the cluster: what the store holds, and what grains here were told and have not committed yet.</summary>
internal sealed class ActiveAlerts
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, ActiveAlert> _byFingerprint = new(StringComparer.Ordinal);
    private readonly TaskCompletionSource _loaded = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Composed _composed = new(-1, -1, FactView.Empty);
    private long _version;

    /// <summary>Ends once the alerts that were active at the start are known: nothing is decided before.</summary>
    public Task Loaded => _loaded.Task;

    /// <param name="all">Everything that fires.</param>
    public void Begin(IEnumerable<ActiveAlert> all)
    {
        lock (_lock)
        {
            _byFingerprint.Clear();
            foreach (var alert in all)
            {
                _byFingerprint[alert.Fingerprint] = alert;
            }

            _version++;
        }

        _loaded.TrySetResult();
    }

    /// <returns>True where that makes another view: an alert that is only repeated does not.</returns>
    public bool Change(IEnumerable<ActiveAlert> firing, IEnumerable<string> gone)
    {
        lock (_lock)
        {
            var changes = 0;
            foreach (var fingerprint in gone)
            {
                changes += _byFingerprint.Remove(fingerprint) ? 1 : 0;
            }

            foreach (var alert in firing)
            {
                changes += _byFingerprint.TryGetValue(alert.Fingerprint, out var known) && IsSame(known, alert) ? 0 : 1;
                _byFingerprint[alert.Fingerprint] = alert;
            }

            _version += changes > 0 ? 1 : 0;
            return changes > 0;
        }
    }

    public ActiveAlert? Find(string fingerprint)
    {
        lock (_lock)
        {
            return _byFingerprint.GetValueOrDefault(fingerprint);
        }
    }

    /// <summary>The view with the active alerts; made once for each pair of versions.</summary>
    public FactView Over(FactView view, DateTimeOffset now)
    {
        var composed = Volatile.Read(ref _composed);
        if (composed.ViewVersion == view.Version && composed.AlertVersion == Volatile.Read(ref _version))
        {
            return composed.View;
        }

        lock (_lock)
        {
            if (_composed.ViewVersion != view.Version || _composed.AlertVersion != _version)
            {
                var believed = _byFingerprint.Values.Where(a => now - a.LastSeen < IncidentEngine.Believed);
                Volatile.Write(ref _composed, new(view.Version, _version, view.WithAlerts(believed)));
            }

            return _composed.View;
        }
    }

    private static bool IsSame(ActiveAlert known, ActiveAlert alert) =>
        known.Resource == alert.Resource && known.Name == alert.Name && known.StartsAt == alert.StartsAt
        && known.Labels.Count == alert.Labels.Count && known.Labels.All(l => alert.Labels.TryGetValue(l.Key, out var value) && value == l.Value);

    private sealed record Composed(long ViewVersion, long AlertVersion, FactView View);
}
