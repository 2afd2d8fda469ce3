using Remediator.Facts.Objects;

namespace Remediator.Facts.Projection;

/// <summary>The revisions of one workload, and which of them is known to work.</summary>
internal sealed class RevisionHistory
{
    private RevisionHistory(Revision? newest, Revision? previous, bool previousWasAvailable, DateTimeOffset? newestSince)
    {
        Newest = newest;
        Previous = previous;
        PreviousWasAvailable = previousWasAvailable;
        NewestSince = newestSince;
    }

    public Revision? Newest { get; }

    /// <summary>The one to go back to: the newest older one that is known to work, else the newest older one.</summary>
    public Revision? Previous { get; }

    /// <summary>True only if pods of it are ready now, or were seen ready for long enough.</summary>
    public bool PreviousWasAvailable { get; }

    /// <summary>When the newest revision became the newest; null where that cannot be told.</summary>
    public DateTimeOffset? NewestSince { get; }

    public static RevisionHistory Of(WorkloadGroup group, RevisionMemory memory, TimeSpan goodAfter, DateTimeOffset now)
    {
        var all = group.Revisions.ToList();
        var newest = all.Find(r => r.Id == group.Object?.Status.UpdateRevision) ?? all.MaxBy(r => r.Number);
        if (newest is null || group.Object is not { } workload)
            return new(null, null, false, null);

        var uid = workload.Metadata.Uid;
        memory.Note(uid, newest.Id, Good(group, now - goodAfter), [.. all.Select(r => r.Id)], now);
        var older = all.Where(r => r.Number < newest.Number).OrderByDescending(r => r.Number).ToList();
        var proven = older.FirstOrDefault(r => IsAvailable(group, r.Id) || memory.WasGood(uid, r.Id));
        return new(newest, proven ?? older.FirstOrDefault(), proven is not null, memory.NewestSince(uid) ?? Since(newest, all, group));
    }

    private static bool IsAvailable(WorkloadGroup group, string revision) => group.Pods.Any(p => p.Revision == revision && Works(p));

    private static HashSet<string> Good(WorkloadGroup group, DateTimeOffset readyBefore) =>
        [.. group.Pods.Where(p => Works(p) && p.Pod.Status.Conditions.Of("Ready")?.LastTransitionTime <= readyBefore)
            .Select(p => p.Revision)];

    private static bool Works(PodState pod) => pod.Ready && !pod.Crashing && pod.Pod.Metadata.DeletionTimestamp is null;

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
