using Microsoft.Data.Sqlite;
using Remediator.Core.Journal;

namespace Remediator.Journal.Sqlite;

/// <summary>One connection of the writer. After any fault of the store it is thrown away, and the next group opens another.</summary>
internal sealed class WriteSession : IDisposable
{
    private readonly SqliteConnection _connection;
    private readonly WriteTransaction _transaction;
    private readonly long _epoch;

    public WriteSession(string file, long epoch)
    {
        _connection = SqliteConnections.OpenWriter(file);
        _transaction = new WriteTransaction(_connection);
        _epoch = epoch;
    }

    public long Sequence => _transaction.Sequence;

    public long CountInbox() => (long)_transaction.Scalar("SELECT COUNT(*) FROM inbox")!;

    /// <summary>Applies each request in its own savepoint and commits them together.</summary>
    /// <returns>Requests that failed by themselves, with their faults; all others are durable. And by how much the inbox is longer.</returns>
    public (IReadOnlyDictionary<WriteRequest, Exception> Failed, int InboxChange) Commit(IReadOnlyList<WriteRequest> group)
    {
        _transaction.Execute("BEGIN IMMEDIATE");
        CheckEpoch();
        _transaction.Sequence = (long)_transaction.Scalar("SELECT COALESCE(MAX(sequence), 0) FROM event")!;
        var failed = new Dictionary<WriteRequest, Exception>();
        var inboxChange = 0;
        foreach (var request in group)
        {
            inboxChange += Apply(request, failed);
            Failpoint.Hit("mid-group-commit");
        }

        _transaction.Execute("COMMIT");
        return (failed, inboxChange);
    }

    public void Dispose()
    {
        _transaction.Dispose();
        _connection.Dispose();
    }

    private int Apply(WriteRequest request, Dictionary<WriteRequest, Exception> failed)
    {
        var sequence = _transaction.Sequence;
        _transaction.Start();
        _transaction.Execute("SAVEPOINT request");
        try
        {
            request.Apply(_transaction);
        }
        catch (Exception e) when (e is not SqliteException sqlite || !SqliteFaults.IsOfStore(sqlite))
        {
            failed.Add(request, e);
        }

        var keep = !_transaction.Refused && !failed.ContainsKey(request);
        if (!keep)
        {
            _transaction.Execute("ROLLBACK TO request");
            _transaction.Sequence = sequence;
        }

        _transaction.Execute("RELEASE request");
        return keep ? _transaction.InboxChange : 0;
    }

    private void CheckEpoch()
    {
        if (_transaction.Scalar("SELECT value FROM epoch") is var epoch && epoch is not long value)
            throw new StoreUnavailableException("The store has lost its epoch: it is damaged. Restore it from a backup.");
        else if (value != _epoch)
            throw new StoreUnavailableException(
                $"Another Remediator has taken this store over (its epoch is {epoch}, this process started with {_epoch}). Stop this process.");
    }
}
