using System.Text.RegularExpressions;

namespace Remediator.Server.Tests.Architecture;

/// <summary>The page of known cases names tests that there are, and all that are about a case.</summary>
public sealed partial class KnownCasesTests
{
    private static readonly string[] Page = File.ReadAllLines(Path.Combine(Repository.Root, "docs/known-cases.md"));

    [Fact]
    public void TestsThatThePageNames_Exist()
    {
        var methods = Sources("tests", "*.cs").SelectMany(t => Method().Matches(t)).Select(m => m.Groups[1].Value);
        var inYaml = Sources("rules", "*.tests.yaml").Concat(Sources("playbooks", "*.tests.yaml"))
            .SelectMany(t => InYaml().Matches(t)).Select(m => m.Groups[1].Value);
        var exist = methods.Concat(inYaml).ToHashSet(StringComparer.Ordinal);

        Assert.DoesNotContain(Rows().SelectMany(Tests), t => !exist.Contains(t));
    }

    [Fact]
    public void EachCase_HasATest_AndTheOnesOfItsNumber()
    {
        Assert.All(Rows(), row => Assert.NotEmpty(Tests(row)));
        var named = Rows().SelectMany(row => Tests(row).Select(t => (Number: row.Split('|')[1].Trim(), Test: t))).ToHashSet();
        var numbered = Sources("tests", "*.cs").SelectMany(t => Method().Matches(t)).Select(m => m.Groups[1].Value)
            .Where(t => Numbered().IsMatch(t)).ToList();

        Assert.NotEmpty(numbered);
        Assert.DoesNotContain(numbered, t => !named.Contains((t[1..3], t)));
    }

    /// <summary>Each begins with what it is about, and ends with its tests.</summary>
    private static IEnumerable<string> Rows() => Page
        .Where(l => l.StartsWith('|') && !l.StartsWith("| ---", StringComparison.Ordinal))
        .Where(l => !l.EndsWith("| tests |", StringComparison.Ordinal));

    private static IEnumerable<string> Tests(string row) => InQuotes().Matches(row.Split('|')[^2]).Select(m => m.Groups[1].Value);

    private static IEnumerable<string> Sources(string folder, string pattern) =>
        Directory.EnumerateFiles(Path.Combine(Repository.Root, folder), pattern, SearchOption.AllDirectories)
            .Where(f => !f.Contains("/obj/", StringComparison.Ordinal) && !f.Contains("/bin/", StringComparison.Ordinal))
            .Select(File.ReadAllText);

    [GeneratedRegex(@"public (?:async )?(?:void|Task) (\w+)\(")]
    private static partial Regex Method();

    [GeneratedRegex(@"^  - test: (.+)$", RegexOptions.Multiline)]
    private static partial Regex InYaml();

    [GeneratedRegex(@"^C\d\d_")]
    private static partial Regex Numbered();

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex InQuotes();
}
