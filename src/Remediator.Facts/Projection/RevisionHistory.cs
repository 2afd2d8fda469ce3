using Remediator.Core.Language;
using Remediator.Core.Resources;
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

    public static RevisionHistory Of(WorkloadGroup group, RevisionRecords records, DateTimeOffset now)
    {
        var all = group.Revisions.ToList();
        var newest = all.Find(r => r.Id == group.Object?.Status.UpdateRevision) ?? all.MaxBy(r => r.Number);
        if (newest is null || group.Object is not { } workload)
            return new(null, null, false, null, false);

        var (uid, memory) = (workload.Metadata.Uid, records.Memory);
        var desired = Replicas.Of(group).Desired ?? 0;
        var provenAfter = Longer(records.CrashWindow * WindowsToProve, records.GoodAfter);
        memory.Note(uid, newest.Id, Serving(group, Math.Max(1, desired), now - provenAfter), [.. all.Select(r => r.Id)], now);
        var bad = Of(group).Where(r => r.Count(p => p.IsSick) * 2 >= r.Count()).ToDictionary(r => r.Key, Sick);
        var key = records.Key(group.Owner);
        Tell(records, key, uid, newest.Id, bad, ServesWell(group, newest.Id, desired, now - records.GoodAfter), now);
        var older = all.Where(r => r.Number < newest.Number).OrderByDescending(r => r.Number).ToList();
        var good = older.FirstOrDefault(
            r => IsAvailable(group, r.Id) || (!bad.ContainsKey(r.Id) && records.Good.Find(key, uid, r.Id) is { IsGood: true }));
        return new(newest, good ?? older.FirstOrDefault(), good is not null, memory.NewestSince(uid) ?? Since(newest, all, group),
            memory.WasProven(uid, newest.Id)
                || WasThereFor(group, newest.Id, now) >= provenAfter
                || (records.GoodAfter >= provenAfter && records.Good.Find(key, uid, newest.Id) is { WasGood: true }));
    }

    /// <summary>Tells what is news. One that was struck off has to run well for as long again.</summary>
    private static void Tell(
        RevisionRecords records, ResourceKey workload, string uid, string newest, Dictionary<string, string> bad, bool servesWell,
        DateTimeOffset now)
    {
        foreach (var (revision, sick) in bad.Where(b => records.Good.Find(workload, uid, b.Key) is { IsGood: true }))
            records.Good.WentBad(workload, uid, revision, sick);
        if (servesWell
            && records.Good.Find(workload, uid, newest) is var standing
            && (standing is null || (!standing.IsGood && standing.At <= now - records.GoodAfter)))
        {
            records.Good.RanWell(workload, uid, newest);
        }
    }

    private static TimeSpan Longer(TimeSpan one, TimeSpan other) => one > other ? one : other;

    private static string Sick(IEnumerable<PodState> pods)
    {
        var sick = pods.Count(p => p.IsSick);
        return $"{sick} of its {Plural.Of(pods.Count(), "pod")} {Plural.Are(sick)} sick";
    }

    private static bool IsAvailable(WorkloadGroup group, string revision) => group.Pods.Exists(p => p.Revision == revision && p.Works);

    private static IEnumerable<IGrouping<string, PodState>> Of(WorkloadGroup group) =>
        group.Pods.Where(p => !p.IsOver && p.Revision.Length > 0).GroupBy(p => p.Revision);

    /// <summary>
    /// All that are wanted are there and well, no container of theirs has ended since then, and whatever was there then was ready and has
    /// been since. Pods that came later, as an autoscaler adds them, may be younger; most must not be.
    /// </summary>
    private static bool ServesWell(WorkloadGroup group, string revision, int desired, DateTimeOffset since)
    {
        var pods = group.Pods.Where(p => !p.IsOver && p.Revision == revision).ToList();
        var old = pods.Where(p => p.Pod.Metadata.CreationTimestamp <= since).ToList();
        return desired > 0
            && pods.Count >= desired
            && pods.TrueForAll(p => p.Works && !p.HasEndedSince(since))
            && old.TrueForAll(p => IsReadySince(p, since))
            && old.Count * 2 >= desired;
    }

    /// <summary>Revisions with at least so many pods that serve, and have since then.</summary>
    private static List<string> Serving(WorkloadGroup group, int pods, DateTimeOffset since) =>
        [.. Of(group).Where(r => r.Count(p => p.Works && IsReadySince(p, since)) >= pods).Select(r => r.Key)];

    private static bool IsReadySince(PodState pod, DateTimeOffset since) =>
        pod.Pod.Status.Conditions.Of("Ready")?.LastTransitionTime <= since;

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
