using Remediator.Core.Journal;

namespace Remediator.Grains.Tests.Membership;

/// <summary>A table of members in memory, as the port describes it, and the leases beside it.</summary>
internal sealed class SharedMembers(TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, StoredMember> _members = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (string Owner, DateTimeOffset Until)> _leases = new(StringComparer.Ordinal);
    private long _version;

    /// <summary>The table as one process sees it.</summary>
    public View For() => new(this);

    public bool IsDead(string id)
    {
        lock (_lock)
        {
            return _members.GetValueOrDefault(id)?.Member.IsDead ?? false;
        }
    }

    public string? HolderOf(string lease)
    {
        lock (_lock)
        {
            return _leases.TryGetValue(lease, out var held) && held.Until > time.GetUtcNow() ? held.Owner : null;
        }
    }

    private T Locked<T>(Func<T> work)
    {
        lock (_lock)
        {
            return work();
        }
    }

    private bool Write(Member member, long tableVersion, Func<StoredMember?, bool> allowed) => Locked(() =>
    {
        if (tableVersion != _version || !allowed(_members.GetValueOrDefault(member.Id)))
        {
            return false;
        }

        _members[member.Id] = new(member, ++_version);
        return true;
    });

    internal sealed class View(SharedMembers shared) : IMembers, ILeases
    {
        public string? Own { get; private set; }

        /// <summary>While set, nothing of the store can be reached.</summary>
        public bool IsCut { get; set; }

        public void ThrowIfFenced()
        {
            ThrowIfCut();
            if (Own is { } own && shared.IsDead(own))
            {
                throw new ReplicaFencedException($"{own} was declared dead.");
            }
        }

        public Task<MemberTable> ReadAsync(CancellationToken cancellationToken)
        {
            ThrowIfCut();
            return Task.FromResult(shared.Locked(() => new MemberTable(shared._version, [.. shared._members.Values])));
        }

        public Task<bool> TryInsertAsync(Member member, long tableVersion, CancellationToken cancellationToken)
        {
            ThrowIfCut();
            return Task.FromResult(shared.Write(member, tableVersion, known => known is null));
        }

        public Task<bool> TryUpdateAsync(Member member, long version, long tableVersion, CancellationToken cancellationToken)
        {
            ThrowIfCut();
            return Task.FromResult(shared.Write(member, tableVersion, known => known?.Version == version));
        }

        public Task TouchAsync(string id, DateTimeOffset aliveAt, CancellationToken cancellationToken)
        {
            ThrowIfCut();
            return Task.FromResult(shared.Locked(() => shared._members.TryGetValue(id, out var known)
                ? shared._members[id] = known with { Member = known.Member with { AliveAt = aliveAt } }
                : null));
        }

        public Task ForgetAsync(DateTimeOffset before, CancellationToken cancellationToken)
        {
            ThrowIfCut();
            return Task.FromResult(shared.Locked(() => shared._members.Values.Where(m => m.Member.IsDead && m.Member.AliveAt < before)
                .ToList()
                .TrueForAll(m => shared._members.Remove(m.Member.Id))));
        }

        public void WriteAs(string id) => Own = id;

        public Task<bool> HoldAsync(string name, string owner, TimeSpan duration, CancellationToken cancellationToken)
        {
            ThrowIfFenced();
            return Task.FromResult(shared.Locked(() =>
            {
                if (shared.HolderOf(name) is { } holder && holder != owner)
                {
                    return false;
                }

                shared._leases[name] = (owner, shared.Now + duration);
                return true;
            }));
        }

        public Task ReleaseAsync(string name, string owner, CancellationToken cancellationToken)
        {
            ThrowIfFenced();
            return Task.FromResult(shared.Locked(() => shared.HolderOf(name) == owner && shared._leases.Remove(name)));
        }

        private void ThrowIfCut()
        {
            if (IsCut)
            {
                throw new StoreUnavailableException("it is cut off");
            }
        }
    }

    private DateTimeOffset Now => time.GetUtcNow();
}
