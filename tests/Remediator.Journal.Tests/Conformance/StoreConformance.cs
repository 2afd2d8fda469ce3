using Remediator.Core.Journal;

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
