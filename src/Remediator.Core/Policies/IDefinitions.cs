using Remediator.Core.Playbooks;
using Remediator.Core.Rules;

namespace Remediator.Core.Policies;

/// <summary>The definitions in force: swapped as a whole, only after all of it loaded and its tests passed.</summary>
public interface IDefinitions
{
    DefinitionSet Current { get; }

    /// <summary>The playbook that a run began with, from the text that it kept.</summary>
    Playbook Parse(string source);
}

/// <param name="Revision">Content hash of everything, 12 hexadecimal digits.</param>
/// <param name="Commit">The git commit where the files come from a clean work tree; else null.</param>
public sealed record DefinitionSet(string Revision, string? Commit, IRuleProgram Rules, IReadOnlyDictionary<string, Playbook> Playbooks)
{
    public Policy Policy { get; init; } = Policy.Default;
}
