using Remediator.Core.Facts;
using Remediator.Core.Incidents;
using Remediator.Core.Journal;

namespace Remediator.Grains;

/// <summary>The alerts that fire now, as facts over the view of the cluster. Loaded from the store; kept by the inbox pump, a delivery at a time.</summary>
internal sealed class ActiveAlerts
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, ActiveAlert> _byFingerprint = new(StringComparer.Ordinal);
    private Composed _composed = new(-1, -1, FactView.Empty);
    private long _version;

    public void Change(IEnumerable<ActiveAlert> firing, IEnumerable<string> gone)
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
                _byFingerprint[alert.Fingerprint] = alert;
                changes++;
            }

            _version += changes > 0 ? 1 : 0;
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

    private sealed record Composed(long ViewVersion, long AlertVersion, FactView View);
}
