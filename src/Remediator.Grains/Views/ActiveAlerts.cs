using Remediator.Core.Alerts;
using Remediator.Core.Engine;
using Remediator.Core.Facts;
using Remediator.Core.Journal;

namespace Remediator.Grains.Views;

/// <summary>
/// The alerts that fire now, as facts over the view of the cluster: what the store holds, and what grains here were told and have not
/// committed yet.
/// </summary>
internal sealed class ActiveAlerts(TimeProvider time, IEnumerable<RepeatingSources> repeating)
{
    /// <summary>A view that knows what was asked for may lack what came since, for so long.</summary>
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(100);

    /// <summary>
    /// A new view copies the pages of lists and indexes that it changes, once for all alerts that come with it: the more alerts there are,
    /// the more pages.
    /// </summary>
    private static readonly TimeSpan GatheringPerAlert = TimeSpan.FromMicroseconds(2.5);
    private static readonly TimeSpan LongestGathering = TimeSpan.FromMilliseconds(5);

    /// <summary>What nobody repeats is forgotten after a day, give or take this.</summary>
    private static readonly TimeSpan ForgetEvery = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly HashSet<string> _repeating = [.. repeating.SelectMany(r => r.Names)];
    private Dictionary<string, Heard> _byId = new(StringComparer.Ordinal);
    private readonly TaskCompletionSource _loaded = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Composed _composed = new(-1, -1, 0, FactView.Empty);
    private readonly AlertFacts _facts = new();
    private readonly HashSet<string> _forgotten = new(StringComparer.Ordinal);
    private long? _forgotAt;
    private Task _gathering = Task.CompletedTask;
    private long _version;

    /// <summary>Ends once the alerts that were active at the start are known: nothing is decided before.</summary>
    public Task Loaded => _loaded.Task;

    /// <param name="all">Everything that fires.</param>
    public void Begin(IEnumerable<ActiveAlert> all)
    {
        lock (_lock)
        {
            var before = _byId;
            _byId = new(StringComparer.Ordinal);
            foreach (var alert in all)
            {
                Keep(alert, before.GetValueOrDefault(alert.Id));
            }

            foreach (var id in before.Keys.Where(id => !_byId.ContainsKey(id)))
            {
                Drop(id);
            }

            _version++;
        }

        _loaded.TrySetResult();
    }

    /// <returns>The version from which on a view knows of it. An alert that is only repeated makes no other view.</returns>
    public long Change(IEnumerable<ActiveAlert> firing, IEnumerable<string> gone)
    {
        lock (_lock)
        {
            var changes = 0;
            foreach (var id in gone)
            {
                if (_byId.Remove(id))
                {
                    Drop(id);
                    changes++;
                }
            }

            foreach (var alert in firing)
            {
                changes += Keep(alert, _byId.GetValueOrDefault(alert.Id)) ? 1 : 0;
            }

            _version += changes > 0 ? 1 : 0;
            return _version;
        }
    }

    public bool Any
    {
        get
        {
            lock (_lock)
            {
                return _byId.Count > 0;
            }
        }
    }

    public Dictionary<string, int> CountByCluster()
    {
        lock (_lock)
        {
            return _byId.Values.CountBy(h => h.Alert.Resource.Cluster).ToDictionary(StringComparer.Ordinal);
        }
    }

    public ActiveAlert? Find(string id)
    {
        lock (_lock)
        {
            return _byId.GetValueOrDefault(id)?.Alert;
        }
    }

    /// <summary>
    /// Its source repeats what fires and cannot be asked for it, and has not repeated this: by the clock on the wall, which may have
    /// jumped, and by the time that passed here.
    /// </summary>
    public bool IsForgotten(string id, DateTimeOffset now)
    {
        lock (_lock)
        {
            return _byId.GetValueOrDefault(id) is { } heard && IsForgotten(heard, now);
        }
    }

    /// <summary>
    /// Ends when a view can be made that knows of <paramref name="version"/>: at once where there is one, else after a moment in which
    /// others are told too, so that one new view serves all of them.
    /// </summary>
    public Task GatherAsync(long version)
    {
        lock (_lock)
        {
            if (_composed.AlertVersion >= version)
            {
                return Task.CompletedTask;
            }

            if (_gathering.IsCompleted)
            {
                var moment = GatheringPerAlert * _byId.Count;
                _gathering = Task.Delay(moment < LongestGathering ? moment : LongestGathering, time);
            }

            return _gathering;
        }
    }

    /// <summary>The view with the active alerts.</summary>
    /// <param name="atLeast">What <see cref="Change"/> answered to whoever asks; what others were told may be missing for a moment.</param>
    public FactView Over(FactView view, DateTimeOffset now, long atLeast)
    {
        var composed = Volatile.Read(ref _composed);
        if (IsGood(composed, view, atLeast))
        {
            return composed.View;
        }

        lock (_lock)
        {
            if (!IsGood(_composed, view, atLeast))
            {
                Forget(now);
                Volatile.Write(ref _composed, new(view.Version, _version, time.GetTimestamp(), _facts.Over(view)));
            }

            return _composed.View;
        }
    }

    /// <returns>False where it is only repeated.</returns>
    private bool Keep(ActiveAlert alert, Heard? before)
    {
        _byId[alert.Id] = Hear(alert, before);
        var isNews = before is null || !IsSame(before.Alert, alert);
        var isHeardAnew = before?.Alert.LastSeen != alert.LastSeen;
        if ((isHeardAnew && _forgotten.Remove(alert.Id)) || (isNews && !_forgotten.Contains(alert.Id)))
        {
            _facts.Put(alert);
        }

        return isNews;
    }

    private void Drop(string id)
    {
        _facts.Remove(id);
        _forgotten.Remove(id);
    }

    /// <summary>Takes out of the facts what is forgotten, and back in what is believed again since a clock was set.</summary>
    private void Forget(DateTimeOffset now)
    {
        if (_repeating.Count == 0 || (_forgotAt is { } last && time.GetElapsedTime(last) < ForgetEvery))
        {
            return;
        }

        _forgotAt = time.GetTimestamp();
        foreach (var (id, heard) in _byId)
        {
            if (!IsForgotten(heard, now))
            {
                if (_forgotten.Remove(id))
                {
                    _facts.Put(heard.Alert);
                }
            }
            else if (_forgotten.Add(id))
            {
                _facts.Remove(id);
            }
        }
    }

    private bool IsForgotten(Heard heard, DateTimeOffset now) =>
        heard.Alert.Source is { } source && _repeating.Contains(source)
        && now - heard.Alert.LastSeen > IncidentEngine.AssumedOverAfter && time.GetElapsedTime(heard.At) > IncidentEngine.AssumedOverAfter;

    private Heard Hear(ActiveAlert alert, Heard? before) =>
        new(alert, before?.Alert.LastSeen == alert.LastSeen ? before.At : time.GetTimestamp());

    private bool IsGood(Composed composed, FactView view, long atLeast) =>
        composed.ViewVersion == view.Version && composed.AlertVersion >= atLeast
        && (composed.AlertVersion == Volatile.Read(ref _version) || time.GetElapsedTime(composed.At) < Pace);

    private static bool IsSame(ActiveAlert known, ActiveAlert alert) =>
        known.Resource == alert.Resource && known.Name == alert.Name && known.StartsAt == alert.StartsAt
        && known.Labels.Count == alert.Labels.Count
            && known.Labels.All(l => alert.Labels.TryGetValue(l.Key, out var value) && value == l.Value);

    /// <param name="At">When this process heard of it, as a timestamp of elapsed time.</param>
    private sealed record Heard(ActiveAlert Alert, long At);

    private sealed record Composed(long ViewVersion, long AlertVersion, long At, FactView View);
}
