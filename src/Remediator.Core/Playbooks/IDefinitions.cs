using Remediator.Core.Rules;

namespace Remediator.Core.Playbooks;

/// <summary>The definitions in force: swapped as a whole, only after all of it loaded and its tests passed.</summary>
public interface IDefinitions
{
    DefinitionSet Current { get; }

    /// <summary>The playbook that a run began with, from the text that it kept.</summary>
    Playbook Parse(string source);
}

/// <summary>How the definitions in force came to be, and what became of the last change of their files.</summary>
public interface IDefinitionsReport
{
    DefinitionsStatus Status { get; }
}

/// <summary>For readiness, <c>remediator status</c> and the metric <c>definitions_last_reload_success</c>.</summary>
/// <param name="Origin">The folders that they came from, for people.</param>
/// <param name="LoadedAt">Since when these are in force.</param>
/// <param name="TriedAt">When files were last read.</param>
/// <param name="Faults">Why what was read then is not in force, each with its place; empty when it is.</param>
public sealed record DefinitionsStatus(
    string Revision, string? Commit, string Origin, int Rules, int Playbooks, DateTimeOffset LoadedAt, DateTimeOffset TriedAt, IReadOnlyList<string> Faults);

/// <param name="Revision">Content hash of everything, 12 hexadecimal digits.</param>
/// <param name="Commit">The git commit where the files come from a clean work tree; else null.</param>
public sealed record DefinitionSet(string Revision, string? Commit, IRuleProgram Rules, IReadOnlyDictionary<string, Playbook> Playbooks);
