using System.Text.Json.Nodes;
using Dapper;
using Microsoft.Data.Sqlite;
using Remediator.Journal.Audit;
using Remediator.Journal.Chain;
using Remediator.Journal.Format;
using Remediator.Journal.Sqlite;

namespace Remediator.Journal.Tests.Audit;

public sealed class VerifyStoreTests : IAsyncLifetime
{
    private AuditedStore _store = null!;

    public async ValueTask InitializeAsync() => _store = await AuditedStore.CreateAsync();

    public ValueTask DisposeAsync()
    {
        _store.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public void Store_BesideItsServer_IsVerified()
    {
        var report = Verify();

        Assert.Empty(report.Faults);
        Assert.Equal((9, 4, 2, 2), (report.Entries, report.Resources, report.Checkpoints, report.UnanchoredEntries));
    }

    [Theory]
    [InlineData("resource", "'prod/deployment/shop/z'")]
    [InlineData("version", "version + 7")]
    [InlineData("event_id", "event_id || ' '")]
    [InlineData("incident_id", "NULL")]
    [InlineData("incident_id", "'incident-9'")]
    [InlineData("type", "'alert-observee'")]
    [InlineData("schema", "2")]
    [InlineData("at", "replace(at, 'Z', 'z')")]
    [InlineData("actor", "''")]
    [InlineData("trace_id", "upper(trace_id)")]
    [InlineData("payload", "payload || ' '")]
    [InlineData("payload", "payload || char(0)")]
    [InlineData("payload", "payload || CAST(x'ff' AS TEXT)")]
    [InlineData("previous_hash", "upper('a' || substr(previous_hash, 2))")]
    [InlineData("hash", "'f' || substr(hash, 1, 63)")]
    [InlineData("sequence", "100")]
    public void AnyColumn_OfAnyEntry_ThatIsChanged_IsFound(string column, string value)
    {
        _store.Tamper("");
        for (var sequence = 1; sequence <= 9; sequence++)
        {
            using var connection = SqliteConnections.Open(_store.Store.File, SqliteOpenMode.ReadWrite);
            SqliteConnections.Run(connection, "CREATE TEMP TABLE kept AS SELECT * FROM event");
            if (connection.Execute($"UPDATE event SET {column} = {value} WHERE sequence = {sequence} AND {column} IS NOT {value}") == 0)
                continue;
            Assert.False(Verify().Ok, $"{column} of {sequence} changed, not found");
            SqliteConnections.Run(connection, "DELETE FROM event; INSERT INTO event SELECT * FROM kept; DROP TABLE kept");
            Assert.True(Verify().Ok);
        }
    }

    [Theory]
    [InlineData("sequence", "sequence - 1")]
    [InlineData("entries", "entries + 1")]
    [InlineData("at", "'2026-11-23T12:00:00.0000001Z'")]
    [InlineData("heads", "'[]'")]
    [InlineData("heads", "'nonsense'")]
    [InlineData("heads", "replace(heads, 'shop/a', 'shop/z')")]
    [InlineData("key", "previous_hash")]
    [InlineData("previous_hash", "hash")]
    [InlineData("hash", "previous_hash")]
    [InlineData("signature", "upper(signature)")]
    [InlineData("signature", "'00' || substr(signature, 3)")]
    [InlineData("signature", "''")]
    [InlineData("id", "id + 1")]
    public void AnyColumn_OfACheckpoint_ThatIsChanged_IsFound(string column, string value)
    {
        _store.Tamper($"UPDATE checkpoint SET {column} = {value} WHERE id = 2");

        var report = Verify();

        Assert.False(report.Ok);
        Assert.Equal((1, 6), (report.LastCheckpoint!.Id, report.UnanchoredEntries));
    }

    [Theory]
    [InlineData("DELETE FROM event WHERE sequence = 3")]
    [InlineData("DELETE FROM event WHERE sequence = 9")]
    [InlineData("DELETE FROM checkpoint WHERE id = 1")]
    [InlineData("UPDATE event SET sequence = sequence + 1 WHERE sequence = 9; UPDATE event SET sequence = 9 WHERE sequence = 8")]
    [InlineData("UPDATE resource_head SET version = version - 1 WHERE resource LIKE '%/a'")]
    [InlineData("UPDATE resource_head SET hash = 'x' WHERE resource LIKE '%/a'")]
    [InlineData("DELETE FROM resource_head WHERE resource LIKE '%/a'")]
    public void AnythingElse_ThatIsTamperedWith_IsFound(string sql)
    {
        _store.Tamper(sql);
        Assert.False(Verify().Ok);
    }

    [Fact]
    public void AnchoredEntry_WhoseWholeChainWasWrittenAnew_IsFoundByItsCheckpoint()
    {
        Rewrite(fromSequence: 4);

        var faults = Verify().Faults;

        Assert.Equal(
            new VerifyFault(
                "The resource's newest entry under this checkpoint is not the one that was signed: it, or one before it, was replaced.")
            {
                Checkpoint = 2,
                Resource = "prod/deployment/shop/a",
                Version = 4
            }, faults[0]);
    }

    [Fact]
    public void Tail_ThatWasWrittenAnew_IsWhatTheReportCallsUnanchored()
    {
        Rewrite(fromSequence: 8);

        var report = Verify();

        Assert.Empty(report.Faults);
        Assert.Equal((2, 7), (report.UnanchoredEntries, report.LastCheckpoint!.Sequence));
    }

    [Fact]
    public void Checkpoint_SignedByAnotherKey_IsFound()
    {
        var folder = Directory.CreateTempSubdirectory("forger-");
        using var forger = CheckpointKey.Load(folder.FullName, "", null);
        var c = (JsonObject)JsonNode.Parse(_store.ExportLines()[9])!;
        var forged = ((ExportLine.Checkpoint)ExportLine.Parse(System.Text.Encoding.UTF8.GetBytes(_store.ExportLines()[9]))!)
            .ToStored() with { Key = forger.Fingerprint };
        forged = forged with { Hash = CheckpointHash.Compute(forged) };
        _store.Tamper(
            $"UPDATE checkpoint SET key = '{forged.Key}', hash = '{forged.Hash}', signature = '{forger.Sign(forged.Hash)}' WHERE id = 2");
        folder.Delete(recursive: true);

        Assert.Equal((string)c["key"]!,
        _store.Audit.Verify(_store.PublicKey, cancellationToken: TestContext.Current.CancellationToken) is { Ok: false } report
            ? report.Faults[0].Message.Split('(', ')')[1] : null);
    }

    private VerifyReport Verify() => _store.Audit.Verify(_store.PublicKey, cancellationToken: TestContext.Current.CancellationToken);

    /// <summary>As somebody would who knows the format: the entry changed, and every hash behind it made to fit.</summary>
    private void Rewrite(long fromSequence)
    {
        var events = new List<StoredEvent>();
        foreach (var line in _store.ExportLines())
        {
            if (ExportLine.Parse(System.Text.Encoding.UTF8.GetBytes(line)) is ExportLine.Event e)
                events.Add(e.ToStored());
        }

        var sql = new List<string>();
        var heads = new Dictionary<string, string>();
        foreach (var e in events)
        {
            var changed = e with {
                PreviousHash = heads.GetValueOrDefault(e.Resource, EventHash.None),
                Actor = e.Sequence == fromSequence ? "nobody" : e.Actor };
            heads[e.Resource] = EventHash.Compute(changed);
            sql.Add($"UPDATE event SET actor = '{changed.Actor}', previous_hash = '{changed.PreviousHash}', hash = "
                + $"'{heads[e.Resource]}' WHERE sequence = {e.Sequence}");
        }

        sql.AddRange(heads.Select(head => $"UPDATE resource_head SET hash = '{head.Value}' WHERE resource = '{head.Key}'"));
        _store.Tamper(string.Join(';', sql));
    }
}
