using Remediator.Core.Policies;
using Remediator.Core.Rules;
using Remediator.Definitions.Faults;
using Remediator.Definitions.Testing;

namespace Remediator.Definitions.Loading;

/// <summary>What became of reading the folders: either a whole set, or all that is wrong with them.</summary>
public sealed record LoadedDefinitions
{
    /// <summary>Null where there are faults.</summary>
    public DefinitionSet? Set { get; init; }

    /// <summary>The rules of the set, as another engine would compile them.</summary>
    public RuleSet? Rules { get; init; }

    public required IReadOnlyList<DefinitionFault> Faults { get; init; }

    /// <summary>The users' tests, those of rules and those of playbooks; run them with <see cref="DefinitionTestRunner"/>.</summary>
    public IReadOnlyList<DefinitionTest> Tests { get; init; } = [];

    /// <summary>Files that were read, tests among them.</summary>
    public int Files { get; init; }

    /// <summary>Changes whenever a byte of any file does, tests among them.</summary>
    public required string Content { get; init; }

    /// <exception cref="DefinitionsInvalidException">There are faults; it carries all of them.</exception>
    public DefinitionSet OrThrow() => Set ?? throw new DefinitionsInvalidException("The definitions cannot be used:", Faults);
}
