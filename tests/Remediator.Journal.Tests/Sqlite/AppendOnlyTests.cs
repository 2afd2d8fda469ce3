using Microsoft.Data.Sqlite;
using Remediator.Journal.Sqlite;
using Remediator.Journal.Tests.Audit;

namespace Remediator.Journal.Tests.Sqlite;

public sealed class AppendOnlyTests
{
    [Theory]
    [InlineData("UPDATE event SET actor = 'nobody' WHERE sequence = 1", "an event is never changed")]
    [InlineData("DELETE FROM event WHERE sequence = 1", "an event is never deleted")]
    [InlineData("DELETE FROM event", "an event is never deleted")]
    [InlineData("INSERT OR REPLACE INTO event SELECT * FROM event WHERE sequence = 1", "this sequence or version is taken")]
    [InlineData(
        "REPLACE INTO event SELECT 99, resource, version, 'x', incident_id, type, schema, at, actor, trace_id, payload, "
            + "previous_hash, hash FROM event WHERE sequence = 1",
        "this sequence or version is taken")]
    [InlineData("UPDATE OR REPLACE event SET sequence = 2 WHERE sequence = 1", "an event is never changed")]
    [InlineData(
        "INSERT INTO event SELECT * FROM event WHERE sequence = 1 ON CONFLICT (sequence) DO UPDATE SET actor = 'nobody'",
        "this sequence or version is taken")]
    [InlineData("UPDATE checkpoint SET signature = ''", "a checkpoint is never changed")]
    [InlineData("DELETE FROM checkpoint", "a checkpoint is never deleted")]
    [InlineData("INSERT OR REPLACE INTO checkpoint SELECT * FROM checkpoint WHERE id = 1", "this checkpoint is taken")]
    public async Task Journal_InAnyProgram_OnlyGrows(string sql, string refusal)
    {
        using var store = await AuditedStore.CreateAsync();
        foreach (var recursiveTriggers in new[] { "OFF", "ON" })
        {
            using var connection = SqliteConnections.Open(store.Store.File, SqliteOpenMode.ReadWrite);
            SqliteConnections.Run(connection, $"PRAGMA recursive_triggers={recursiveTriggers}");
            var e = Assert.Throws<SqliteException>(() => SqliteConnections.Run(connection, sql));
            Assert.Contains(refusal, e.Message, StringComparison.Ordinal);
        }

        Assert.Empty(store.Audit.Verify(store.PublicKey, cancellationToken: TestContext.Current.CancellationToken).Faults);
    }
}
