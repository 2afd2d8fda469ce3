using System.Collections.Concurrent;
using Microsoft.Data.Sqlite;

namespace Remediator.Journal.Sqlite;

/// <summary>A few read connections, used on the thread pool: SQLite blocks, and callers may be on a scheduler that must not.</summary>
internal sealed class SqliteReaders(string file) : IDisposable
{
    private const int AtOnce = 4;

    private readonly ConcurrentBag<SqliteConnection> _idle = [];
    private readonly SemaphoreSlim _places = new(AtOnce);
    private volatile bool _closed;

    /// <exception cref="Core.Journal.StoreUnavailableException">The store cannot be read now.</exception>
    public async Task<T> ReadAsync<T>(Func<SqliteConnection, T> read, CancellationToken cancellationToken)
    {
        await _places.WaitAsync(cancellationToken);
        try
        {
            return await Task.Run(() => Read(read), cancellationToken);
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

    private T Read<T>(Func<SqliteConnection, T> read)
    {
        if (_closed)
            throw new Core.Journal.StoreUnavailableException($"The store {file} is closed: the server is stopping.");
        SqliteConnection? connection = null;
        try
        {
            connection = _idle.TryTake(out var idle) ? idle : SqliteConnections.OpenReader(file);
            var result = read(connection);
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
