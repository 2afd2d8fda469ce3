using Remediator.Definitions.Faults;

namespace Remediator.Definitions.Live;

/// <summary>For people: what is in force, and whether the files on disk are.</summary>
public interface IDefinitionsStatus
{
    DefinitionsStatus Status { get; }
}

/// <param name="Revision">Of the set in force.</param>
/// <param name="LoadedAt">When the set in force was loaded.</param>
/// <param name="LastReloadSucceeded">False while the files on disk are refused and an older set is in force.</param>
/// <param name="LastReloadAt">When the files were last read.</param>
/// <param name="Faults">Why the files on disk are refused; tests that fail are among them.</param>
public sealed record DefinitionsStatus(
    string Revision, string? Commit, int Rules, int Playbooks, DateTimeOffset LoadedAt, bool LastReloadSucceeded,
    DateTimeOffset LastReloadAt, IReadOnlyList<DefinitionFault> Faults);
