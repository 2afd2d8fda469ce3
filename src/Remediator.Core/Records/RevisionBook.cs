using System.Collections.Immutable;
using Remediator.Core.Events;
using Remediator.Core.Facts;
using Remediator.Core.Resources;

namespace Remediator.Core.Records;

/// <summary>Which revisions have run well: the sum of the events of their stream.</summary>
public sealed record RevisionBook
{
    public const int Schema = 1;

    /// <summary>Of one workload; Kubernetes itself keeps ten old ones.</summary>
    private const int MostRevisions = 12;

    /// <summary>
    /// What one replica says of a revision so shortly after another one decided about an incident, it may say without knowing of that.
    /// </summary>
    private static readonly TimeSpan MayNotKnow = TimeSpan.FromMinutes(2);

    public static RevisionBook Empty { get; } = new();

    public static StreamShape<RevisionBook> Stream { get; } = new(Schema, Empty, (book, happened) => book.After(happened));

    /// <summary>By key.</summary>
    public ImmutableSortedDictionary<string, KnownRevisions> Workloads { get; init; } =
        ImmutableSortedDictionary.Create<string, KnownRevisions>(StringComparer.Ordinal);

    /// <summary>The stream that these events belong to.</summary>
    public static ResourceKey Key(string cluster) => new(cluster, ResourceKinds.Engine, "", "revisions");

    public RevisionBook After(Happened happened) => happened.Event switch
    {
        RevisionRanWell e => With(e.Workload, e.Uid, e.Revision, new(true, true, happened.At)),
        RevisionStruckOff e =>
            With(e.Workload, e.Uid, e.Revision, new(false, Find(e.Workload, e.Uid, e.Revision)?.WasGood ?? false, happened.At)),
        _ => this,
    };

    public RevisionStanding? Find(string workload, string uid, string revision) =>
        Workloads.GetValueOrDefault(workload) is { } known && known.Uid == uid ? known.Revisions.GetValueOrDefault(revision) : null;

    /// <returns>What there is to tell of a revision that has run well; null where the book has it.</returns>
    public Event? RanWell(string workload, string uid, string revision) =>
        Find(workload, uid, revision) is { IsGood: true } ? null : new RevisionRanWell(workload, uid, revision);

    /// <returns>What there is to tell of a revision that went bad; null where it was not good.</returns>
    public Event? WentBad(string workload, string uid, string revision, string reason) =>
        Find(workload, uid, revision) is { IsGood: true } ? new RevisionStruckOff(workload, uid, revision, reason) : null;

    /// <summary>An incident has opened on the revision: it is not good, and if it was not yet, has to run well from then on.</summary>
    /// <returns>Null where the book has said something of the revision since.</returns>
    public Event? Opened(string workload, string uid, string revision, string incident, DateTimeOffset at) =>
        Struck(workload, uid, revision, $"incident {incident} opened while it was the newest", at);

    /// <summary>An incident has opened, and nobody knows which revision was the newest then.</summary>
    /// <param name="newest">The one that is now.</param>
    public IEnumerable<Event> OpenedOnOne(string workload, string uid, string newest, string incident, DateTimeOffset at)
    {
        var good = Workloads.GetValueOrDefault(workload) is { } known && known.Uid == uid
            ? known.Revisions.Where(r => r.Value.IsGood).Select(r => r.Key)
            : [];
        return good.Append(newest).Distinct()
            .Select(r => Struck(workload, uid, r, $"incident {incident} opened while it may have been the newest", at))
            .OfType<Event>();
    }

    /// <summary>Whether all answers are the same.</summary>
    public bool IsSame(RevisionBook other) =>
        Workloads.Count == other.Workloads.Count
            && Workloads.All(w => other.Workloads.GetValueOrDefault(w.Key) is { } o
                && o.Uid == w.Value.Uid
                && o.Revisions.Count == w.Value.Revisions.Count
                && w.Value.Revisions.All(r => o.Revisions.GetValueOrDefault(r.Key) == r.Value));

    /// <summary>Without the workloads that are no more.</summary>
    public RevisionBook Of(IReadOnlySet<string> workloads) =>
        this with { Workloads = Workloads.RemoveRange(Workloads.Keys.Where(k => !workloads.Contains(k))) };

    private RevisionStruckOff? Struck(string workload, string uid, string revision, string reason, DateTimeOffset at) =>
        Find(workload, uid, revision) is { } last && last.At - (last.IsGood ? MayNotKnow : TimeSpan.Zero) > at
            ? null
            : new RevisionStruckOff(workload, uid, revision, reason);

    private RevisionBook With(string workload, string uid, string revision, RevisionStanding standing)
    {
        var known = Workloads.GetValueOrDefault(workload) is { } before && before.Uid == uid
            ? before.Revisions
            : ImmutableSortedDictionary.Create<string, RevisionStanding>(StringComparer.Ordinal);
        var revisions = known.SetItem(revision, standing);
        if (revisions.Count > MostRevisions)
            revisions = revisions.Remove(revisions.MinBy(r => r.Value.At).Key);
        return this with { Workloads = Workloads.SetItem(workload, new(uid, revisions)) };
    }
}

/// <param name="Uid">Of the workload that they are of.</param>
public sealed record KnownRevisions(string Uid, ImmutableSortedDictionary<string, RevisionStanding> Revisions);
