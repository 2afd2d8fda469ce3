using Remediator.Journal;
using Remediator.Testing;

namespace Remediator.Grains.Tests.Streams;

public sealed class SqliteStreamTests : StreamConformance
{
    private protected override Task UseAsync(JournalOptions options) => Task.CompletedTask;
}

[Trait("Needs", "Postgres")]
public sealed class PostgresStreamTests : StreamConformance
{
    private PostgresDatabase? _database;

    private protected override async Task UseAsync(JournalOptions options)
    {
        _database = await PostgresDatabase.CreateAsync(PostgresDatabase.Shared);
        options.Postgres = _database.Connection();
        options.PostgresPasswordFile = Path.Combine(options.DataFolder, "password");
        await File.WriteAllTextAsync(options.PostgresPasswordFile, _database.Password, TestContext.Current.CancellationToken);
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        if (_database is not null)
            await _database.DisposeAsync();
    }
}
