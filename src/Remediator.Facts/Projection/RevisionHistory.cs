using Remediator.Facts.Objects;

namespace Remediator.Facts.Projection;

/// <summary>The revisions of one workload, and which of them is known to work.</summary>
internal sealed class RevisionHistory
{
    /// <summary>So many crash windows without any trouble prove a revision: 30 min.</summary>
    private const int WindowsToProve = 3;

    private RevisionHistory(
        Revision? newest, Revision? previous, bool previousWasAvailable, DateTimeOffset? newestSince, bool newestWasProven)
    {
        Newest = newest;
        Previous = previous;
        PreviousWasAvailable = previousWasAvailable;
        NewestSince = newestSince;
        NewestWasProven = newestWasProven;
    }

    public Revision? Newest { get; }

    /// <summary>The one to go back to: the newest older one that is known to work, else the newest older one.</summary>
    public Revision? Previous { get; }

    /// <summary>True only if pods of it are ready now, or were seen ready for long enough.</summary>
    public bool PreviousWasAvailable { get; }

    /// <summary>When the newest revision became the newest; null where that cannot be told.</summary>
    public DateTimeOffset? NewestSince { get; }

    /// <summary>The newest revision has served as a whole for so long that what is wrong now is not its doing.</summary>
    public bool NewestWasProven { get; }

    public static RevisionHistory Of(
        WorkloadGroup group, RevisionMemory memory, TimeSpan goodAfter, TimeSpan crashWindow, DateTimeOffset now)
    {
        var all = group.Revisions.ToList();
        var newest = all.Find(r => r.Id == group.Object?.Status.UpdateRevision) ?? all.MaxBy(r => r.Number);
        if (newest is null || group.Object is not { } workload)
            return new(null, null, false, null, false);

        var uid = workload.Metadata.Uid;
        var desired = Replicas.Of(group).Desired ?? 0;
        var provenAfter = crashWindow * WindowsToProve;
        memory.Note(
            uid, newest.Id,
            Serving(group, Math.Max(1, (desired + 1) / 2), now - goodAfter),
            [.. Of(group).Where(r => r.Count(p => p.IsSick) * 2 >= r.Count()).Select(r => r.Key)],
            Serving(group, Math.Max(1, desired), now - (provenAfter > goodAfter ? provenAfter : goodAfter)),
            [.. all.Select(r => r.Id)], now);
        var older = all.Where(r => r.Number < newest.Number).OrderByDescending(r => r.Number).ToList();
        var proven = older.FirstOrDefault(r => IsAvailable(group, r.Id) || memory.WasGood(uid, r.Id));
        return new(newest, proven ?? older.FirstOrDefault(), proven is not null, memory.NewestSince(uid) ?? Since(newest, all, group),
            memory.WasProven(uid, newest.Id) || WasThereFor(group, newest.Id, now) >= provenAfter);
    }

    private static bool IsAvailable(WorkloadGroup group, string revision) => group.Pods.Exists(p => p.Revision == revision && p.Works);

    private static IEnumerable<IGrouping<string, PodState>> Of(WorkloadGroup group) =>
        group.Pods.Where(p => !p.IsOver && p.Revision.Length > 0).GroupBy(p => p.Revision);

    /// <summary>Revisions with at least so many pods that serve, and have since then.</summary>
    private static List<string> Serving(WorkloadGroup group, int pods, DateTimeOffset readyBefore) =>
    [
        .. Of(group)
            .Where(r => r.Count(p => p.Works && p.Pod.Status.Conditions.Of("Ready")?.LastTransitionTime <= readyBefore) >= pods)
            .Select(r => r.Key)
    ];

    /// <summary>How long the sick pods of a revision were there before, at the least: their restarts outlast this process.</summary>
    private static TimeSpan WasThereFor(WorkloadGroup group, string revision, DateTimeOffset now) =>
        group.Pods.Where(p => p.Revision == revision && p.IsSick).Select(p => p.WasThereFor(now)).DefaultIfEmpty().Max();

    /// <summary>From the objects alone: a new revision is as old as its object. One that was taken up again is not; of a Deployment the
    /// Progressing condition then tells when that rollout last moved (it no longer changes once complete), of others nothing
    /// does.</summary>
    private static DateTimeOffset? Since(Revision newest, List<Revision> all, WorkloadGroup group)
    {
        if (newest.MaybeReused)
            return group.Object?.Status.Conditions.Of("Progressing")?.LastUpdateTime;

        return all.Exists(r => r.Number < newest.Number && r.CreatedAt > newest.CreatedAt) ? null : newest.CreatedAt;
    }
}
