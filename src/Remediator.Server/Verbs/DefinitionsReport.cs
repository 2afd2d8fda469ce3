using Remediator.Actions;
using Remediator.Core.Language;
using Remediator.Core.Rules;
using Remediator.Definitions.Faults;
using Remediator.Definitions.Loading;
using Remediator.Definitions.Testing;

namespace Remediator.Server.Verbs;

/// <summary>What <c>check</c> and <c>test</c> found in one pair of folders.</summary>
internal sealed record DefinitionsReport
{
    public required string Rules { get; init; }
    public required string Playbooks { get; init; }
    /// <summary>Null where there is none.</summary>
    public string? Policy { get; init; }
    public required int Files { get; init; }
    /// <summary>Null where there are faults.</summary>
    public string? Revision { get; init; }
    public required IReadOnlyList<DefinitionFault> Faults { get; init; }
    public required IReadOnlyList<DefinitionTestResult> Tests { get; init; }

    public bool Ok => Faults.Count == 0 && Tests.All(t => t.Passed);

    public static DefinitionsReport Of(DefinitionFolders folders, IRuleEngine engine)
    {
        var loaded = DefinitionsLoader.Load(folders.Rules, folders.Playbooks, ActionCatalogue.All(), folders.Policy, engine);
        var tests = loaded.Set is null ? [] : DefinitionTestRunner.Run(loaded);
        return new()
        {
            Rules = folders.Rules,
            Playbooks = folders.Playbooks,
            Policy = folders.Policy,
            Files = loaded.Files,
            Revision = loaded.Set?.Revision,
            Faults = [.. loaded.Faults.Where(f => folders.Includes(f.File)).Select(f => f with { File = folders.Shown(f.File) })],
            Tests = [.. tests.Where(t => folders.Includes(t.File)).Select(t => t with { File = folders.Shown(t.File) })],
        };
    }

    public string Summary => Faults.Count > 0
        ? $"{Plural.Of(Faults.Count, "fault")} in {Plural.Of(Files, "file")}"
        : $"{Plural.Of(Files, "file")} {Plural.Are(Files)} correct, revision {Revision}; "
            + $"{Plural.Of(Tests.Count(t => t.Passed), "test")} passed, "
            + $"{Tests.Count(t => !t.Passed)} failed";
}
