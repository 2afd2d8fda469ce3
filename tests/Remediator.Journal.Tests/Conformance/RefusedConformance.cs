using System.Data.Common;
using Dapper;
using Remediator.Core.Alerts;
using Remediator.Core.Journal;
using Remediator.Core.Language;
using Remediator.Core.Resources;
using Remediator.Journal.Sqlite;
using static Remediator.Journal.Tests.Samples;

namespace Remediator.Journal.Tests.Conformance;

/// <summary>
/// What the store cannot keep because of its values is refused for certain: that is no fault of the store, and of nobody else's write.
/// </summary>
public abstract class RefusedConformance(PostgresDatabase? database) : StoreConformance(database)
{
    [Fact]
    public async Task Commit_WhoseValuesCannotBeKept_IsRefused_AndThoseOfItsGroupAreWritten()
    {
        var refused = Journal.CommitAsync(Commit(Deployment("bad"), 0, Event() with { Payload = null! }), Token);
        var others = Enumerable.Range(0, 20).Select(i => Journal.CommitAsync(Commit(Deployment($"good-{i}"), 0, Event()), Token)).ToList();

        var e = await Assert.ThrowsAsync<ValuesRefusedException>(() => refused);
        Assert.Contains("cannot keep this: ", e.Message, StringComparison.Ordinal);
        Assert.All(await Task.WhenAll(others), result => Assert.IsType<CommitResult.Committed>(result));
        Assert.Equal(0, (await Journal.LoadAsync(Deployment("bad"), Token)).Version);
        Assert.Empty(await Journal.EventsAsync(Deployment("bad"), Token));
    }

    [Fact]
    public async Task Alert_WhoseValuesCannotBeKept_IsRefused_AndTheNextIsKept()
    {
        await Assert.ThrowsAsync<ValuesRefusedException>(() => Inbox.AddAsync([Entry("a"), Entry("b") with { Source = null! }], Token));

        Assert.Empty(await Inbox.WaitingAsync(0, 10, Token));
        Assert.Equal(1, await Inbox.AddAsync([Entry("a")], Token));
    }

    [Fact]
    public async Task Alert_WhoseValuesCannotBeKept_IsRefused_AndThoseOfItsGroupAreKept()
    {
        var before = Inbox.AddAsync([Entry("a")], Token);
        var broken = Inbox.AddAsync([Entry("b"), Entry("c") with { TraceId = null! }], Token);
        var after = Inbox.AddAsync([Entry("d")], Token);

        await Assert.ThrowsAsync<ValuesRefusedException>(() => broken);
        Assert.Equal(2, await before + await after);
        Assert.Equal(["a", "d"], (await Inbox.WaitingAsync(0, 9, Token)).Select(row => row.Alert.Fingerprint));
    }

    /// <summary>
    /// An index of PostgreSQL takes no more than 2,704 bytes; SQLite's takes what there is. Nothing that long gets as far as here: see
    /// <see cref="LongestKeys_AreKept"/>.
    /// </summary>
    [Fact]
    public async Task KeyThatIsTooLongForAnIndex_IsKept_OrRefusedForCertain()
    {
        var key = Convert.ToHexString(new Random(1).GetBytes(4000));
        await KeptOrRefusedAsync(() => Inbox.AddAsync([Entry(key)], Token));
        await KeptOrRefusedAsync(() => Journal.CommitAsync(Commit(Deployment(key), 0, Event()), Token));
        await KeptOrRefusedAsync(() => Journal.CommitAsync(
            Commit(
                Deployment(), 0, Event()) with { AlertsNow = [new(key, Deployment(), "A", new Dictionary<string, string>(), Noon, Noon)] },
            Token));

        Assert.Equal(1, await Inbox.AddAsync([Entry("short")], Token));
    }

    /// <summary>The longest texts that alert and policy can lead to: no index may refuse them, and they cannot be compressed.</summary>
    [Fact]
    public async Task LongestKeys_AreKept()
    {
        var random = new Random(2);
        string Text(int count) =>
            string.Concat(Enumerable.Range(0, count).Select(_ => char.ConvertFromUtf32(random.Next(0x1F300, 0x1F600))));
        var key = new ResourceKey(Text(999), Text(999), Text(999), Text(999)).Bounded();
        var alert = Alert(Convert.ToHexString(random.GetBytes(AlertLimits.Fingerprint / 2))) with
        {
            Source = AlertSource.OfGroup(new string('g', 63))
        };
        var budget = ShortText.Of(Text(2000), 2048);

        Assert.Equal(1, await Inbox.AddAsync([new(alert, alert.Source, "t", Noon)], Token));
        Assert.IsType<CommitResult.Committed>(await Journal.CommitAsync(
            Commit(key, 0, Event()) with
            {
                Incidents = [new()
                {
                    Id = "incident-1",
                    Resource = key,
                    Problem = Text(500),
                    Status = "escalated",
                    Summary = Text(500),
                    OpenedAt = Noon
                }],
                Due = Noon,
                AlertsNow = [new(alert.Fingerprint, key, alert.Name, alert.Labels, Noon, Noon) { Source = alert.Source }],
                Acquire = new("incident-1", [new(budget, 1) { Rate = new(5, TimeSpan.FromHours(1)) }], [key]) { Shared = [key] },
            },
            Token));
    }

    /// <summary>Whoever adds an index says here what bounds the text in it.</summary>
    [Fact]
    public async Task TextInAnIndex_IsBounded()
    {
        string[] bounded =
        [
            // ResourceKey.Bounded
            "event.resource", "resource_head.resource", "incident.name", "incident.namespace", "incident.kind", "due_work.resource",
            "claim.resource", "shared_claim.resource",
            // AlertLimits.Fingerprint, and names of groups of at most 63
            "active_alert.fingerprint", "active_alert.source", "inbox.dedupe", "inbox.source",
            // the same, or a hash
            "dead_letter.dedupe",
            // PolicyBudgets
            "permit.budget", "budget_start.budget",
            // ids, words and times of our own
            "event.incident_id", "event.type", "incident.id", "incident.status", "incident.opened_at", "incident.closed_at",
            "permit.incident_id", "claim.incident_id", "shared_claim.incident_id", "due_work.due_at", "budget_start.at",
            "checkpoint.at", "dead_letter.dead_at", "active_alert.gone_at", "archive.newest_at", "member.id", "lease.name",
            "schemaversions.scriptname",
        ];

        var indexed = await IndexedAsync();
        Assert.Contains("event.resource", indexed);
        Assert.Contains("inbox.dedupe", indexed);
        Assert.Empty(indexed.Except(bounded));
        Assert.Equal(0, await ExpressionsAsync());
    }

    /// <summary>Of an index over an expression no column tells what is in it.</summary>
    private async Task<long> ExpressionsAsync()
    {
        await using DbConnection connection = Database is { } database
            ? await database.OpenAsync()
            : SqliteConnections.OpenWriter(Store.File);
        return await connection.QuerySingleAsync<long>(Database is null
            ? "SELECT COUNT(*) FROM sqlite_schema i, pragma_index_xinfo(i.name) x WHERE i.type = 'index' AND x.cid = -2 AND x.key = 1"
            : """
              SELECT COUNT(*) FROM pg_index i JOIN pg_class t ON t.oid = i.indrelid
              WHERE t.relnamespace = 'remediator'::regnamespace AND i.indexprs IS NOT NULL
              """);
    }

    private async Task<IReadOnlyList<string>> IndexedAsync()
    {
        await using DbConnection connection = Database is { } database
            ? await database.OpenAsync()
            : SqliteConnections.OpenWriter(Store.File);
        return [.. await connection.QueryAsync<string>(Database is null
            ? """
              SELECT DISTINCT t.name || '.' || c.name FROM sqlite_schema t, pragma_index_list(t.name) i, pragma_index_info(i.name) x,
                  pragma_table_xinfo(t.name) c
              WHERE t.type = 'table' AND c.cid = x.cid AND c.type LIKE 'TEXT%'
              """
            : """
              SELECT DISTINCT t.relname || '.' || c.attname FROM pg_index i JOIN pg_class t ON t.oid = i.indrelid
                  JOIN pg_attribute c ON c.attrelid = t.oid AND c.attnum = ANY (i.indkey)
              WHERE t.relnamespace = 'remediator'::regnamespace AND c.atttypid IN ('text'::regtype, 'varchar'::regtype)
              """)];
    }

    private async Task KeptOrRefusedAsync(Func<Task> write)
    {
        var fault = await Record.ExceptionAsync(write);
        if (Database is null)
            Assert.Null(fault);
        else
            Assert.Contains("54000", Assert.IsType<ValuesRefusedException>(fault).Message, StringComparison.Ordinal);
    }
}

internal static class RandomBytes
{
    public static byte[] GetBytes(this Random random, int count)
    {
        var bytes = new byte[count];
        random.NextBytes(bytes);
        return bytes;
    }
}
