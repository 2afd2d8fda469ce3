using System.Collections.Concurrent;
using System.Data.Common;
using Microsoft.Data.Sqlite;
using Remediator.Core.Journal;
using Remediator.Journal.Reading;

namespace Remediator.Journal.Sqlite;

/// <summary>A few read connections, used on the thread pool: SQLite blocks, and callers may be on a scheduler that must not.</summary>
internal sealed class SqliteReaders(string file) : IStoreReader
{
    private const int AtOnce = 4;

    private readonly ConcurrentBag<SqliteConnection> _idle = [];
    private readonly SemaphoreSlim _places = new(AtOnce);
    private volatile bool _closed;

    public async Task<T> ReadAsync<T>(Func<DbConnection, Task<T>> read, CancellationToken cancellationToken)
    {
        await _places.WaitAsync(cancellationToken);
        try
        {
            return await Task.Run(() => OnConnectionAsync(read), cancellationToken);
        }
        finally
        {
            _places.Release();
        }
    }

    public void Dispose()
    {
        _closed = true;
        for (var i = 0; i < AtOnce; i++)
            _places.Wait();
        while (_idle.TryTake(out var connection))
            connection.Dispose();
        _places.Release(AtOnce);
    }

    private async Task<T> OnConnectionAsync<T>(Func<DbConnection, Task<T>> read)
    {
        if (_closed)
            throw new StoreUnavailableException($"The store {file} is closed: the server is stopping.");
        SqliteConnection? connection = null;
        try
        {
            connection = _idle.TryTake(out var idle) ? idle : SqliteConnections.OpenReader(file);
            var result = await read(connection);
            _idle.Add(connection);
            return result;
        }
        catch (Exception e)
        {
            connection?.Dispose();
            if (e is SqliteException)
                throw SqliteFaults.Explain(e, file);
            throw;
        }
    }
}
