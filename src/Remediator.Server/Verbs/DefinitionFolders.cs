using Remediator.Server.CommandLine;

namespace Remediator.Server.Verbs;

/// <summary>The folders and the policy that belong to what was typed, and the part of them that was meant.</summary>
/// <param name="Policy">Null for none.</param>
/// <param name="Only">Files and folders to tell about; all when empty.</param>
internal sealed record DefinitionFolders(string Rules, string Playbooks, string? Policy, IReadOnlyList<string> Only)
{
    private const string RulesName = "rules";
    private const string PlaybooksName = "playbooks";
    private const string PolicyName = "policy.yaml";

    /// <summary>
    /// A folder with <c>rules</c> or <c>playbooks</c> in it is checked whole, with its <c>policy.yaml</c>; what is in such a folder is
    /// checked together with all that it may refer to, and told about alone. Without a path: what the server would load.
    /// </summary>
    /// <exception cref="VerbException">A path is not there.</exception>
    public static IReadOnlyList<DefinitionFolders> Of(IReadOnlyList<string> paths, IConfiguration settings)
    {
        var usual = new DefinitionFolders(
            settings["Definitions:Rules"]!, settings["Definitions:Playbooks"]!,
            settings["Definitions:Policy"] is { Length: > 0 } policy ? policy : null, []);
        if (paths.Count == 0)
            return [usual];

        var missing = paths.Where(p => !Path.Exists(p)).Select(p => $"There is no file or folder '{p}'.").ToList();
        return missing.Count == 0
            ? [.. paths.Select(p => Of(Path.GetFullPath(p), usual)).GroupBy(f => (f.Rules, f.Playbooks, f.Policy)).Select(Merge)]
            : throw new VerbException(missing);
    }

    /// <summary>The path of a fault as the user would open it from where they stand.</summary>
    public string Shown(string label) =>
        Path.GetRelativePath(Directory.GetCurrentDirectory(), FullPath(label)) is var near
            && near.StartsWith("..", StringComparison.Ordinal)
            ? FullPath(label)
            : near;

    public bool Includes(string label) =>
        Only.Count == 0
            || Only.Any(o =>
                FullPath(label) is var file && (file == o || file.StartsWith(o + Path.DirectorySeparatorChar, StringComparison.Ordinal)));

    /// <summary>Labels begin with the name of their folder; a folder that cannot be read is named whole.</summary>
    private string FullPath(string label)
    {
        if (Policy is not null && label == Path.GetFileName(Policy))
            return Path.GetFullPath(Policy);

        foreach (var folder in new[] { Rules, Playbooks })
        {
            if (label.Split('/', 2) is [var name, var rest] && name == Path.GetFileName(folder) && Path.Exists(Path.Combine(folder, rest)))
                return Path.GetFullPath(Path.Combine(folder, rest));
        }

        return Path.GetFullPath(label);
    }

    private static DefinitionFolders Of(string path, DefinitionFolders usual)
    {
        if (Directory.Exists(Path.Combine(path, RulesName)) || Directory.Exists(Path.Combine(path, PlaybooksName)))
            return Under(path, usual, []);
        if (Path.GetFileName(path) == PolicyName && File.Exists(path))
            return Under(Path.GetDirectoryName(path)!, usual, [path]);

        for (var part = Path.TrimEndingDirectorySeparator(path); part is not null; part = Path.GetDirectoryName(part))
        {
            if (Path.GetFileName(part) is RulesName or PlaybooksName && Directory.Exists(part))
                return Under(Path.GetDirectoryName(part)!, usual, WithTests(Path.TrimEndingDirectorySeparator(path)));
        }

        return File.Exists(path)
            ? usual with { Rules = Path.GetDirectoryName(path)!, Only = WithTests(path) }
            : usual with { Rules = Path.TrimEndingDirectorySeparator(path) };
    }

    private static string[] WithTests(string path) =>
        Path.GetExtension(path) is { Length: > 0 } extension && !Directory.Exists(path)
            ? [path, $"{path[..^extension.Length]}.tests{extension}"]
            : [path];

    private static DefinitionFolders Under(string root, DefinitionFolders usual, IReadOnlyList<string> only) =>
        new(
            Existing(Path.Combine(root, RulesName), usual.Rules),
            Existing(Path.Combine(root, PlaybooksName), usual.Playbooks),
            File.Exists(Path.Combine(root, PolicyName)) ? Path.Combine(root, PolicyName) : usual.Policy,
            only);

    private static string Existing(string folder, string otherwise) => Directory.Exists(folder) ? folder : otherwise;

    private static DefinitionFolders Merge(IGrouping<(string Rules, string Playbooks, string? Policy), DefinitionFolders> same) =>
        new(same.Key.Rules, same.Key.Playbooks, same.Key.Policy, same.Any(f => f.Only.Count == 0) ? [] : [.. same.SelectMany(f => f.Only)]);
}
