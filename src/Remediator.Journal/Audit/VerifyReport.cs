namespace Remediator.Journal.Audit;

/// <summary>What a check of the whole journal found.</summary>
public sealed record VerifyReport
{
    public bool Ok => FaultCount == 0;
    public required long Entries { get; init; }
    /// <summary>How many of them are in archive files, and here only vouched for by a signed stub.</summary>
    public long ArchivedEntries { get; init; }
    public required long Resources { get; init; }
    public required long Checkpoints { get; init; }
    /// <summary>The newest checkpoint that holds; null where there is none.</summary>
    public VerifiedCheckpoint? LastCheckpoint { get; init; }
    /// <summary>Entries after it: their chain is checked, but whoever can write the store could have written them anew.</summary>
    public required long UnanchoredEntries { get; init; }
    public DateTimeOffset? UnanchoredSince { get; init; }
    /// <summary>The first faults, in order of the journal.</summary>
    public required IReadOnlyList<VerifyFault> Faults { get; init; }
    public required long FaultCount { get; init; }
}

public sealed record VerifiedCheckpoint(long Id, long Sequence, DateTimeOffset At, string Hash);

/// <summary>What is wrong, in words, and where.</summary>
public sealed record VerifyFault(string Message)
{
    /// <summary>Line of the export, from 1.</summary>
    public long? Line { get; init; }
    public long? Sequence { get; init; }
    public string? Resource { get; init; }
    public long? Version { get; init; }
    public string? IncidentId { get; init; }
    public long? Checkpoint { get; init; }
}
