using System.CommandLine;
using System.Text.RegularExpressions;
using Remediator.Core.Safety;
using Remediator.Server.Settings;
using Remediator.Server.Verbs;

namespace Remediator.Server.Tests.Architecture;

/// <summary>What people read names what there is: files, headings, settings and commands.</summary>
public sealed partial class DocumentationTests
{
    [Fact]
    public void RelativeLinks_LeadToAFile_AndToAHeadingInIt() => Assert.Empty(
        from page in Pages()
        from Match link in Link().Matches(File.ReadAllText(page))
        let target = link.Groups[1].Value
        where !target.Contains("://", StringComparison.Ordinal) && Fault(page, target) is not null
        select $"{Path.GetRelativePath(Repository.Root, page)}: {Fault(page, target)}");

    [Fact]
    public void Settings_ThatThereAre_AreTheOnesInTheTables() => Assert.Equal(
        KnownSettings.Names.Select(n => n.Replace('*', '0')).Order(StringComparer.Ordinal),
        Rows("docs/settings.md").Order(StringComparer.Ordinal));

    [Fact]
    public void Settings_ThatAnyPageNames_Exist() => Assert.Empty(
        from page in Pages()
        from Match name in SettingName().Matches(File.ReadAllText(page))
        let setting = name.Value.Trim('`')
        where !KnownSettings.Names.Contains(Number().Replace(setting, ":*"), StringComparer.Ordinal)
        select $"{Path.GetRelativePath(Repository.Root, page)}: {setting}");

    [Fact]
    public void Guards_ThatThereAre_AreTheOnesInTheTable_InTheirOrder() => Assert.Equal(
        Guards.Ordered.Select(g => g.Name),
        File.ReadLines(Path.Combine(Repository.Root, "docs/guards.md"))
            .SkipWhile(line => !line.StartsWith("| guard |", StringComparison.Ordinal))
            .Skip(2)
            .TakeWhile(line => line.StartsWith('|'))
            .Select(line => line.Split('|')[1].Trim()));

    [Fact]
    public void Commands_ThatThereAre_AreTheOnesInTheTable() => Assert.Equal(
        Leaves(CommandTree.Build(), "remediator").Order(StringComparer.Ordinal),
        Rows("docs/commands.md").Where(r => r.StartsWith("remediator ", StringComparison.Ordinal)).Order(StringComparer.Ordinal));

    [Fact]
    public void Commands_ThatAnyPageNames_Exist()
    {
        var commands = Leaves(CommandTree.Build(), "remediator").ToHashSet(StringComparer.Ordinal);
        Assert.Empty(
            from page in Pages()
            from Match named in Command().Matches(File.ReadAllText(page))
            where !commands.Contains($"remediator {named.Groups[1].Value}")
                && !commands.Contains($"remediator {named.Groups[1].Value} {named.Groups[2].Value}")
            select $"{Path.GetRelativePath(Repository.Root, page)}: {named.Value}");
    }

    /// <summary>All pages but the changelog, which also names what was removed.</summary>
    private static IEnumerable<string> Pages() => new[] { "docs", "src", "rules", "playbooks", "deploy" }
        .SelectMany(folder => Directory.EnumerateFiles(Path.Combine(Repository.Root, folder), "*.md", SearchOption.AllDirectories))
        .Append(Path.Combine(Repository.Root, "README.md"));

    private static string? Fault(string page, string target)
    {
        var parts = target.Split('#', 2);
        var file = parts[0].Length == 0 ? page : Path.GetFullPath(Path.Combine(Path.GetDirectoryName(page)!, parts[0]));
        if (!Path.Exists(file))
            return $"there is no {target}";
        return parts.Length == 1 || Headings(file).Contains(parts[1]) ? null : $"there is no heading for {target}";
    }

    /// <summary>As GitHub and GitLab name them: small letters, digits and hyphens.</summary>
    private static IEnumerable<string> Headings(string file) => File.ReadLines(file)
        .Where(line => line.StartsWith('#'))
        .Select(line => Unlinked().Replace(line.TrimStart('#', ' ').ToLowerInvariant().Replace(' ', '-'), ""));

    /// <summary>What the first cells of tables name in code.</summary>
    private static IEnumerable<string> Rows(string page) => File.ReadLines(Path.Combine(Repository.Root, page))
        .Where(line => line.StartsWith("| `", StringComparison.Ordinal))
        .SelectMany(line => Code().Matches(line.Split(" | ")[0])).Select(code => code.Groups[1].Value);

    private static IEnumerable<string> Leaves(Command command, string name) => command.Subcommands.Count == 0
        ? [name]
        : command.Subcommands.SelectMany(sub => Leaves(sub, $"{name} {sub.Name}"));

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Code();

    [GeneratedRegex(@"[^\w-]")]
    private static partial Regex Unlinked();

    [GeneratedRegex("`(Access|Engine|Silo|Cluster|Definitions|Sources|Alertmanagers|Notify|Facts|Journal):[A-Za-z0-9:]+`")]
    private static partial Regex SettingName();

    [GeneratedRegex(@":\d+")]
    private static partial Regex Number();

    [GeneratedRegex(@"(?<=[`\n] ?)remediator ([a-z][a-z-]+)(?: ([a-z]+))?(?=[ `\n|])")]
    private static partial Regex Command();
}
