namespace Remediator.Facts.Projection;

/// <summary>What past views showed of revisions and the objects no longer do: which ones were good, and when the newest became the newest.
/// Kept in memory only: after a restart, what cannot be seen is unknown.</summary>
internal sealed class RevisionMemory
{
    private Dictionary<string, Seen> _before = [];
    private Dictionary<string, Seen> _now = [];

    private sealed record Seen(string Newest, DateTimeOffset? NewestSince, HashSet<string> Good);

    /// <summary>Notes what this view shows of a workload. What is not noted until <see cref="Forget"/> is forgotten.</summary>
    public void Note(string uid, string newest, IReadOnlyCollection<string> good, IReadOnlyCollection<string> existing, DateTimeOffset now)
    {
        var before = _before.GetValueOrDefault(uid);
        var since = before is null ? null : before.Newest == newest ? before.NewestSince : now;
        _now[uid] = new(newest, since, before is null ? [.. good] : [.. before.Good.Where(existing.Contains), .. good]);
    }

    public bool WasGood(string uid, string revision) => _now.TryGetValue(uid, out var seen) && seen.Good.Contains(revision);

    /// <summary>When the newest revision was seen to become it; null where it already was when first seen.</summary>
    public DateTimeOffset? NewestSince(string uid) => _now.GetValueOrDefault(uid)?.NewestSince;

    /// <summary>Ends one view: workloads that were not noted in it are gone.</summary>
    public void Forget()
    {
        (_before, _now) = (_now, _before);
        _now.Clear();
    }
}
