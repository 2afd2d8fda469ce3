using Remediator.Core.Actions;
using Remediator.Definitions.Loading;

namespace Remediator.Definitions.Tests;

/// <summary>Folders of rules and playbooks of one test, gone after it.</summary>
internal sealed class DefinitionFolder : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("remediator-definitions-").FullName;

    public DefinitionFolder()
    {
        Directory.CreateDirectory(Rules);
        Directory.CreateDirectory(Playbooks);
    }

    public string Root => _root;

    public string Rules => Path.Combine(_root, "rules");

    public string Playbooks => Path.Combine(_root, "playbooks");

    /// <summary>Null while none was written.</summary>
    public string? Policy => Path.Combine(_root, "policy.yaml") is var file && File.Exists(file) ? file : null;

    public DefinitionFolder With(string path, string text)
    {
        var full = Path.Combine(_root, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllText(full, text);
        return this;
    }

    public LoadedDefinitions Load(ActionRegistry? actions = null) =>
        DefinitionsLoader.Load(Rules, Playbooks, actions ?? FakeActions.Registry, Policy);

    public void Dispose() => Directory.Delete(_root, recursive: true);
}
