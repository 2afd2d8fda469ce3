namespace Remediator.Facts.Projection;

/// <summary>
/// What past views showed of revisions and the objects no longer do: when the newest became the newest, and whether it has run well since.
/// Kept in memory only: after a restart, what cannot be seen is unknown. Which ones are good to go back to is journalled.
/// </summary>
internal sealed class RevisionMemory
{
    private readonly Dictionary<string, Seen> _seen = [];

    private sealed record Seen(string Newest, DateTimeOffset? NewestSince, HashSet<string> Proven);

    /// <summary>Notes what this view shows of a workload.</summary>
    /// <param name="proven">Revisions that have served as a whole for so long that a later fault is not theirs.</param>
    public void Note(
        string uid, string newest, IReadOnlyCollection<string> proven, IReadOnlyCollection<string> existing, DateTimeOffset now)
    {
        var before = _seen.GetValueOrDefault(uid);
        var since = before is null ? null : before.Newest == newest ? before.NewestSince : now;
        _seen[uid] = new(newest, since, [.. (before?.Proven ?? []).Where(existing.Contains), .. proven]);
    }

    /// <summary>It has served as a whole before, whatever it does now.</summary>
    public bool WasProven(string uid, string revision) => _seen.TryGetValue(uid, out var seen) && seen.Proven.Contains(revision);

    /// <summary>When the newest revision was seen to become it; null where it already was when first seen.</summary>
    public DateTimeOffset? NewestSince(string uid) => _seen.GetValueOrDefault(uid)?.NewestSince;

    /// <summary>The workload is gone.</summary>
    public void Forget(string uid) => _seen.Remove(uid);
}
