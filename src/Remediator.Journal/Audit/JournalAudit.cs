using System.Data.Common;
using Dapper;
using Remediator.Core.Journal;
using Remediator.Core.Resources;
using Remediator.Journal.Chain;
using Remediator.Journal.Format;
using Remediator.Journal.Postgres;
using Remediator.Journal.Reading;
using Remediator.Journal.Sqlite;

namespace Remediator.Journal.Audit;

/// <summary>Reads a store by itself, whether a server runs or not. It writes nothing and takes no lock.</summary>
/// <remarks>
/// Every method throws <see cref="StoreUnavailableException"/>, in words for an operator, where there is no store or it cannot be read.
/// </remarks>
public sealed class JournalAudit
{
    private readonly string _folder;
    private readonly IAuditSource _source;

    /// <param name="postgres">Empty where the store is in the data folder.</param>
    public JournalAudit(string dataFolder, string postgres = "", string postgresPasswordFile = "", string postgresCaFile = "")
    {
        ArgumentNullException.ThrowIfNull(postgres);
        _folder = Path.GetFullPath(dataFolder);
        _source = postgres.Length > 0
            ? new PostgresAudit(new PostgresSettings(postgres, postgresPasswordFile, postgresCaFile))
            : new SqliteAudit(_folder);
    }

    /// <summary>Newest first.</summary>
    public IReadOnlyList<IncidentRow> Incidents(IncidentFilter filter)
    {
        ArgumentNullException.ThrowIfNull(filter);
        var (sql, values) = IncidentQueries.List(filter);
        return Read<IReadOnlyList<IncidentRow>>(
            connection => [.. connection.Query<StoredIncident>(sql, values).Select(row => row.ToRow())]);
    }

    /// <summary>An incident and all its events in order, by its id or a beginning of it that only it has.</summary>
    public IncidentLookup Incident(string id)
    {
        ArgumentException.ThrowIfNullOrEmpty(id);
        var (sql, values) = IncidentQueries.ByPrefix(id);
        return Read(connection =>
        {
            if (IncidentQueries.Pick(id, connection.Query<StoredIncident>(sql, values).AsList(), out var other) is not { } found)
                return other is IncidentLookup.NotFound
                    ? ArchiveLookup.OfForgottenAsync(connection, id).GetAwaiter().GetResult()
                    : other;
            JournalEvent[] events = [.. connection.Query<StoredEvent>(Queries.EventsOfIncident.Sql, new { incident = found.Id })
                .Select(stored => stored.ToJournalEvent())];
            return new IncidentLookup.Found(
                found, events, ArchiveLookup.OfAsync(connection, found, events).GetAwaiter().GetResult());
        });
    }

    /// <summary>Events of some types, of all resources, in order.</summary>
    public IReadOnlyList<JournalEvent> Events(IReadOnlyList<string> types, DateTimeOffset since) =>
        Read<IReadOnlyList<JournalEvent>>(connection =>
    {
        var events = new List<JournalEvent>();
        for (var (after, isLast) = (0L, false); !isLast;)
        {
            (var found, after, isLast) = EventSpans.ReadAsync(connection, types, after, since).GetAwaiter().GetResult();
            events.AddRange(found);
        }

        return events;
    });

    /// <summary>A stream that the engine itself has for each cluster: its head, and its events as far as they are not archived.</summary>
    /// <param name="name">The last part of its key.</param>
    public IReadOnlyList<(ResourceHead Head, IReadOnlyList<JournalEvent> Events)> EngineStreams(string name) =>
        Read<IReadOnlyList<(ResourceHead, IReadOnlyList<JournalEvent>)>>(connection =>
    {
        var streams = new List<(ResourceHead, IReadOnlyList<JournalEvent>)>();
        // from one cluster to the next: '0' comes behind '/', and so behind all keys of a cluster
        for (var after = ""; connection.QueryFirstOrDefault<string>(
            Queries.FirstOfCluster.Sql, new { after }) is { } first; after = $"{first[..first.IndexOf('/', StringComparison.Ordinal)]}0")
        {
            var key = new ResourceKey(ResourceKey.Parse(first).Cluster, ResourceKinds.Engine, "", name);
            var (version, document, schema) =
                connection.QuerySingleOrDefault<(long, string?, long)>(Queries.Head.Sql, new { resource = key.ToString() });
            if (version > 0)
                streams.Add((
                    new(key, version, document, (int)schema),
                    [.. connection.Query<StoredEvent>(Queries.Stream.Sql, new { resource = key.ToString() })
                        .Select(e => e.ToJournalEvent())]));
        }

        return streams;
    });

    /// <summary>Newest first.</summary>
    public IReadOnlyList<DeadLetter> DeadLetters(int limit = 100) => Read<IReadOnlyList<DeadLetter>>(connection =>
        [.. connection.Query<(
            long Id, string Text, string Source, string TraceId, string ReceivedAt, long Attempts, string DeadAt, string Reason)>(
                Queries.DeadLetters.Sql, new { limit })
            .Select(row => new DeadLetter(row.Id, row.Text, row.Source, row.TraceId, StoredTime.Parse(row.ReceivedAt), (int)row.Attempts,
                StoredTime.Parse(row.DeadAt), row.Reason))]);

    /// <summary>The public key beside the store, which an auditor should have from elsewhere.</summary>
    public string PublicKeyPem()
    {
        var file = Path.Combine(_folder, CheckpointKey.PublicFile);
        return File.Exists(file)
            ? File.ReadAllText(file)
            : throw new StoreUnavailableException(
                $"There is no public key {file}: no server has run on this folder, or it was taken away. Name the key.");
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

    /// <summary>
    /// Checks the store itself as <see cref="ExportVerifier"/> checks an export, and the heads that the engine works from.
    /// </summary>
    /// <exception cref="FormatException">The text is no public key.</exception>
    public VerifyReport Verify(
        string publicKeyPem, IEnumerable<string>? knownOutside = null, IProgress<long>? progress = null,
        CancellationToken cancellationToken = default)
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

    private T Read<T>(Func<DbConnection, T> read, bool mayRepeat = true) => _source.Read(read, mayRepeat);
}
