using System.Data.Common;
using Dapper;
using Remediator.Core.Journal;
using Remediator.Journal.Chain;
using Remediator.Journal.Checkpoints;
using Remediator.Journal.Postgres;
using Remediator.Journal.Reading;
using Remediator.Journal.Sqlite;

namespace Remediator.Journal.Audit;

/// <summary>Reads a store by itself, whether a server runs or not. It writes nothing and takes no lock.</summary>
/// <remarks>Every method throws <see cref="StoreUnavailableException"/>, in words for an operator, where there is no store or it cannot be read.</remarks>
public sealed class JournalAudit
{
    private const int MostCandidates = 10;

    private readonly string _folder;
    private readonly IAuditSource _source;

    /// <param name="postgres">Empty where the store is in the data folder.</param>
    public JournalAudit(string dataFolder, string postgres = "", string postgresPasswordFile = "", string postgresCaFile = "")
    {
        ArgumentNullException.ThrowIfNull(postgres);
        _folder = Path.GetFullPath(dataFolder);
        _source = postgres.Length > 0 ? new PostgresAudit(new PostgresSettings(postgres, postgresPasswordFile, postgresCaFile)) : new SqliteAudit(_folder);
    }

    /// <summary>Newest first.</summary>
    public IReadOnlyList<IncidentRow> Incidents(IncidentFilter filter)
    {
        ArgumentNullException.ThrowIfNull(filter);
        return Read<IReadOnlyList<IncidentRow>>(connection => [.. connection.Query<StoredIncident>(
            $"""
            SELECT {StoredIncident.Columns} FROM incident
            WHERE (@status IS NULL OR lower(status) = lower(@status))
                AND (@resource IS NULL OR resource = @resource OR substr(resource, length(resource) - length(@resource)) = '/' || @resource)
                AND (@since IS NULL OR opened_at >= @since)
                AND (NOT @open OR closed_at IS NULL)
            ORDER BY opened_at DESC, id DESC LIMIT @limit
            """,
            new { status = filter.Status, resource = filter.Resource, since = filter.Since is { } since ? StoredTime.Text(since) : null, open = filter.Open, limit = filter.Limit })
            .Select(row => row.ToRow())]);
    }

    /// <summary>An incident and all its events in order, by its id or a beginning of it that only it has.</summary>
    public IncidentLookup Incident(string id)
    {
        ArgumentException.ThrowIfNullOrEmpty(id);
        return Read(connection =>
        {
            var rows = connection.Query<StoredIncident>(
                $"SELECT {StoredIncident.Columns} FROM incident WHERE substr(id, 1, length(@id)) = @id ORDER BY id = @id DESC, id LIMIT @limit",
                new { id, limit = MostCandidates }).Select(row => row.ToRow()).ToArray();
            return rows switch
            {
                [] => new IncidentLookup.NotFound(),
                [var only] => new IncidentLookup.Found(only, Events(connection, only.Id)),
                [var exact, ..] when exact.Id == id => new IncidentLookup.Found(exact, Events(connection, id)),
                _ => (IncidentLookup)new IncidentLookup.Ambiguous([.. rows.Select(row => row.Id)])
            };
        });
    }

    /// <summary>Events of some types, of all resources, in order.</summary>
    public IReadOnlyList<JournalEvent> Events(IReadOnlyList<string> types, DateTimeOffset since) => Read<IReadOnlyList<JournalEvent>>(connection =>
        [.. connection.Query<StoredEvent>(EventColumns.OfTypes(types), new { after = 0L, since = StoredTime.Text(since), limit = long.MaxValue }).Select(stored => stored.ToJournalEvent())]);

    /// <summary>Newest first.</summary>
    public IReadOnlyList<DeadLetter> DeadLetters(int limit = 100) => Read<IReadOnlyList<DeadLetter>>(connection =>
        [.. connection.Query<(long Id, string Text, string Source, string TraceId, string ReceivedAt, long Attempts, string DeadAt, string Reason)>(
                "SELECT id, text, source, trace_id, received_at, attempts, dead_at, reason FROM dead_letter ORDER BY id DESC LIMIT @limit", new { limit })
            .Select(row => new DeadLetter(row.Id, row.Text, row.Source, row.TraceId, StoredTime.Parse(row.ReceivedAt), (int)row.Attempts,
                StoredTime.Parse(row.DeadAt), row.Reason))]);

    /// <summary>The public key beside the store, which an auditor should have from elsewhere.</summary>
    public string PublicKeyPem()
    {
        var file = Path.Combine(_folder, CheckpointKey.PublicFile);
        return File.Exists(file)
            ? File.ReadAllText(file)
            : throw new StoreUnavailableException($"There is no public key {file}: no server has run on this folder, or it was taken away. Name the key.");
    }

    /// <summary>Writes the whole journal as JSON lines: a header, entries in order with the checkpoints between them, and an end.</summary>
    /// <returns>How many entries there are.</returns>
    public long Export(Stream output, IProgress<long>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(output);
        return Read(connection =>
        {
            var lines = new ExportWriter(output, Fingerprint(), progress);
            foreach (var entry in StoreEntries.Read(connection))
            {
                cancellationToken.ThrowIfCancellationRequested();
                lines.Write(entry);
            }

            return lines.End();
        }, mayRepeat: false);
    }

    /// <summary>Checks the store itself as <see cref="ExportVerifier"/> checks an export, and the heads that the engine works from.</summary>
    /// <exception cref="FormatException">The text is no public key.</exception>
    public VerifyReport Verify(
        string publicKeyPem, IEnumerable<string>? knownOutside = null, IProgress<long>? progress = null, CancellationToken cancellationToken = default)
    {
        using var key = new PublicKey(publicKeyPem);
        return Read(connection =>
        {
            var verifier = new ChainVerifier(key);
            foreach (var entry in StoreEntries.Read(connection))
            {
                cancellationToken.ThrowIfCancellationRequested();
                Take(verifier, entry, progress);
            }

            verifier.EndOfEngineHeads();
            return verifier.Report(knownOutside ?? []);
        });
    }

    private static void Take(ChainVerifier verifier, StoreEntry entry, IProgress<long>? progress)
    {
        switch (entry)
        {
            case StoreEntry.Stub(var s):
                verifier.Stub(s);
                break;
            case StoreEntry.Event(var e):
                verifier.Event(e);
                Report(progress, verifier.Entries);
                break;
            case StoreEntry.Checkpoint(var c):
                verifier.Checkpoint(c);
                break;
            case StoreEntry.Head(var head, var document):
                verifier.EngineHead(head, document);
                break;
        }
    }

    private string? Fingerprint()
    {
        if (!File.Exists(Path.Combine(_folder, CheckpointKey.PublicFile)))
            return null;
        using var key = new PublicKey(PublicKeyPem());
        return key.Fingerprint;
    }

    private static void Report(IProgress<long>? progress, long entries)
    {
        if (entries % 10_000 == 0)
            progress?.Report(entries);
    }

    private static IReadOnlyList<JournalEvent> Events(DbConnection connection, string incident) =>
        [.. connection.Query<StoredEvent>($"SELECT {EventColumns.All} FROM event WHERE incident_id = @incident ORDER BY sequence", new { incident }, buffered: false)
            .Select(stored => stored.ToJournalEvent())];

    private T Read<T>(Func<DbConnection, T> read, bool mayRepeat = true) => _source.Read(read, mayRepeat);
}
