using System.Reflection;
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

    /// <exception cref="StoreUnavailableException">A newer program has written this store.</exception>
    public static void RefuseNewer(string file, IEnumerable<string> executed)
    {
        var unknown = executed.Except(Scripts.Select(script => script.Name), StringComparer.Ordinal).Order(StringComparer.Ordinal).ToArray();
        if (unknown.Length > 0)
            throw new StoreUnavailableException(
                $"The store {file} was written by a newer Remediator (its schema has {string.Join(", ", unknown)}, unknown here). Run that version or a later one.");
    }
}
