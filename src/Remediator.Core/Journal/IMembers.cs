namespace Remediator.Core.Journal;

/// <summary>The replicas that share a store. Rows and table carry versions: who wrote on old ones has written nothing.</summary>
public interface IMembers
{
    /// <summary>The whole table as of one moment.</summary>
    /// <exception cref="StoreUnavailableException">The store cannot be read now.</exception>
    Task<MemberTable> ReadAsync(CancellationToken cancellationToken);

    /// <returns>False where the member is there already, or the table has another version by now.</returns>
    Task<bool> TryInsertAsync(Member member, long tableVersion, CancellationToken cancellationToken);

    /// <returns>False where the row or the table has another version by now.</returns>
    Task<bool> TryUpdateAsync(Member member, long version, long tableVersion, CancellationToken cancellationToken);

    /// <summary>Only moves the sign of life; no version changes.</summary>
    Task TouchAsync(string id, DateTimeOffset aliveAt, CancellationToken cancellationToken);

    /// <summary>Forgets dead members that were last alive before.</summary>
    Task ForgetAsync(DateTimeOffset before, CancellationToken cancellationToken);

    /// <summary>
    /// From now on this process writes as this member: once it has been declared dead, every write throws
    /// <see cref="ReplicaFencedException"/>.
    /// </summary>
    void WriteAs(string id);
}

/// <param name="Id">Address and generation of its silo.</param>
/// <param name="Document">What membership keeps of it besides, as JSON.</param>
public sealed record Member(string Id, string Status, bool IsDead, DateTimeOffset AliveAt, string Document);

public sealed record StoredMember(Member Member, long Version);

public sealed record MemberTable(long Version, IReadOnlyList<StoredMember> Members);

/// <summary>Work that one replica does for all: who holds the lease does it, until it is over by the store's clock.</summary>
public interface ILeases
{
    /// <summary>
    /// Takes a lease that is free or over, or holds on to one's own. What a member held that was declared dead is free at once.
    /// </summary>
    /// <exception cref="ReplicaFencedException">The owner is this process, and was declared dead.</exception>
    /// <returns>True where the owner has it, for the duration from before this call.</returns>
    Task<bool> HoldAsync(string name, string owner, TimeSpan duration, CancellationToken cancellationToken);

    Task ReleaseAsync(string name, string owner, CancellationToken cancellationToken);
}

/// <summary>The other replicas have declared this one dead and do its work; it must stop at once.</summary>
public sealed class ReplicaFencedException(string message) : StoreUnavailableException(message);
