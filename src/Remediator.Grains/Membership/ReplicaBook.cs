using System.Collections.Immutable;
using Remediator.Core.Events;
using Remediator.Core.Journal;
using Remediator.Core.Resources;

namespace Remediator.Grains.Membership;

/// <summary>
/// What the journal has said of the replicas so far. Compared with their table it says what is to be told still, whoever looks and
/// whenever.
/// </summary>
internal sealed record ReplicaBook
{
    public const int Schema = 1;

    public static ReplicaBook Empty { get; } = new();

    public static StreamShape<ReplicaBook> Stream { get; } = new(Schema, Empty, (book, happened) => book.After(happened.Event));

    /// <summary>Replicas that joined, by id, with their hosts.</summary>
    public ImmutableSortedDictionary<string, string> Present { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>The dead of whom it was said; they stay in the table for some time.</summary>
    public ImmutableSortedSet<string> Over { get; init; } = [];

    /// <summary>Since the journal began.</summary>
    public long Lost { get; init; }

    /// <summary>Since the journal began.</summary>
    public long Fenced { get; init; }

    /// <summary>The stream that these events belong to.</summary>
    public static ResourceKey Key(string cluster) => new(cluster, ResourceKinds.Engine, "", "replicas");

    /// <returns>What there is to tell beside what the journal has.</returns>
    public IReadOnlyList<Event> Next(MemberTable table)
    {
        var book = this;
        var events = new List<Event>();
        foreach (var member in table.Members.Select(m => m.Member))
        {
            if (book.Told(member) is { } told)
            {
                events.Add(told);
                book = book.After(told);
            }
        }

        foreach (var (id, host) in book.Present.Where(p => table.Members.All(m => m.Member.Id != p.Key)))
        {
            var gone = new ReplicaLost(id, host, null, []);
            events.Add(gone);
            book = book.After(gone);
        }

        return events;
    }

    /// <summary>Of the dead only those who are still in the table have to be remembered.</summary>
    public ReplicaBook Without(MemberTable table) => this with { Over = Over.Intersect(table.Members.Select(m => m.Member.Id)) };

    public ReplicaBook After(Event told) => told switch
    {
        ReplicaJoined e => this with { Present = Present.SetItem(e.Replica, e.Host) },
        ReplicaLeft e => this with { Present = Present.Remove(e.Replica), Over = Over.Add(e.Replica) },
        ReplicaLost e => this with { Present = Present.Remove(e.Replica), Over = Over.Add(e.Replica), Lost = Lost + 1 },
        ReplicaFenced => this with { Fenced = Fenced + 1 },
        _ => this,
    };

    private Event? Told(Member member)
    {
        var (host, aliveAt, by) = MemberRow.Describe(member);
        return member switch
        {
            { IsDead: true } when Over.Contains(member.Id) => null,
            // who shuts down votes against itself
            { IsDead: true } when by.Contains(member.Id) => new ReplicaLeft(member.Id, host, aliveAt),
            { IsDead: true } => new ReplicaLost(member.Id, host, aliveAt, by),
            { Status: nameof(SiloStatus.Active) } when !Present.ContainsKey(member.Id) => new ReplicaJoined(member.Id, host),
            _ => null,
        };
    }
}
