using System.Data;
using System.Data.Common;
using Remediator.Core.Journal;
using Remediator.Journal.Reading;

namespace Remediator.Journal.Postgres;

internal sealed class PostgresAudit(PostgresSettings settings) : IAuditSource
{
    public T Read<T>(Func<DbConnection, T> read, bool mayRepeat)
    {
        try
        {
            using var source = settings.Patient(readOnly: true);
            using var connection = source.OpenConnection();
            using var snapshot = connection.BeginTransaction(IsolationLevel.RepeatableRead);
            PostgresSchema.RequireCurrent(settings, connection);
            return read(connection);
        }
        catch (Exception e) when (PostgresFaults.IsFault(e))
        {
            throw PostgresFaults.Explain(e, settings);
        }
        catch (Exception e) when (e is InvalidCastException or FormatException or OverflowException)
        {
            throw new StoreUnavailableException($"{settings.Name} holds something that no server wrote: {e.Message}", e);
        }
    }
}
