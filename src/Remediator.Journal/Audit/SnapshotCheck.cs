using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Remediator.Core.Events;
using Remediator.Journal.Format;

namespace Remediator.Journal.Audit;

/// <summary>
/// Snapshots: those that a stub has sealed are there as they were, each holds a document, and the engine works from the newest ones.
/// </summary>
internal sealed class SnapshotCheck
{
    private readonly Dictionary<(string Resource, long Version), CheckpointHead> _sealed = [];
    private readonly Dictionary<string, string> _newest = new(StringComparer.Ordinal);

    /// <summary>Those of a stub that have not come.</summary>
    public IEnumerable<CheckpointHead> Missing => _sealed.Values.OrderBy(s => s.Resource, StringComparer.Ordinal);

    public void Sealed(IEnumerable<CheckpointHead> snapshots)
    {
        foreach (var snapshot in snapshots)
            _sealed[(snapshot.Resource, snapshot.Version)] = snapshot;
    }

    /// <returns>What is wrong with the entry; null where nothing is.</returns>
    public string? Fault(StoredEvent e)
    {
        _newest.Remove(e.Resource);
        if (_sealed.Remove((e.Resource, e.Version), out var sealedOne) && sealedOne.Hash != e.Hash)
            return "It is not the snapshot that the stub of the archive has sealed: it was replaced.";
        if (e.Type != Snapshot.Type)
            return null;
        if (DigestOf(e.Payload) is not { } digest)
            return "This snapshot holds no document.";
        _newest[e.Resource] = digest;
        return null;
    }

    /// <summary>A snapshot changes nothing: as long as nothing comes after it, the head's document is the snapshot's.</summary>
    public string? Fault(CheckpointHead engine, string document) =>
        _newest.TryGetValue(engine.Resource, out var digest) && digest != Digest(Parse(document))
            ? $"The engine works from another state than the snapshot that is version {engine.Version} of the resource: it was changed."
            : null;

    private static string? DigestOf(string payload) =>
        Parse(payload) is JsonObject o
            && o["document"] is JsonObject document
            && o["documentSchema"]?.GetValueKind() is JsonValueKind.Number
            ? Digest(document)
            : null;

    private static string Digest(JsonNode? document) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(document?.ToJsonString(EventCodec.Json) ?? "")));

    private static JsonNode? Parse(string text)
    {
        try
        {
            return JsonNode.Parse(text);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
