namespace Remediator.Journal.Format;

/// <summary>
/// A signed statement of what an archive file took out of the store: where the journal goes on after it, and the file's own hash.
/// </summary>
public sealed record StoredStub
{
    public required long Id { get; init; }
    /// <summary>The newest sequence that is archived.</summary>
    public required long Sequence { get; init; }
    /// <summary>How many events there were up to that sequence.</summary>
    public required long Entries { get; init; }
    /// <summary>The checkpoint that covers exactly what is archived.</summary>
    public required long CheckpointId { get; init; }
    public required string CheckpointHash { get; init; }
    public required string At { get; init; }
    /// <summary>Name of the archive file, without its folder.</summary>
    public required string File { get; init; }
    /// <summary>SHA-256 of the file, lower-case hexadecimal.</summary>
    public required string FileHash { get; init; }
    /// <summary>
    /// The newest archived event of every resource, in ordinal order of their resources: what their next events follow on.
    /// </summary>
    public required IReadOnlyList<CheckpointHead> Heads { get; init; }
    /// <summary>
    /// The snapshots that stand for what was archived, in ordinal order of their resources: each is in the store behind what is archived.
    /// Null in a stub of before there were snapshots.
    /// </summary>
    public required IReadOnlyList<CheckpointHead>? Snapshots { get; init; }
    /// <summary>Fingerprint of the key, as in a checkpoint.</summary>
    public required string Key { get; init; }
    public required string Hash { get; init; }
    /// <summary>As in a checkpoint.</summary>
    public required string Signature { get; init; }
}
