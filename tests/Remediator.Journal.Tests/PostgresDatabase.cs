using Npgsql;

namespace Remediator.Journal.Tests;

/// <summary>A database of its own for a class of tests, with a user who owns it and nothing else. Each store of a test begins with an empty one.</summary>
public sealed class PostgresDatabase : IAsyncLifetime
{
    private const string Variable = "REMEDIATOR_TEST_POSTGRES";

    private readonly string? _admin;
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("postgres-");
    private readonly string _name = $"test_{Guid.NewGuid():n}";

    public PostgresDatabase()
    {
    }

    internal PostgresDatabase(string admin) => _admin = admin;

    /// <summary>Of the user who owns the server.</summary>
    public string Admin => _admin ?? Environment.GetEnvironmentVariable(Variable)
        ?? throw new InvalidOperationException($"{Variable} names no PostgreSQL: run tests/run, or start one with tests/postgres/up and set it to what that prints last.");

    public string Name => _name;

    /// <summary>Without the password, as the settings have it.</summary>
    public string Connection => new NpgsqlConnectionStringBuilder(Admin) { Database = _name, Username = _name, Password = null }.ConnectionString;

    public string PasswordFile => Path.Combine(_folder.FullName, "password");

    public async ValueTask InitializeAsync()
    {
        await File.WriteAllTextAsync(PasswordFile, _name + "\n");
        await AsAdminAsync($"CREATE ROLE {_name} LOGIN PASSWORD '{_name}'", $"CREATE DATABASE {_name} OWNER {_name}");
    }

    public async ValueTask DisposeAsync()
    {
        await AsAdminAsync($"DROP DATABASE IF EXISTS {_name} WITH (FORCE)", $"DROP ROLE IF EXISTS {_name}");
        _folder.Delete(recursive: true);
    }

    internal void Use(JournalOptions options) => (options.Postgres, options.PostgresPasswordFile) = (Connection, PasswordFile);

    /// <summary>As if no server had ever run on it.</summary>
    public async Task ClearAsync() => await RunAsync("DROP SCHEMA IF EXISTS remediator CASCADE");

    /// <summary>What somebody with the password and a database tool can do.</summary>
    public async Task RunAsync(string sql)
    {
        await using var connection = await OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    public Task<NpgsqlConnection> OpenAsync() => OpenAsync(new(Connection) { Password = _name });

    public Task<NpgsqlConnection> OpenAsAdminAsync() => OpenAsAdminAsync(_name);

    private Task<NpgsqlConnection> OpenAsAdminAsync(string database) => OpenAsync(new(Admin) { Database = database });

    private static async Task<NpgsqlConnection> OpenAsync(NpgsqlConnectionStringBuilder settings)
    {
        (settings.Pooling, settings.SearchPath) = (false, "remediator");
        var connection = new NpgsqlConnection(settings.ConnectionString);
        await connection.OpenAsync();
        return connection;
    }

    private async Task AsAdminAsync(params string[] statements)
    {
        await using var connection = await OpenAsAdminAsync(new NpgsqlConnectionStringBuilder(Admin).Database!);
        foreach (var statement in statements)
        {
            await using var command = new NpgsqlCommand(statement, connection);
            await command.ExecuteNonQueryAsync();
        }
    }
}
