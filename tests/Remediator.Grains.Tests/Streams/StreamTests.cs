using Remediator.Journal.Settings;
using Remediator.Testing;

namespace Remediator.Grains.Tests.Streams;

public sealed class SqliteStreamTests : StreamConformance
{
    private protected override Task UseAsync(JournalOptions options) => Task.CompletedTask;
}

[Trait("Needs", "Postgres")]
public sealed class PostgresStreamTests : StreamConformance
{
    private readonly PostgresDatabase _database = new();

    private protected override Task UseAsync(JournalOptions options)
    {
        (options.Postgres, options.PostgresPasswordFile) = (_database.Connection, _database.PasswordFile);
        return Task.CompletedTask;
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await _database.DisposeAsync();
    }
}
