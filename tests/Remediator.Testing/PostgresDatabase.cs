using Npgsql;

namespace Remediator.Testing;

/// <summary>A database of its own on the PostgreSQL of the tests, or on another one.</summary>
public sealed class PostgresDatabase : IAsyncDisposable
{
    private const string Variable = "REMEDIATOR_TEST_POSTGRES";

    private readonly string _admin;
    private readonly string _name = $"test_{Guid.NewGuid():n}";

    private PostgresDatabase(string admin) => _admin = admin;

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
    public static async Task<PostgresDatabase> CreateAsync(string admin)
    {
        var database = new PostgresDatabase(admin);
        await database.AsAdminAsync($"CREATE ROLE {database._name} LOGIN PASSWORD '{database._name}'", $"CREATE DATABASE {database._name} OWNER {database._name}");
        return database;
    }

    public async ValueTask DisposeAsync() => await AsAdminAsync($"DROP DATABASE IF EXISTS {_name} WITH (FORCE)", $"DROP ROLE IF EXISTS {_name}");

    public async Task<NpgsqlConnection> OpenAsync()
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
