namespace Remediator.Facts.Projection;

/// <summary>What past views showed of revisions and the objects no longer do: which ones were good, and when the newest became the newest.
/// Kept in memory only: after a restart, what cannot be seen is unknown.</summary>
internal sealed class RevisionMemory
{
    private readonly Dictionary<string, Seen> _seen = [];

    private sealed record Seen(string Newest, DateTimeOffset? NewestSince, HashSet<string> Good);

    /// <summary>Notes what this view shows of a workload.</summary>
    public void Note(string uid, string newest, IReadOnlyCollection<string> good, IReadOnlyCollection<string> existing, DateTimeOffset now)
    {
        var before = _seen.GetValueOrDefault(uid);
        var since = before is null ? null : before.Newest == newest ? before.NewestSince : now;
        _seen[uid] = new(newest, since, before is null ? [.. good] : [.. before.Good.Where(existing.Contains), .. good]);
    }

    public bool WasGood(string uid, string revision) => _seen.TryGetValue(uid, out var seen) && seen.Good.Contains(revision);

    /// <summary>When the newest revision was seen to become it; null where it already was when first seen.</summary>
    public DateTimeOffset? NewestSince(string uid) => _seen.GetValueOrDefault(uid)?.NewestSince;

    /// <summary>The workload is gone.</summary>
    public void Forget(string uid) => _seen.Remove(uid);
}
