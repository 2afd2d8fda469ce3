using Remediator.Core.Journal;

namespace Remediator.Journal.Sqlite;

/// <summary>Writes to the disk, since a full or read-only one still lets everything be read.</summary>
internal sealed class SqliteStoreHealth(SqliteStore store) : IStoreHealth
{
    public async Task<StoreStatus> CheckAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await store.Writer.WriteAsync(Check, cancellationToken);
        }
        catch (StoreUnavailableException e)
        {
            return new(e.Message, 0);
        }
    }

    private static StoreStatus Check(WriteTransaction transaction)
    {
        transaction.Execute("UPDATE epoch SET value = value");
        return new("", (long)transaction.Scalar("SELECT COUNT(*) FROM inbox")!);
    }
}
