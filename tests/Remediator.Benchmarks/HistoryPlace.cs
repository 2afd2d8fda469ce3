using System.Globalization;
using System.Security.Cryptography;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Hosting;
using Npgsql;
using Remediator.Journal;
using Remediator.Journal.Settings;
using Remediator.Testing;

namespace Remediator.Benchmarks;

/// <summary>Where a full store is kept from one run to the next; in its small form, nowhere.</summary>
internal sealed class HistoryPlace : IAsyncDisposable
{
    private const string Kept = "remediator_history";

    private readonly bool _small;
    private readonly string _folder;
    private readonly string? _admin;
    private readonly string _database = Kept;
    private readonly List<PostgresDatabase> _temporary = [];

    private HistoryPlace(bool small, string folder, string? admin) =>
        (_small, _folder, _admin, _database) = (small, folder, admin, small ? $"{Kept}_{Guid.NewGuid():n}" : Kept);

    public string DataFolder => Path.Combine(_folder, "data");

    public string KeyFile => Path.Combine(_folder, "key.pem");

    /// <summary>Null where the store is a file.</summary>
    public string? Connection => _admin is null ? null : new NpgsqlConnectionStringBuilder(_admin)
        { Database = _database, Username = _database, Password = null }.ConnectionString;

    /// <summary>Of who owns the server.</summary>
    public string? Admin => _admin is null ? null : new NpgsqlConnectionStringBuilder(_admin)
        { Database = _database, SearchPath = "remediator", CommandTimeout = 0, Pooling = false }.ConnectionString;

    public string PasswordFile => _admin is null ? "" : Path.Combine(_folder, "password");

    public string What => _admin is null ? "SQLite" : "PostgreSQL";

    public bool IsFilled => File.Exists(Marker);

    public IEnumerable<(string Name, string Value)> Settings =>
        [
            ("JOURNAL__CHECKPOINTKEYFILE", KeyFile),
            .. Connection is { } connection
                ? [("JOURNAL__POSTGRES", connection), ("JOURNAL__POSTGRESPASSWORDFILE", PasswordFile)]
                : Array.Empty<(string, string)>()];

    private static string Shared => Environment.GetEnvironmentVariable("REMEDIATOR_TEST_POSTGRES")
        ?? throw new BenchmarkFailedException(
            "REMEDIATOR_TEST_POSTGRES names no PostgreSQL: start one with tests/postgres/up and set it to what that prints last.");

    private string Marker => Path.Combine(_folder, "filled");

    public static async Task<HistoryPlace> OpenAsync(BenchmarkRun run, bool onPostgres)
    {
        var top = Environment.GetEnvironmentVariable("REMEDIATOR_TEST_HISTORY") ?? Path.Combine(Path.GetTempPath(), "remediator-history");
        var folder = run.Small
            ? Directory.CreateTempSubdirectory("remediator-history-").FullName
            : Path.Combine(top, onPostgres ? "postgres" : "sqlite");
        var place = new HistoryPlace(run.Small, folder, onPostgres ? Shared : null);
        if (!place.IsFilled || (onPostgres && !await place.ExistsAsync()))
            await place.BeginAsync();
        return place;
    }

    /// <summary>As a server would make them.</summary>
    public async Task MakeTablesAsync()
    {
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Services.AddJournal(Use);
        using var host = builder.Build();
        await host.StartAsync();
        await host.StopAsync();
    }

    public void SetFilled() => File.WriteAllText(Marker, "");

    public void Use(JournalOptions options) =>
        (options.DataFolder, options.CheckpointKeyFile, options.Postgres, options.PostgresPasswordFile) =
            (DataFolder, KeyFile, Connection ?? "", PasswordFile);

    /// <summary>An empty store of the same engine.</summary>
    public Action<JournalOptions> Empty()
    {
        var folder = Directory.CreateDirectory(Path.Combine(_folder, $"empty-{Guid.NewGuid():n}")).FullName;
        if (_admin is null)
            return o => o.DataFolder = folder;
        var database = PostgresDatabase.On(_admin);
        _temporary.Add(database);
        return o => (o.DataFolder, o.CheckpointKeyFile, o.Postgres, o.PostgresPasswordFile) =
            (folder, KeyFile, database.Connection, database.PasswordFile);
    }

    public long CountInbox(Action<JournalOptions> store)
    {
        var options = new JournalOptions();
        store(options);
        if (options.Postgres.Length == 0)
        {
            using var file =
                new SqliteConnection($"Data Source={Path.Combine(options.DataFolder, "journal.db")};Mode=ReadOnly;Pooling=False");
            file.Open();
            using var count = new SqliteCommand("SELECT count(*) FROM inbox", file);
            return (long)count.ExecuteScalar()!;
        }

        using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(_admin) {
            Database = new NpgsqlConnectionStringBuilder(options.Postgres).Database,
            SearchPath = "remediator",
            Pooling = false }.ConnectionString);
        connection.Open();
        using var command = new NpgsqlCommand("SELECT count(*) FROM inbox", connection);
        return (long)command.ExecuteScalar()!;
    }

    public async Task<long> CountAsync(string table) =>
        long.Parse(await AskAsync($"SELECT CAST(COUNT(*) AS TEXT) FROM {table}"), CultureInfo.InvariantCulture);

    public async Task<double> MegabytesAsync() => _admin is null
        ? new FileInfo(Path.Combine(DataFolder, "journal.db")).Length / 1e6
        : double.Parse(await AskAsync("SELECT pg_database_size(current_database())::text"), CultureInfo.InvariantCulture) / 1e6;

    public Task RunAsync(string sql) => AskAsync($"{sql}; SELECT '';");

    private async Task<string> AskAsync(string sql)
    {
        await using System.Data.Common.DbConnection connection = Admin is { } admin
            ? new NpgsqlConnection(admin)
            : new SqliteConnection($"Data Source={Path.Combine(DataFolder, "journal.db")};Pooling=False;Default Timeout=600");
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        return await command.ExecuteScalarAsync() as string ?? "";
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var database in _temporary)
            await database.DisposeAsync();
        foreach (var empty in Directory.GetDirectories(_folder, "empty-*"))
            Directory.Delete(empty, recursive: true);
        if (!_small)
            return;
        if (_admin is not null)
            await AsOwnerAsync($"DROP DATABASE IF EXISTS {_database} WITH (FORCE)", $"DROP ROLE IF EXISTS {_database}");
        Directory.Delete(_folder, recursive: true);
    }

    private async Task BeginAsync()
    {
        if (Directory.Exists(_folder))
            Directory.Delete(_folder, recursive: true);
        Directory.CreateDirectory(_folder);
        using (var signing = ECDsa.Create(ECCurve.NamedCurves.nistP256))
            await File.WriteAllTextAsync(KeyFile, signing.ExportPkcs8PrivateKeyPem());
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(KeyFile, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        if (_admin is null)
            return;
        await File.WriteAllTextAsync(PasswordFile, _database);
        await AsOwnerAsync(
            $"DROP DATABASE IF EXISTS {_database} WITH (FORCE)", $"DROP ROLE IF EXISTS {_database}",
            $"CREATE ROLE {_database} LOGIN PASSWORD '{_database}'", $"CREATE DATABASE {_database} OWNER {_database}");
    }

    private async Task<bool> ExistsAsync()
    {
        await using var connection = new NpgsqlConnection(_admin);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand($"SELECT COUNT(*) FROM pg_database WHERE datname = '{_database}'", connection);
        return (long)(await command.ExecuteScalarAsync())! == 1;
    }

    private async Task AsOwnerAsync(params string[] statements)
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
