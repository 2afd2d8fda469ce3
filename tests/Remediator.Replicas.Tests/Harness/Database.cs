using Npgsql;

namespace Remediator.Replicas.Tests.Harness;

/// <summary>An entry of the journal as it stands in the database.</summary>
internal sealed record Entry(long Sequence, string Resource, DateTimeOffset At, string Type, string Payload);

/// <summary>A database of its own on the PostgreSQL of the tests, or on another one.</summary>
internal sealed class Database : IAsyncDisposable
{
    private const string Variable = "REMEDIATOR_TEST_POSTGRES";

    private readonly string _admin;
    private readonly string _name = $"replicas_{Guid.NewGuid():n}";

    private Database(string admin) => _admin = admin;

    /// <summary>For <c>Journal:Postgres</c>.</summary>
    public string Connection(string? host = null, int? port = null)
    {
        var own = new NpgsqlConnectionStringBuilder(_admin) { Database = _name, Username = _name, Password = null };
        (own.Host, own.Port) = (host ?? own.Host, port ?? own.Port);
        return own.ConnectionString;
    }

    public string Password => _name;

    public int Port => new NpgsqlConnectionStringBuilder(_admin).Port;

    public static string Shared => Environment.GetEnvironmentVariable(Variable)
        ?? throw new InvalidOperationException($"{Variable} names no PostgreSQL: run tests/run, or start one with tests/postgres/up and set it to what that prints last.");

    /// <param name="admin">Connection string of somebody who may make databases.</param>
    public static async Task<Database> CreateAsync(string admin)
    {
        var database = new Database(admin);
        await database.AsAdminAsync($"CREATE ROLE {database._name} LOGIN PASSWORD '{database._name}'", $"CREATE DATABASE {database._name} OWNER {database._name}");
        return database;
    }

    public async Task<IReadOnlyList<Entry>> EntriesAsync(string? resource = null)
    {
        var entries = new List<Entry>();
        await using var connection = await OpenAsync();
        await using var command = new NpgsqlCommand("SELECT sequence, resource, at, type, payload FROM remediator.event WHERE $1 = '' OR resource = $1 ORDER BY sequence", connection) { Parameters = { new() { Value = resource ?? "" } } };
        await using var rows = await command.ExecuteReaderAsync();
        while (await rows.ReadAsync())
            entries.Add(new(rows.GetInt64(0), rows.GetString(1), DateTimeOffset.Parse(rows.GetString(2), System.Globalization.CultureInfo.InvariantCulture), rows.GetString(3), rows.GetString(4)));
        return entries;
    }

    public async Task<long> InboxAsync()
    {
        await using var connection = await OpenAsync();
        await using var command = new NpgsqlCommand("SELECT (SELECT COUNT(*) FROM remediator.inbox) + (SELECT COUNT(*) FROM remediator.dead_letter)", connection);
        return (long)(await command.ExecuteScalarAsync())!;
    }

    public async ValueTask DisposeAsync() => await AsAdminAsync($"DROP DATABASE IF EXISTS {_name} WITH (FORCE)", $"DROP ROLE IF EXISTS {_name}");

    private async Task<NpgsqlConnection> OpenAsync()
    {
        var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(_admin) { Database = _name, Pooling = false }.ConnectionString);
        await connection.OpenAsync();
        return connection;
    }

    private async Task AsAdminAsync(params string[] statements)
    {
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(_admin) { Pooling = false }.ConnectionString);
        await connection.OpenAsync();
        foreach (var statement in statements)
        {
            await using var command = new NpgsqlCommand(statement, connection);
            await command.ExecuteNonQueryAsync();
        }
    }
}
