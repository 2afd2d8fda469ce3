namespace Remediator.Definitions.Live;

/// <summary>Where the definitions are, and how changes to them are noticed.</summary>
public sealed record DefinitionsOptions
{
    /// <summary>The folder of rules, as an absolute path.</summary>
    public required string Rules { get; init; }

    /// <summary>The folder of playbooks, as an absolute path.</summary>
    public required string Playbooks { get; init; }

    /// <summary>The file of the policy, as an absolute path; null for none.</summary>
    public string? Policy { get; init; }

    /// <summary>
    /// After a change, so long a time without another before the files are read: an editor writes more than once, a checkout many files.
    /// </summary>
    public TimeSpan Settle { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>The files are compared at least so often: not every file system tells of changes.</summary>
    public TimeSpan Recheck { get; init; } = TimeSpan.FromSeconds(30);
}
