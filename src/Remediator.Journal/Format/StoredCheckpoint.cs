using System.Text.Json.Serialization;

namespace Remediator.Journal.Format;

/// <summary>
/// A signed statement of how the journal stood. It names the heads that changed since the one before and follows on it by hash,
/// so that the chain of checkpoints holds every head.
/// </summary>
public sealed record StoredCheckpoint
{
    public required long Id { get; init; }
    /// <summary>The newest sequence that it covers.</summary>
    public required long Sequence { get; init; }
    /// <summary>How many events there are up to that sequence.</summary>
    public required long Entries { get; init; }
    public required string At { get; init; }
    /// <summary>In ordinal order of their resources.</summary>
    public required IReadOnlyList<CheckpointHead> Heads { get; init; }
    /// <summary>Fingerprint of the key: SHA-256 of its SubjectPublicKeyInfo, lower-case hexadecimal.</summary>
    public required string Key { get; init; }
    public required string PreviousHash { get; init; }
    public required string Hash { get; init; }
    /// <summary>ECDSA P-256 over the 32 bytes of the hash: r and s, 64 bytes, in lower-case hexadecimal.</summary>
    public required string Signature { get; init; }
}

/// <summary>The newest event of a resource.</summary>
public sealed record CheckpointHead(
    [property: JsonPropertyName("resource")] string Resource,
    [property: JsonPropertyName("version")] long Version,
    [property: JsonPropertyName("hash")] string Hash);
