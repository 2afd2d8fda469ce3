using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.Data.Sqlite;
using Npgsql;
using NpgsqlTypes;
using Remediator.Core.Resources;
using Remediator.Journal.Chain;
using Remediator.Journal.Format;

namespace Remediator.Benchmarks;

/// <summary>
/// A journal of years, loaded in bulk into an empty store of either engine: every hundredth incident is still open, one in twenty was
/// repaired, and the others closed by themselves. It is chained and signed as a server would have done it.
/// </summary>
internal sealed class HistoryStore(HistoryPlace place, int incidents)
{
    public const int EventsAnIncident = 10;

    private const int Resources = 5_000;
    private const int Batch = 20_000;
    private const int CheckpointEvents = 1_000;
    private const string Trace = "0af7651916cd43dd8448eb211c80319c";

    private static readonly JsonSerializerOptions Relaxed = new()
        { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly string[] EventColumns = [
        "sequence", "resource", "version", "event_id", "incident_id", "type", "schema", "at", "actor", "trace_id", "payload",
        "previous_hash", "hash"];
    private static readonly string[] CheckpointColumns = [
        "id", "sequence", "entries", "at", "heads", "key", "previous_hash", "hash", "signature"];
    private static readonly string[] IncidentColumns = ["id", "resource", "problem", "status", "summary", "opened_at", "closed_at"];
    private static readonly string[] HeadColumns = ["resource", "version", "hash", "document", "document_schema"];

    private readonly (long Version, string Hash)[] _heads = [.. Enumerable.Repeat((0L, EventHash.None), Resources)];

    private readonly List<object?[]> _checkpoints = [];
    private readonly Dictionary<string, CheckpointHead> _changed = new(StringComparer.Ordinal);
    private string _lastCheckpoint = EventHash.None;
    private ECDsa _key = null!;

    public int Incidents => incidents;

    public long Events => (long)incidents * EventsAnIncident;

    public static string Resource(int incident) =>
        new ResourceKey("test", "deployment", $"ns{incident % Resources}", $"w{incident % Resources}").ToString();

    public static string Id(int incident) => $"incident{incident:D8}";

    /// <summary>The newest are of this moment, the oldest of 400 days ago.</summary>
    public DateTimeOffset OpenedAt(int incident) => _end - TimeSpan.FromDays(400.0 * (incidents - incident) / incidents);

    private readonly DateTimeOffset _end = DateTimeOffset.UtcNow;

    /// <summary>Fills the tables that a server has made.</summary>
    public async Task FillAsync()
    {
        using (var key = ECDsa.Create())
        {
            key.ImportFromPem(await File.ReadAllTextAsync(place.KeyFile));
            _key = key;
            if (place.Admin is null)
                await WithSqliteAsync();
            else
                await WithPostgresAsync(place.Admin);
        }

    }

    private async Task WithPostgresAsync(string connectionString)
    {
        await using var source = NpgsqlDataSource.Create(connectionString);
        await using var connection = await source.OpenConnectionAsync();
        await CopyAsync(connection, "event", EventColumns, EventRows());
        await CopyAsync(connection, "checkpoint", CheckpointColumns, _checkpoints);
        await CopyAsync(connection, "incident", IncidentColumns, IncidentRows());
        await CopyAsync(connection, "resource_head", HeadColumns, HeadRows());
        await using var analyze = new NpgsqlCommand("ANALYZE", connection);
        await analyze.ExecuteNonQueryAsync();
    }

    private static async Task CopyAsync(NpgsqlConnection connection, string table, string[] columns, IEnumerable<object?[]> rows)
    {
        await using var copy =
            await connection.BeginBinaryImportAsync($"COPY {table} ({string.Join(", ", columns)}) FROM STDIN (FORMAT BINARY)");
        foreach (var row in rows)
        {
            await copy.StartRowAsync();
            foreach (var value in row)
            {
                if (value is null)
                    await copy.WriteNullAsync();
                else if (value is long number)
                    await copy.WriteAsync(number, NpgsqlDbType.Bigint);
                else
                    await copy.WriteAsync((string)value, NpgsqlDbType.Text);
            }
        }

        await copy.CompleteAsync();
    }

    private async Task WithSqliteAsync()
    {
        await using var connection = new SqliteConnection($"Data Source={Path.Combine(place.DataFolder, "journal.db")};Pooling=False");
        await connection.OpenAsync();
        await RunAsync(connection, "PRAGMA synchronous=OFF; PRAGMA cache_size=-400000; PRAGMA temp_store=MEMORY;");
        // made again when all is there, as the guards and indexes would be asked ten million times
        var later = new List<string>();
        await using (var command = connection.CreateCommand())
        {
            command.CommandText = "SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL AND ((type = 'trigger' "
                + "AND tbl_name = 'event') OR (type = 'index' AND tbl_name IN ('event', 'incident')))";
            await using var found = await command.ExecuteReaderAsync();
            var drop = new StringBuilder();
            while (await found.ReadAsync())
            {
                later.Add(found.GetString(2));
                drop.Append($"DROP {found.GetString(0)} {found.GetString(1)};");
            }

            await found.CloseAsync();
            await RunAsync(connection, drop.ToString());
        }

        await InsertAsync(connection, "event", EventColumns, EventRows());
        await InsertAsync(connection, "checkpoint", CheckpointColumns, _checkpoints);
        await InsertAsync(connection, "incident", IncidentColumns, IncidentRows());
        await InsertAsync(connection, "resource_head", HeadColumns, HeadRows());
        foreach (var sql in later)
            await RunAsync(connection, sql);
        await RunAsync(connection, "PRAGMA wal_checkpoint(TRUNCATE)");
    }

    private static async Task InsertAsync(SqliteConnection connection, string table, string[] columns, IEnumerable<object?[]> rows)
    {
        foreach (var some in rows.Chunk(Batch))
        {
            await using var transaction = await connection.BeginTransactionAsync();
            await using var command = connection.CreateCommand();
            command.CommandText =
                $"INSERT INTO {table} ({string.Join(", ", columns)}) VALUES ({string.Join(", ", columns.Select(c => $"${c}"))})";
            var parameters = columns.Select(c => command.Parameters.Add(new SqliteParameter { ParameterName = $"${c}" })).ToArray();
            foreach (var row in some)
            {
                for (var i = 0; i < row.Length; i++)
                    parameters[i].Value = row[i] ?? DBNull.Value;
                await command.ExecuteNonQueryAsync();
            }

            await transaction.CommitAsync();
        }
    }

    private static async Task RunAsync(SqliteConnection connection, string sql)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.CommandTimeout = 0;
        await command.ExecuteNonQueryAsync();
    }

    private IEnumerable<object?[]> EventRows()
    {
        var sequence = 0L;
        for (var incident = 0; incident < incidents; incident++)
        {
            var at = Text(OpenedAt(incident));
            var types = Types(incident);
            for (var i = 0; i < EventsAnIncident; i++)
            {
                ref var head = ref _heads[incident % Resources];
                var stored = new StoredEvent
                {
                    Sequence = ++sequence,
                    Resource = Resource(incident),
                    Version = head.Version + 1,
                    EventId = $"{Id(incident)}-{i}",
                    IncidentId = Id(incident),
                    Type = types[i].Type,
                    Schema = 1,
                    At = at,
                    Actor = "engine",
                    TraceId = Trace,
                    Payload = types[i].Payload,
                    PreviousHash = head.Hash,
                    Hash = "",
                };
                head = (stored.Version, EventHash.Compute(stored));
                _changed[stored.Resource] = new(stored.Resource, stored.Version, head.Hash);
                if (sequence % CheckpointEvents == 0)
                    Checkpoint(sequence, at);
                yield return
                [
                    stored.Sequence, stored.Resource, stored.Version, stored.EventId, stored.IncidentId, stored.Type, stored.Schema,
                    stored.At, stored.Actor, stored.TraceId, stored.Payload,
                    stored.PreviousHash, head.Hash,
                ];
            }
        }
    }

    private void Checkpoint(long sequence, string at)
    {
        var checkpoint = new StoredCheckpoint
        {
            Id = _checkpoints.Count + 1,
            Sequence = sequence,
            Entries = sequence,
            At = at,
            Heads = [.. _changed.Values.OrderBy(h => h.Resource, StringComparer.Ordinal)],
            Key = Convert.ToHexStringLower(SHA256.HashData(_key.ExportSubjectPublicKeyInfo())),
            PreviousHash = _lastCheckpoint,
            Hash = "",
            Signature = "",
        };
        _lastCheckpoint = CheckpointHash.Compute(checkpoint);
        _checkpoints.Add(
        [
            checkpoint.Id, sequence, sequence, at, JsonSerializer.Serialize(checkpoint.Heads, Relaxed), checkpoint.Key,
            checkpoint.PreviousHash, _lastCheckpoint,
            Convert.ToHexStringLower(_key.SignHash(Convert.FromHexString(_lastCheckpoint))),
        ]);
        _changed.Clear();
    }

    private IEnumerable<object?[]> IncidentRows()
    {
        for (var i = 0; i < incidents; i++)
        {
            var open = IsOpen(i);
            yield return [
                Id(i), Resource(i), "restart-loop", open ? "escalated" : IsRepaired(i) ? "verified" : "healed", "3 of 3 ready",
                Text(OpenedAt(i)), open ? null : Text(OpenedAt(i).AddMinutes(5))];
        }
    }

    private IEnumerable<object?[]> HeadRows() =>
        _heads.Select((head, i) =>
            (object?[])[Resource(i), head.Version, head.Hash, """{"incidents":[],"history":{},"seen":{},"pages":[]}""", 3L])
            .Take(Math.Min(incidents, Resources));

    private static bool IsOpen(int incident) => incident % 100 == 0;

    private static bool IsRepaired(int incident) => incident % 20 == 1;

    private static (string Type, string Payload)[] Types(int incident) =>
        IsRepaired(incident) ? Repaired : IsOpen(incident) ? Open : Healed;

    private static readonly (string, string) Observed = (
        "alert-observed",
        """{"alert":{"name":"KubePodCrashLooping","status":"Firing","labels":{"alertname":"KubePodCrashLooping","container":"api","namespace":"shop","pod":"api-7c9f8d5b6-x2x4k","severity":"warning"},"annotations":{"summary":"Pod is crash looping."},"startsAt":"2026-11-23T12:00:00+00:00","fingerprint":"5ef77f1f8a3ecf8d"},"source":"alertmanager","how":"by its labels","labels":{"alertname":"KubePodCrashLooping","namespace":"shop"}}""");

    private static readonly (string, string) Opened =
        ("incident-opened", """{"problem":"restart-loop","fingerprint":"5ef77f1f8a3ecf8d"}""");

    private static readonly (string, string) Held =
        ("held", """{"guard":"cooldown","reason":"A run ended 3 minutes ago.","retryAt":"2026-11-23T12:10:00+00:00"}""");

    private static readonly (string Type, string Payload)[] Healed =
        [
            Opened, .. Enumerable.Repeat(Observed, 7), Held,
            ("incident-closed", """{"reason":"Healed","detail":"its alerts are resolved"}""")];

    private static readonly (string Type, string Payload)[] Open =
        [
            Opened, .. Enumerable.Repeat(Observed, 7), Held,
            ("escalated", """{"severity":"critical","message":"look","reason":"no step is left","tried":[],"evidence":""}""")];

    private static readonly (string Type, string Payload)[] Repaired =
    [
        Opened, Observed, Observed, Observed,
        (
            "run-started",
            """{"runId":"r1","playbook":"restart-loop","playbookRevision":"1","source":"name: restart-loop","with":{},"mode":"Auto","definitionsRevision":"1","durationScale":1}"""),
        ("action-succeeded", """{"actionId":"a1","message":"restarted","changes":[]}"""), Observed, Held,
        ("run-ended", """{"outcome":"Verified","reason":"3 of 3 ready"}"""),
        ("incident-closed", """{"reason":"Verified","detail":"3 of 3 ready, for 120 s"}"""),
    ];

    private static string Text(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'", System.Globalization.CultureInfo.InvariantCulture);
}
