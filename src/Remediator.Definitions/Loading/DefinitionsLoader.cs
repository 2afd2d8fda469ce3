using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Text;
using Remediator.Core.Actions;
using Remediator.Core.Playbooks;
using Remediator.Core.Policies;
using Remediator.Core.Rules;
using Remediator.Definitions.Faults;
using Remediator.Definitions.Git;
using Remediator.Definitions.Reading;
using Remediator.Definitions.Testing;
using Remediator.Definitions.Yaml;
using YamlDotNet.Core;

namespace Remediator.Definitions.Loading;

/// <summary>Reads and checks rules, playbooks, their tests and the policy; finds all that is wrong at once.</summary>
public static class DefinitionsLoader
{
    /// <param name="policyFile">Null for none.</param>
    /// <param name="engine">Null for <see cref="NativeRuleEngine"/>.</param>
    public static LoadedDefinitions Load(
        string rulesFolder, string playbooksFolder, ActionRegistry actions, string? policyFile = null, IRuleEngine? engine = null) =>
        Load(rulesFolder, playbooksFolder, policyFile, actions, engine ?? new NativeRuleEngine());

    private static LoadedDefinitions Load(
        string rulesFolder, string playbooksFolder, string? policyFile, ActionRegistry actions, IRuleEngine engine)
    {
        var faults = new List<DefinitionFault>();
        var ruleFiles = DefinitionFiles.Read(rulesFolder, faults);
        var playbookFiles = DefinitionFiles.Read(playbooksFolder, faults);
        var policy = policyFile is null ? null : DefinitionFiles.Read(policyFile, Path.GetFileName(policyFile), faults);
        var loaded = Read(ruleFiles, playbookFiles, policy, actions, engine, faults);
        return loaded.Set is not { } set ? loaded : loaded with
        {
            Set = set with { Commit = GitCommit.Of(
                policy is null ? null : (policyFile!, policy), (rulesFolder, ruleFiles), (playbooksFolder, playbookFiles)) },
        };
    }

    /// <summary>The hash of all files as they are now, and nothing more: far cheaper than to load them.</summary>
    /// <returns>Null where one of them cannot be read.</returns>
    internal static string? ContentOf(string rulesFolder, string playbooksFolder, string? policyFile)
    {
        var faults = new List<DefinitionFault>();
        IReadOnlyList<SourceFile> files = [
            .. DefinitionFiles.Read(rulesFolder, faults), .. DefinitionFiles.Read(playbooksFolder, faults),
            .. Policies(policyFile, faults)];
        return faults.Count == 0 ? Hash(files) : null;
    }

    private static IEnumerable<SourceFile> Policies(string? file, List<DefinitionFault> faults) =>
        file is not null && DefinitionFiles.Read(file, Path.GetFileName(file), faults) is { } policy ? [policy] : [];

    /// <summary>The commit that the files come from; null where there is none that has just them.</summary>
    internal static string? CommitOf(string rulesFolder, string playbooksFolder, string? policyFile)
    {
        var faults = new List<DefinitionFault>();
        var policy = Policies(policyFile, faults).Select(p => ((string, SourceFile)?)(policyFile!, p)).FirstOrDefault();
        return GitCommit.Of(
            policy, (rulesFolder, DefinitionFiles.Read(rulesFolder, faults)),
            (playbooksFolder, DefinitionFiles.Read(playbooksFolder, faults)));
    }

    /// <summary>One playbook from its text.</summary>
    /// <exception cref="DefinitionsInvalidException">It cannot be used with the actions of this version.</exception>
    public static Playbook ParsePlaybook(string source, ActionRegistry actions)
    {
        var faults = new FaultList(new("playbook", source));
        return ReadRoot(faults) is { } root && new PlaybookReader(actions, faults).Read(root) is { } read
            ? read.Playbook
            : throw new DefinitionsInvalidException("This playbook cannot be used:", faults.All);
    }

    private static LoadedDefinitions Read(
        IReadOnlyList<SourceFile> ruleFiles, IReadOnlyList<SourceFile> playbookFiles, SourceFile? policyFile, ActionRegistry actions,
        IRuleEngine engine, List<DefinitionFault> faults)
    {
        var lists = new List<FaultList>();
        var rules = new List<ReadRule>();
        var playbooks = new List<ReadPlaybook>();
        var unreadable = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (list, root) in Roots(playbookFiles.Where(f => !f.IsTests), lists))
        {
            if (new PlaybookReader(actions, list).Read(root) is { } playbook) playbooks.Add(playbook);
            else if (NameOf(root) is { } name) unreadable.Add(name);
        }

        var names = Rules(ruleFiles, lists, rules);
        CrossChecks.Run(rules, playbooks, unreadable, actions);
        // a rule that cannot be read may be the one that uses a name
        if (lists.TrueForAll(l => l.Count == 0)) names.CheckThatAllAreUsed();
        var tests = Tests(ruleFiles, playbookFiles, playbooks, lists);
        IReadOnlyList<SourceFile> policyFiles = policyFile is null ? [] : [policyFile];
        var policy = Roots(policyFiles, lists).Select(p => new PolicyReader(p.Faults).Read(p.Root)).LastOrDefault();
        faults.AddRange(lists.SelectMany(l => l.All));
        var sorted = faults.OrderBy(f => f.File, StringComparer.Ordinal).ThenBy(f => f.Line).ThenBy(f => f.Column).ToList();
        var loaded = new LoadedDefinitions
        {
            Faults = sorted,
            Files = ruleFiles.Count + playbookFiles.Count + policyFiles.Count,
            Content = Hash([.. ruleFiles, .. playbookFiles, .. policyFiles]),
        };
        if (sorted.Count > 0) return loaded;
        var revision = Hash([.. ruleFiles.Concat(playbookFiles).Where(f => !f.IsTests), .. policyFiles]);
        var ruleSet = new RuleSet(revision, [.. rules.Select(r => r.Rule!)]);
        return loaded with
        {
            Rules = ruleSet,
            Tests = tests,
            Set = new(
                revision,
                null,
                engine.Compile(ruleSet),
                playbooks.ToFrozenDictionary(p => p.Playbook.Name, p => p.Playbook, StringComparer.Ordinal))
                { Policy = policy ?? Policy.Default },
        };
    }

    /// <summary>The names of all files first: a rule may use those of any.</summary>
    private static NamesReader Rules(IReadOnlyList<SourceFile> files, List<FaultList> lists, List<ReadRule> rules)
    {
        var names = new NamesReader();
        var maps = Roots(files.Where(f => !f.IsTests), lists)
            .Select(r => (r.Faults, Map: MapReader.Of(r.Root, r.Faults, "a mapping", RuleReader.FileKeys)))
            .ToList();
        foreach (var (list, map) in maps.Where(m => m.Map is not null)) names.Read(map!, list);
        foreach (var (list, map) in maps.Where(m => m.Map is not null)) rules.AddRange(RuleReader.Read(map!, list, names.Names));
        return names;
    }

    private static List<DefinitionTest> Tests(
        IReadOnlyList<SourceFile> ruleFiles, IReadOnlyList<SourceFile> playbookFiles, List<ReadPlaybook> playbooks, List<FaultList> lists)
    {
        var tests = new List<DefinitionTest>();
        foreach (var (list, root) in Roots(ruleFiles.Where(f => f.IsTests), lists)) tests.AddRange(RuleTestReader.Read(root, list));
        foreach (var (list, root) in Roots(playbookFiles.Where(f => f.IsTests), lists))
            tests.AddRange(PlaybookTestReader.Read(root, list, playbooks));
        return tests;
    }

    private static IEnumerable<(FaultList Faults, YamlNode Root)> Roots(IEnumerable<SourceFile> files, List<FaultList> lists)
    {
        foreach (var file in files)
        {
            var list = new FaultList(file);
            lists.Add(list);
            if (ReadRoot(list) is { } root) yield return (list, root);
        }
    }

    private static YamlNode? ReadRoot(FaultList faults)
    {
        try
        {
            return YamlTree.Read(faults.File.Text);
        }
        catch (YamlException e)
        {
            faults.At(e);
            return null;
        }
    }

    private static string? NameOf(YamlNode root) =>
        root is YamlMap map && map.Entries.FirstOrDefault(e => e.Key.Value == "playbook")?.Value is YamlScalar name ? name.Value : null;

    private static string Hash(IReadOnlyList<SourceFile> files)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var file in files.OrderBy(f => f.Label, StringComparer.Ordinal))
            hash.AppendData(Encoding.UTF8.GetBytes($"{file.Label.Length}:{file.Label}{file.Text.Length}:{file.Text}"));
        return Convert.ToHexStringLower(hash.GetHashAndReset())[..12];
    }
}
