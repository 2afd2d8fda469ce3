using System.Reflection;
using Dapper;
using DbUp;
using DbUp.Engine;
using DbUp.Engine.Output;
using Microsoft.Data.Sqlite;
using Remediator.Core.Journal;

namespace Remediator.Journal.Sqlite;

/// <summary>Brings a store to this program's schema: forward only, each script in its own transaction.</summary>
internal static class SqliteSchema
{
    private static readonly SqlScript[] Scripts = [.. Assembly.GetExecutingAssembly().GetManifestResourceNames()
        .Where(name => name.EndsWith(".sql", StringComparison.Ordinal))
        .Order(StringComparer.Ordinal)
        .Select(name => SqlScript.FromStream(name, Assembly.GetExecutingAssembly().GetManifestResourceStream(name)))];

    public static void Upgrade(string file)
    {
        var upgrader = DeployChanges.To
            .SqliteDatabase(new SqliteConnectionStringBuilder { DataSource = file, Pooling = false, DefaultTimeout = 1 }.ToString())
            .WithScripts(Scripts)
            .WithTransactionPerScript()
            .WithVariablesDisabled()
            .LogTo(new NoOpUpgradeLog())
            .Build();
        RefuseNewer(file, upgrader.GetExecutedScripts());
        var result = upgrader.PerformUpgrade();
        if (!result.Successful)
            throw new StoreUnavailableException(
                $"The store {file} could not be brought to this version's schema: {result.ErrorScript?.Name}: {result.Error.Message}", result.Error);
    }

    /// <summary>For readers, which change nothing.</summary>
    /// <exception cref="StoreUnavailableException">This is no store, or one of a newer or an older program.</exception>
    public static void RequireCurrent(string file, SqliteConnection connection)
    {
        if (connection.QuerySingle<long>("SELECT COUNT(*) FROM sqlite_master WHERE name = 'SchemaVersions'") == 0)
            throw new StoreUnavailableException($"{file} is not a journal of Remediator.");
        var executed = connection.Query<string>("SELECT ScriptName FROM SchemaVersions").ToArray();
        RefuseNewer(file, executed);
        if (Scripts.Select(script => script.Name).Except(executed, StringComparer.Ordinal).Any())
            throw new StoreUnavailableException($"The store {file} was written by an older Remediator. Start this version's server on it once, then read it.");
    }

    private static void RefuseNewer(string file, IEnumerable<string> executed)
    {
        var unknown = executed.Except(Scripts.Select(script => script.Name), StringComparer.Ordinal).Order(StringComparer.Ordinal).ToArray();
        if (unknown.Length > 0)
            throw new StoreUnavailableException(
                $"The store {file} was written by a newer Remediator (its schema has {string.Join(", ", unknown)}, unknown here). Run that version or a later one.");
    }
}
