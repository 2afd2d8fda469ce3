using Microsoft.Data.Sqlite;
using Remediator.Journal.Writing;

namespace Remediator.Journal.Sqlite;

internal sealed class SqliteEngine(string file, long epoch) : IWriteEngine
{
    public string Name => $"The store {file}";

    public IWriteSession Open() => new SqliteSession(file, epoch);

    public bool IsOfRequest(Exception fault) => fault is SqliteException e && !SqliteFaults.IsOfStore(e);

    public Exception Explain(Exception fault) => SqliteFaults.Explain(fault, file);

    public void Dispose()
    {
        // a file needs no goodbye
    }
}
