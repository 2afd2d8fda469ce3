using System.Globalization;
using Remediator.Core.Language;
using Remediator.Journal.Chain;
using Remediator.Journal.Format;

namespace Remediator.Journal.Audit;

/// <summary>
/// Follows the chains entry by entry. After a fault it continues from what is stored there, so that one fault is one finding.
/// </summary>
internal sealed class ChainVerifier(PublicKey key)
{
    private const int MostFaults = 100;

    private readonly Dictionary<string, Head> _heads = new(StringComparer.Ordinal);
    private readonly HashSet<string> _changed = new(StringComparer.Ordinal);
    private readonly HashSet<string> _headless = new(StringComparer.Ordinal);
    private readonly HashSet<string> _checkpointHashes = new(StringComparer.Ordinal);
    private readonly SnapshotCheck _snapshots = new();
    private readonly List<VerifyFault> _faults = [];
    private long _faultCount;
    private long _sequence;
    private long _lastId;
    private string _lastHash = EventHash.None;
    private VerifiedCheckpoint? _anchor;
    private long _unanchored;
    private string? _unanchoredSince;

    public long Entries { get; private set; }

    public long Checkpoints { get; private set; }

    /// <summary>How many of the entries are in archive files, and only vouched for here.</summary>
    public long Archived { get; private set; }

    /// <summary>The line that is being read; null where a store is read.</summary>
    public long? Line { get; set; }

    /// <summary>The entries that follow begin where this says; it can only stand before all of them.</summary>
    public void Stub(StoredStub s)
    {
        if (Entries > 0 || Checkpoints > 0)
            Fault(s, "It is not before the entries and checkpoints: it was moved or inserted.");
        if (SignatureFault(s.Key, StubHash.Compute(s), s.Hash, s.Signature, "archive's stub") is { } fault)
            Fault(s, fault);
        (_sequence, Entries, Archived, _lastId, _lastHash) = (s.Sequence, s.Entries, s.Entries, s.CheckpointId, s.CheckpointHash);
        _anchor =
            new VerifiedCheckpoint(s.CheckpointId, s.Sequence, StoredTime.TryParse(s.At, out var at) ? at : default, s.CheckpointHash);
        _checkpointHashes.Add(s.CheckpointHash);
        foreach (var head in s.Heads)
        {
            _heads[head.Resource] = new Head(head.Version, head.Hash);
            _headless.Add(head.Resource);
        }

        _snapshots.Sealed(s.Snapshots ?? []);
    }

    public void Event(StoredEvent e)
    {
        Entries++;
        var head = _heads.GetValueOrDefault(e.Resource, Head.None);
        if (e.Sequence <= _sequence)
            Fault(e, $"Sequence {e.Sequence} follows on {_sequence}: this entry was moved or inserted.");
        else if (e.Sequence > _sequence + 1)
            Fault(e, $"{Missing(_sequence + 1, e.Sequence - 1, "sequence")} before this entry: dropped or moved.");
        if (e.Version != head.Version + 1)
            Fault(e, e.Version > head.Version
                ? $"{Missing(head.Version + 1, e.Version - 1, "version")} of the resource before this entry: dropped or moved."
                : $"Version {e.Version} of the resource follows on version {head.Version}: this entry was moved or inserted.");
        else if (e.PreviousHash != head.Hash)
            Fault(e, "It does not follow on the resource's entry before it: one of the two was changed or replaced.");
        if (EventHash.Compute(e) != e.Hash)
            Fault(e, "Its hash does not match its contents: this entry was changed.");
        if (_snapshots.Fault(e) is { } fault)
            Fault(e, fault);

        _sequence = e.Sequence;
        _heads[e.Resource] = new Head(e.Version, e.Hash);
        _changed.Add(e.Resource);
        _headless.Add(e.Resource);
        foreach (var over in ForgottenStreams.Of(e))
        {
            if (_heads.GetValueOrDefault(over.Resource, Head.None) != new Head(over.Version, over.Hash))
                Fault(e, $"It ends the chain of {over.Resource} at version {over.Version}, which is not the newest one.");
            _heads.Remove(over.Resource);
            _headless.Remove(over.Resource);
        }

        _unanchored++;
        _unanchoredSince ??= e.At;
    }

    public void Checkpoint(StoredCheckpoint c)
    {
        Checkpoints++;
        _checkpointHashes.Add(c.Hash);
        var before = _faultCount;
        CheckSignature(c);
        CheckCoverage(c);
        (_lastId, _lastHash) = (c.Id, c.Hash);
        _changed.Clear();
        if (_faultCount == before)
            (_anchor, _unanchored, _unanchoredSince) = (new VerifiedCheckpoint(c.Id, c.Sequence, StoredTime.Parse(c.At), c.Hash), 0, null);
    }

    /// <summary>Compares what the engine takes for a resource's newest entry with the journal.</summary>
    /// <param name="document">The state that the engine works from.</param>
    public void EngineHead(CheckpointHead engine, string document)
    {
        _headless.Remove(engine.Resource);
        var newest = _heads.GetValueOrDefault(engine.Resource, Head.None);
        if (newest != new Head(engine.Version, engine.Hash))
            Fault(new VerifyFault(
                $"The engine works from version {engine.Version} of the resource, its newest entry is version "
                    + $"{newest.Version}: they do not belong together.")
            {
                Resource = engine.Resource,
                Version = engine.Version
            });
        else if (_snapshots.Fault(engine, document) is { } fault)
            Fault(new VerifyFault(fault) { Resource = engine.Resource, Version = engine.Version });
    }

    public void EndOfEngineHeads()
    {
        foreach (var resource in _headless.Order(StringComparer.Ordinal))
            Fault(new VerifyFault("The resource has entries, and the engine knows nothing of it.") {
                Resource = resource,
                Version = _heads[resource].Version });
        foreach (var missing in _snapshots.Missing)
            Fault(new VerifyFault("The snapshot that replaces the resource's archived entries is missing.") {
                Resource = missing.Resource,
                Version = missing.Version });
    }

    public void Fault(VerifyFault fault)
    {
        _faultCount++;
        if (_faults.Count < MostFaults)
            _faults.Add(fault with { Line = Line });
    }

    /// <param name="knownOutside">Hashes of checkpoints that stand outside, in logs or earlier exports.</param>
    public VerifyReport Report(IEnumerable<string> knownOutside)
    {
        Line = null;
        foreach (var hash in knownOutside.Where(hash => !_checkpointHashes.Contains(hash)))
            Fault(new VerifyFault(
                $"The checkpoint with hash {hash} is known outside but is not here: the journal was cut or rewritten before "
                    + $"it{(Archived > 0 ? ", or it is in an archive file" : "")}."));
        return new VerifyReport
        {
            Entries = Entries,
            ArchivedEntries = Archived,
            Resources = _heads.Count,
            Checkpoints = Checkpoints,
            LastCheckpoint = _anchor,
            UnanchoredEntries = _unanchored,
            UnanchoredSince = _unanchoredSince is { } at && StoredTime.TryParse(at, out var since) ? since : null,
            Faults = _faults,
            FaultCount = _faultCount
        };
    }

    private void CheckSignature(StoredCheckpoint c)
    {
        if (c.Id != _lastId + 1)
            Fault(
                c,
                c.Id > _lastId
                    ? $"Checkpoint {_lastId} is before it: those between were dropped or moved."
                    : "This checkpoint was moved or inserted.");
        else if (c.PreviousHash != _lastHash)
            Fault(c, "It does not follow on the checkpoint before it: one of the two was changed or replaced.");
        if (SignatureFault(c.Key, CheckpointHash.Compute(c), c.Hash, c.Signature, "checkpoint") is { } fault)
            Fault(c, fault);
        else if (!StoredTime.TryParse(c.At, out _))
            Fault(c, $"Its time '{c.At}' is not a time.");
    }

    private string? SignatureFault(string signer, string computed, string hash, string signature, string what) =>
        signer != key.Fingerprint ? $"It was signed with key {signer}, not with the key given ({key.Fingerprint})."
        : computed != hash ? $"Its hash does not match its contents: this {what} was changed."
        : !key.Verify(hash, signature) ? $"Its signature is not that of the key: this {what} was changed or forged."
        : null;

    private void CheckCoverage(StoredCheckpoint c)
    {
        if (c.Sequence != _sequence || c.Entries != Entries)
            Fault(
                c,
                $"It covers {Plural.Of(c.Entries, "entry", "entries")} up to sequence {c.Sequence}; here are {Entries} up to "
                    + $"sequence {_sequence}: entries were dropped or inserted, or the checkpoint was moved.");
        foreach (var head in c.Heads)
        {
            var found = _heads.GetValueOrDefault(head.Resource, Head.None);
            if (found != new Head(head.Version, head.Hash))
                Fault(new VerifyFault(found.Version == head.Version
                    ? "The resource's newest entry under this checkpoint is not the one that was signed: it, or one before "
                        + "it, was replaced."
                    : $"The resource's newest entry under this checkpoint was version {head.Version}, here it is "
                        + $"{found.Version}: entries were dropped or inserted.")
                {
                    Checkpoint = c.Id,
                    Resource = head.Resource,
                    Version = head.Version
                });
            _changed.Remove(head.Resource);
        }

        foreach (var resource in _changed.Order(StringComparer.Ordinal))
            Fault(new VerifyFault("The resource has entries under this checkpoint that it does not cover: they were inserted.")
            {
                Checkpoint = c.Id,
                Resource = resource,
                Version = _heads[resource].Version
            });
    }

    private void Fault(StoredEvent e, string message) => Fault(new VerifyFault(message)
    {
        Sequence = e.Sequence,
        Resource = e.Resource,
        Version = e.Version,
        IncidentId = e.IncidentId
    });

    private void Fault(StoredCheckpoint c, string message) => Fault(new VerifyFault(message) { Checkpoint = c.Id, Sequence = c.Sequence });

    private void Fault(StoredStub s, string message) =>
        Fault(new VerifyFault($"Stub of archive {s.File}: {message}") { Sequence = s.Sequence });

    private static string Missing(long from, long to, string what) => from == to
        ? string.Create(CultureInfo.InvariantCulture, $"The entry with {what} {from} is missing")
        : string.Create(CultureInfo.InvariantCulture, $"The entries with {what} {from} to {to} are missing");

    private readonly record struct Head(long Version, string Hash)
    {
        public static readonly Head None = new(0, EventHash.None);
    }
}
