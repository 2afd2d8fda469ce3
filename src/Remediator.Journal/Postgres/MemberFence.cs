using Remediator.Core.Journal;

namespace Remediator.Journal.Postgres;

/// <summary>
/// The member as which this process writes. Its row is read in each transaction, after the lock under which a member is declared dead.
/// </summary>
internal sealed class MemberFence
{
    private volatile string? _id;
    private volatile bool _wasThere;

    /// <summary>Null while this process is no member.</summary>
    public string? Id => _id;

    public void WriteAs(string id) => _id = id;

    /// <param name="isDead">Null where there is no such row: not yet, or no more.</param>
    public void Check(bool? isDead)
    {
        _wasThere |= isDead is not null;
        if (isDead ?? _wasThere)
            throw new ReplicaFencedException(
                $"The other replicas have declared this one ({_id}) dead and do its work. It must stop; what it did not "
                    + $"commit by now is theirs.");
    }
}
