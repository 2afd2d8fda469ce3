using Dapper;
using DbUp;
using DbUp.Engine.Output;
using Microsoft.Data.Sqlite;
using Remediator.Core.Journal;
using Remediator.Journal.Format;

namespace Remediator.Journal.Sqlite;

internal static class SqliteSchema
{
    private static readonly SchemaScripts Scripts = new("sqlite");

    /// <summary>Brings the store to this program's schema, each script in its own transaction.</summary>
    public static void Upgrade(string file)
    {
        var upgrader = DeployChanges.To
            .SqliteDatabase(new SqliteConnectionStringBuilder { DataSource = file, Pooling = false, DefaultTimeout = 1 }.ToString())
            .WithScripts(Scripts.All)
            .WithTransactionPerScript()
            .WithVariablesDisabled()
            .LogTo(new NoOpUpgradeLog())
            .Build();
        Scripts.RefuseNewer($"The store {file}", upgrader.GetExecutedScripts());
        var result = upgrader.PerformUpgrade();
        if (!result.Successful)
            throw new StoreUnavailableException(
                $"The store {file} could not be migrated to this version's schema: {result.ErrorScript?.Name}: {result.Error.Message}",
                result.Error);
    }

    /// <summary>For readers, which change nothing.</summary>
    /// <exception cref="StoreUnavailableException">This is no store, or one of a newer or an older program.</exception>
    public static void RequireCurrent(string file, SqliteConnection connection)
    {
        if (connection.QuerySingle<long>("SELECT COUNT(*) FROM sqlite_master WHERE name = 'SchemaVersions'") == 0)
            throw new StoreUnavailableException($"{file} is not a journal of Remediator.");
        Scripts.RequireAll($"The store {file}", connection.Query<string>("SELECT ScriptName FROM SchemaVersions").AsList());
    }
}
