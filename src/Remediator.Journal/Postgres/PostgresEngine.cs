using Npgsql;
using Remediator.Core.Journal;
using Remediator.Journal.Writing;

namespace Remediator.Journal.Postgres;

internal sealed class PostgresEngine(PostgresSettings settings, MemberFence fence) : IWriteEngine
{
    private readonly NpgsqlDataSource _source = settings.Writer();

    public string Name => settings.Name;

    public IWriteSession Open() => new PostgresSession(_source.OpenConnection(), fence);

    public bool IsOfRequest(Exception fault) => PostgresFaults.IsOfRequest(fault);

    public Exception Explain(Exception fault) => fault is ReplicaFencedException ? fault : PostgresFaults.Explain(fault, settings);

    public void Dispose() => _source.Dispose();
}
