using Npgsql;

namespace Remediator.Testing;

/// <summary>
/// A database of its own on the PostgreSQL of the tests, with a user who owns it and nothing else; gone afterwards. Serves as a fixture of
/// a class too.
/// </summary>
public sealed class PostgresDatabase : IAsyncDisposable
{
    private const string Variable = "REMEDIATOR_TEST_POSTGRES";

    private readonly string _admin;
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("postgres-");

    public PostgresDatabase()
        : this(Environment.GetEnvironmentVariable(Variable)
            ?? throw new InvalidOperationException(
                $"{Variable} names no PostgreSQL: run tests/run, or start one with tests/postgres/up and set it to what that prints last."))
    {
    }

    private PostgresDatabase(string admin)
    {
        _admin = admin;
        File.WriteAllText(PasswordFile, Password + "\n");
        using var connection = Open(new(_admin));
        foreach (var sql in (string[])[$"CREATE ROLE {Name} LOGIN PASSWORD '{Password}'", $"CREATE DATABASE {Name} OWNER {Name}"])
        {
            using var command = new NpgsqlCommand(sql, connection);
            command.ExecuteNonQuery();
        }
    }

    /// <param name="admin">Another PostgreSQL: connection string of somebody who may make databases and roles there.</param>
    public static PostgresDatabase On(string admin) => new(admin);

    /// <summary>Its own, and that of the user who owns it.</summary>
    public string Name { get; } = $"test_{Guid.NewGuid():n}";

    public string Password => Name;

    public string PasswordFile => Path.Combine(_folder.FullName, "password");

    public int Port => new NpgsqlConnectionStringBuilder(_admin).Port;

    /// <summary>Without the password, as <c>Journal:Postgres</c> has it.</summary>
    public string Connection => Own().ConnectionString;

    /// <inheritdoc cref="Connection"/>
    /// <param name="host">Where something stands that leads on to the server.</param>
    public string ConnectionThrough(string host, int port)
    {
        var own = Own();
        (own.Host, own.Port) = (host, port);
        return own.ConnectionString;
    }

    /// <summary>As if no server had ever run on it.</summary>
    public Task ClearAsync() => RunAsync("DROP SCHEMA IF EXISTS remediator CASCADE");

    /// <summary>What somebody with the password and a database tool can do.</summary>
    public async Task RunAsync(string sql)
    {
        await using var connection = await OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    public Task<NpgsqlConnection> OpenAsync()
    {
        var own = Own();
        own.Password = Password;
        return OpenAsync(own);
    }

    public Task<NpgsqlConnection> OpenAsAdminAsync() => OpenAsync(new(_admin) { Database = Name });

    public async ValueTask DisposeAsync()
    {
        await using var connection = await OpenAsync(new(_admin));
        foreach (var sql in (string[])[$"DROP DATABASE IF EXISTS {Name} WITH (FORCE)", $"DROP ROLE IF EXISTS {Name}"])
        {
            await using var command = new NpgsqlCommand(sql, connection);
            await command.ExecuteNonQueryAsync();
        }

        _folder.Delete(recursive: true);
    }

    private NpgsqlConnectionStringBuilder Own() => new(_admin) { Database = Name, Username = Name, Password = null };

    private static async Task<NpgsqlConnection> OpenAsync(NpgsqlConnectionStringBuilder settings)
    {
        var connection = Closed(settings);
        await connection.OpenAsync();
        return connection;
    }

    private static NpgsqlConnection Open(NpgsqlConnectionStringBuilder settings)
    {
        var connection = Closed(settings);
        connection.Open();
        return connection;
    }

    private static NpgsqlConnection Closed(NpgsqlConnectionStringBuilder settings)
    {
        (settings.Pooling, settings.SearchPath) = (false, "remediator");
        // a database is made and dropped in its own time, on a busy machine too
        (settings.Timeout, settings.CommandTimeout) = (120, (int)Wait.Patience.TotalSeconds);
        return new(settings.ConnectionString);
    }
}
