using Remediator.Core.Facts;
using Remediator.Core.Journal;

namespace Remediator.Grains;

/// <summary>The alerts that fire now, as facts over the view of the cluster. Loaded from the store; kept by the inbox pump, a delivery at a time.</summary>
internal sealed class ActiveAlerts
{
    /// <summary>An alert that nobody repeats for so long is no longer believed.</summary>
    private static readonly TimeSpan BelievedFor = TimeSpan.FromHours(24);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, ActiveAlert> _byFingerprint = new(StringComparer.Ordinal);
    private Composed _composed = new(-1, -1, FactView.Empty);
    private long _version;

    public void Change(IEnumerable<ActiveAlert> firing, IEnumerable<string> gone)
    {
        lock (_lock)
        {
            foreach (var fingerprint in gone)
            {
                _byFingerprint.Remove(fingerprint);
            }

            foreach (var alert in firing)
            {
                _byFingerprint[alert.Fingerprint] = alert;
            }

            _version++;
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
                var believed = _byFingerprint.Values.Where(a => now - a.LastSeen < BelievedFor);
                Volatile.Write(ref _composed, new(view.Version, _version, view.WithAlerts(believed)));
            }

            return _composed.View;
        }
    }

    private sealed record Composed(long ViewVersion, long AlertVersion, FactView View);
}
