using System.Text;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Time.Testing;
using Remediator.Core.Journal;
using Remediator.Journal.Audit;
using Remediator.Journal.Sqlite;
using static Remediator.Journal.Tests.Samples;

namespace Remediator.Journal.Tests.Audit;

/// <summary>Two checkpoints over seven entries of three resources, and a tail of two.</summary>
internal sealed class AuditedStore(PostgresDatabase? database = null) : IDisposable
{
    public TestStore Store { get; } = new(database: database);

    public FakeTimeProvider Time { get; } = new(Noon);

    public JournalAudit Audit => Store.Audit;

    public string PublicKey => Audit.PublicKeyPem();

    public static async Task<AuditedStore> CreateAsync(PostgresDatabase? database = null)
    {
        var store = new AuditedStore(database);
        await store.CommitAsync("a", 0, Event(), Event("""{"team":"支付 \u0000 \"α\" </script>"}"""));
        await store.CommitAsync("b", 0, Event(incident: null));
        await store.CheckpointAsync();
        await store.CommitAsync("a", 2, Event("{}", "incident-2"));
        await store.CommitAsync("c", 0, Event(), Event());
        await store.CommitAsync("a", 3, Event());
        await store.CheckpointAsync();
        await store.CommitAsync("b", 1, Event());
        await store.CommitAsync("d", 0, Event());
        return store;
    }

    /// <summary>One entry, its checkpoint, and a tail of one: little enough to try every byte of it.</summary>
    public static async Task<AuditedStore> CreateSmallAsync()
    {
        var store = new AuditedStore();
        await store.CommitAsync("a", 0, Event("""{"team":"支付 \u0000 \"α\" </script>"}"""));
        await store.CheckpointAsync();
        await store.CommitAsync("a", 1, Event("{}", incident: null));
        return store;
    }

    public async Task CommitAsync(string name, long version, params NewEvent[] events)
    {
        Time.Advance(TimeSpan.FromSeconds(1));
        Assert.IsType<CommitResult.Committed>(
            await Store.Journal.CommitAsync(
                Commit(Deployment(name), version, events) with { At = Time.GetUtcNow() }, TestContext.Current.CancellationToken));
    }

    public async Task CheckpointAsync()
    {
        using var checkpointer = Store.Checkpointer(Time);
        await checkpointer.WriteAsync(TestContext.Current.CancellationToken);
    }

    public byte[] Export()
    {
        using var stream = new MemoryStream();
        Audit.Export(stream, cancellationToken: TestContext.Current.CancellationToken);
        return stream.ToArray();
    }

    public string[] ExportLines() => Encoding.UTF8.GetString(Export()).TrimEnd('\n').Split('\n');

    public Task<VerifyReport> VerifyAsync(IEnumerable<string> lines, params string[] knownOutside) =>
        VerifyAsync(Encoding.UTF8.GetBytes(string.Concat(lines.Select(line => line + "\n"))), knownOutside);

    public async Task<VerifyReport> VerifyAsync(byte[] export, params string[] knownOutside) =>
        await ExportVerifier.VerifyAsync(
            new MemoryStream(export), PublicKey, knownOutside, cancellationToken: TestContext.Current.CancellationToken);

    /// <summary>What somebody with the file and a database tool can do, triggers or not.</summary>
    public void Tamper(string sql)
    {
        Store.Close();
        using var connection = SqliteConnections.Open(Store.File, SqliteOpenMode.ReadWrite);
        foreach (var table in new[] { "event", "checkpoint" })
            SqliteConnections.Run(
                connection,
                $"DROP TRIGGER IF EXISTS {table}_is_not_updated; DROP TRIGGER IF EXISTS {table}_is_not_deleted; DROP TRIGGER "
                    + $"IF EXISTS {table}_is_not_replaced");
        SqliteConnections.Run(connection, sql);
    }

    public void Dispose() => Store.Dispose();
}
