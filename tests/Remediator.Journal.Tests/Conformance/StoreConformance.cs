using Remediator.Core.Journal;
using Remediator.Journal.Sqlite;

namespace Remediator.Journal.Tests.Conformance;

/// <summary>What every engine of the store must do; derived once for each.</summary>
public abstract class StoreConformance : IAsyncLifetime
{
    private readonly PostgresDatabase? _database;
    private TestStore? _store;

    /// <param name="database">Null for a file.</param>
    protected StoreConformance(PostgresDatabase? database) => _database = database;

    protected static CancellationToken Token => TestContext.Current.CancellationToken;

    protected PostgresDatabase? Database => _database;

    private protected TestStore Store => _store!;

    protected IJournal Journal => Store.Journal;

    protected IInbox Inbox => Store.Inbox;

    protected IDueWork DueWork => Store.DueWork;

    /// <summary>What somebody with the file or the password, and a database tool, can do.</summary>
    protected async Task RunAsync(string sql)
    {
        if (_database is not null)
        {
            await _database.RunAsync(sql);
            return;
        }

        using var connection = SqliteConnections.OpenWriter(Store.File);
        SqliteConnections.Run(connection, sql);
    }

    public async ValueTask InitializeAsync()
    {
        if (_database is not null)
            await _database.ClearAsync();
        _store = new TestStore(database: _database);
    }

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        _store?.Dispose();
        return ValueTask.CompletedTask;
    }
}
