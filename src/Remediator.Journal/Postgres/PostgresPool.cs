using System.Data.Common;
using Npgsql;
using Remediator.Core.Journal;
using Remediator.Journal.Reading;

namespace Remediator.Journal.Postgres;

/// <summary>Connections for all that does not stand in the writers' line.</summary>
internal sealed class PostgresPool : IStoreReader
{
    private const int Readers = 8;
    /// <summary>Signs of life and leases must not wait behind readers.</summary>
    private const int Others = 4;

    private readonly PostgresSettings _settings;
    private readonly NpgsqlDataSource _source;
    private readonly SemaphoreSlim _places = new(Readers);
    private volatile bool _closed;

    public PostgresPool(PostgresSettings settings) => (_settings, _source) = (settings, settings.Pool(Readers + Others));

    public async Task<T> ReadAsync<T>(Func<DbConnection, Task<T>> read, CancellationToken cancellationToken)
    {
        await _places.WaitAsync(cancellationToken);
        try
        {
            return await OnConnectionAsync(read, cancellationToken);
        }
        catch (StoreUnavailableException e) when (!_closed && e.InnerException is { } fault && PostgresFaults.IsOfConnection(fault))
        {
            // An idle connection does not notice that the server was restarted; a new one tells whether it is there.
            return await OnConnectionAsync(read, cancellationToken);
        }
        finally
        {
            _places.Release();
        }
    }

    /// <summary>Once: what changes something must not be repeated where nobody knows whether it was done.</summary>
    /// <exception cref="StoreUnavailableException">The database cannot be asked now; whether it was done is unknown.</exception>
    public Task<T> RunAsync<T>(Func<NpgsqlConnection, Task<T>> run, CancellationToken cancellationToken) =>
        OnConnectionAsync(connection => run((NpgsqlConnection)connection), cancellationToken);

    public void Dispose()
    {
        _closed = true;
        _source.Dispose();
    }

    private async Task<T> OnConnectionAsync<T>(Func<DbConnection, Task<T>> run, CancellationToken cancellationToken)
    {
        try
        {
            await using var connection = await _source.OpenConnectionAsync(cancellationToken);
            return await run(connection);
        }
        catch (ObjectDisposedException e)
        {
            throw new StoreUnavailableException($"{_settings.Name} is closed: the server is stopping.", e);
        }
        catch (Exception e) when (PostgresFaults.IsFault(e))
        {
            throw PostgresFaults.Explain(e, _settings);
        }
    }
}
