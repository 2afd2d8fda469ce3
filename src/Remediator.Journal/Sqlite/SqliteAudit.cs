using System.Data.Common;
using Microsoft.Data.Sqlite;
using Remediator.Core.Journal;
using Remediator.Journal.Reading;
using Remediator.Journal.Storage;

namespace Remediator.Journal.Sqlite;

/// <summary>Reads the file of a data folder. It writes nothing and takes no lock.</summary>
internal sealed class SqliteAudit(string folder) : IAuditSource
{
    public T Read<T>(Func<DbConnection, T> read, bool mayRepeat)
    {
        var file = JournalFolder.StoreFile(folder);
        if (!File.Exists(file))
            throw new StoreUnavailableException(
                $"There is no journal in {folder} (no {Path.GetFileName(file)}). Name the data folder of a server that has "
                    + $"run (Journal:DataFolder).");
        try
        {
            using var opened = AuditConnection.Open(file);
            try
            {
                // One snapshot: entries and checkpoints belong together while the server goes on writing.
                using var snapshot = opened.Connection.BeginTransaction(deferred: true);
                var result = read(opened.Connection);
                if (!opened.IsDisturbed)
                    return result;
            }
            catch (SqliteException) when (opened.IsDisturbed)
            {
                // What was read of a file that changed means nothing.
            }
        }
        catch (SqliteException e)
        {
            throw SqliteFaults.Explain(e, file);
        }
        catch (Exception e) when (e is InvalidCastException or FormatException or OverflowException)
        {
            throw new StoreUnavailableException($"The store {file} holds something that no server wrote: {e.Message}", e);
        }

        return mayRepeat
            ? Read(read, mayRepeat: false)
            : throw new StoreUnavailableException("A server has opened the store while it was read. Run this again.");
    }
}
