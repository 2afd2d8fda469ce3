using Npgsql;
using Remediator.Journal.Tests.Audit;

namespace Remediator.Journal.Tests.Postgres;

[Trait("Needs", "Postgres")]
public sealed class AppendOnlyTests(PostgresDatabase database) : IClassFixture<PostgresDatabase>
{
    [Theory]
    [InlineData("UPDATE event SET actor = 'nobody' WHERE sequence = 1", "event")]
    [InlineData("DELETE FROM event WHERE sequence = 1", "an event is never deleted")]
    [InlineData("DELETE FROM event", "an event is never deleted")]
    [InlineData("TRUNCATE event", "event")]
    [InlineData("TRUNCATE event, checkpoint CASCADE", "only grows")]
    [InlineData("INSERT INTO event SELECT * FROM event WHERE sequence = 1 ON CONFLICT (sequence) DO UPDATE SET actor = 'nobody'", "event")]
    [InlineData("INSERT INTO event SELECT * FROM event WHERE sequence = 1", "event_pkey")]
    [InlineData(
        "INSERT INTO event SELECT 99, resource, version, 'x', incident_id, type, schema, at, actor, trace_id, payload, "
            + "previous_hash, hash FROM event WHERE sequence = 1",
        "event_resource_version_key")]
    [InlineData("UPDATE checkpoint SET signature = ''", "checkpoint")]
    [InlineData("DELETE FROM checkpoint", "a checkpoint is never deleted")]
    [InlineData("TRUNCATE checkpoint", "checkpoint")]
    public async Task Journal_InAnyProgram_OnlyGrows(string sql, string refusal)
    {
        await database.ClearAsync();
        using var store = await AuditedStore.CreateAsync(database);
        foreach (var role in new[] { "origin", "replica" })
        {
            await using var connection = await database.OpenAsAdminAsync();
            await using (var settings = new NpgsqlCommand($"SET session_replication_role = {role}", connection))
                await settings.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
            await using var command = new NpgsqlCommand(sql, connection);
            var e = await Assert.ThrowsAsync<PostgresException>(() => command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken));
            Assert.Contains(refusal, e.MessageText, StringComparison.Ordinal);
        }

        Assert.Empty(store.Audit.Verify(store.PublicKey, cancellationToken: TestContext.Current.CancellationToken).Faults);
    }
}
