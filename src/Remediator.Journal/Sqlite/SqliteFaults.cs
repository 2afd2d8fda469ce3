using Microsoft.Data.Sqlite;
using Remediator.Core.Journal;
using static SQLitePCL.raw;

namespace Remediator.Journal.Sqlite;

/// <summary>What a fault of SQLite means for an operator.</summary>
internal static class SqliteFaults
{
    /// <summary>True where the store is at fault, and not one request.</summary>
    public static bool IsOfStore(SqliteException e) => e.SqliteErrorCode is
        SQLITE_BUSY or SQLITE_LOCKED or SQLITE_FULL or SQLITE_READONLY or SQLITE_IOERR or SQLITE_CANTOPEN or SQLITE_CORRUPT or SQLITE_NOTADB
        or SQLITE_NOMEM or SQLITE_PROTOCOL or SQLITE_PERM or SQLITE_AUTH or SQLITE_NOLFS or SQLITE_INTERRUPT;

    /// <summary>True where a row with this key is there already, or the trigger that guards it says so.</summary>
    public static bool IsTaken(SqliteException e) => e.SqliteExtendedErrorCode is
        SQLITE_CONSTRAINT_UNIQUE or SQLITE_CONSTRAINT_PRIMARYKEY or SQLITE_CONSTRAINT_ROWID or SQLITE_CONSTRAINT_TRIGGER;

    public static StoreUnavailableException Explain(Exception e, string file) => new(e switch
    {
        StoreUnavailableException known => known.Message,
        SqliteException sqlite => Describe(sqlite, file),
        _ => $"The store {file} cannot be used: {e.Message}"
    }, e);

    private static string Describe(SqliteException e, string file) => e.SqliteErrorCode switch
    {
        SQLITE_BUSY or SQLITE_LOCKED =>
            $"The store {file} is locked by another program. Find it (fuser {file}) and let it finish or stop it.",
        SQLITE_FULL => $"The disk of the store {file} is full. Free space on it; nothing else needs to be done.",
        SQLITE_READONLY => $"The store {file} is read-only. Make the file, its folder and its file system writable.",
        SQLITE_CANTOPEN => $"The store {file} cannot be opened. Is it there, and may this user read and write it and its folder?",
        SQLITE_CORRUPT or SQLITE_NOTADB =>
            $"The store {file} is damaged ({e.Message}). Stop the server and restore the file from a backup.",
        SQLITE_IOERR => $"The disk of the store {file} failed, or is full (SQLite I/O error {e.SqliteExtendedErrorCode}). "
            + $"See the kernel's log and the free space.",
        _ => $"The store {file} cannot be used: {e.Message}"
    };
}
