using Dapper;
using DbUp;
using DbUp.Engine.Output;
using Npgsql;
using Remediator.Core.Journal;
using Remediator.Journal.Format;

namespace Remediator.Journal.Postgres;

internal static class PostgresSchema
{
    private const string Versions = "schemaversions";

    private static readonly SchemaScripts Scripts = new("postgres");

    /// <summary>
    /// Brings the database to this program's schema. Replicas that start together take turns. Those that run already go on with what they
    /// know: a script may add to the schema, and take away only what no version that may still run has used.
    /// </summary>
    public static void Upgrade(PostgresSettings settings)
    {
        using var source = settings.Patient(readOnly: false);
        using var turn = source.OpenConnection();
        turn.Execute("SELECT pg_advisory_lock(5936471)");
        turn.Execute($"CREATE SCHEMA IF NOT EXISTS {PostgresSettings.Schema}");
        var upgrader = DeployChanges.To
            .PostgresqlDatabase(new DbUp.Postgresql.PostgresqlConnectionManager(source))
            .JournalToPostgresqlTable(PostgresSettings.Schema, Versions)
            .WithScripts(Scripts.All)
            .WithTransactionPerScript()
            .WithVariablesDisabled()
            .LogTo(new NoOpUpgradeLog())
            .Build();
        Scripts.RefuseNewer(settings.Name, upgrader.GetExecutedScripts());
        var result = upgrader.PerformUpgrade();
        if (!result.Successful)
            throw new StoreUnavailableException(
                $"{settings.Name} could not be migrated to this version's schema: {result.ErrorScript?.Name}: {result.Error.Message}",
                result.Error);
    }

    /// <summary>For readers, which change nothing.</summary>
    /// <exception cref="StoreUnavailableException">This is no store, or one of a newer or an older program.</exception>
    public static void RequireCurrent(PostgresSettings settings, NpgsqlConnection connection)
    {
        if (connection.QuerySingle<string?>($"SELECT to_regclass('{PostgresSettings.Schema}.{Versions}')::text") is null)
            throw new StoreUnavailableException($"{settings.Name} contains no Remediator journal.");
        Scripts.RequireAll(
            settings.Name, connection.Query<string>($"SELECT scriptname FROM {PostgresSettings.Schema}.{Versions}").AsList());
    }
}
