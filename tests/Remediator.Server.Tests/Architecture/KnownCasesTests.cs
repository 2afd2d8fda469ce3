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
        var decoys = Sources("tests", "*.cs").SelectMany(t => Decoy().Matches(t)).Select(m => m.Groups[1].Value);
        var exist = methods.Concat(inYaml).Concat(decoys).ToHashSet(StringComparer.Ordinal);

        Assert.DoesNotContain(Rows().SelectMany(Tests), t => !exist.Contains(t));
    }

    [Fact]
    public void EachCase_HasATest_AndTheOnesOfItsNumber()
    {
        Assert.All(Rows(), row => Assert.NotEmpty(Tests(row)));
        var named = Rows("## From public reports")
            .SelectMany(row => Tests(row).Select(t => (Number: row.Split('|')[1].Trim(), Test: t)))
            .ToHashSet();
        var numbered = Sources("tests", "*.cs").SelectMany(t => Method().Matches(t)).Select(m => m.Groups[1].Value)
            .Where(t => Numbered().IsMatch(t)).ToList();

        Assert.NotEmpty(numbered);
        Assert.DoesNotContain(numbered, t => !named.Contains((t[1..3], t)));
    }

    /// <summary>Where its outcome hangs on what a real cluster does, a scenario on one has it.</summary>
    [Fact]
    public void EachCase_SaysWhetherItNeedsARealCluster_AndIsTriedOnOneIfSo()
    {
        var scenarios = string.Concat(Sources("tests/Remediator.EndToEnd", "*.cs"));
        Assert.All(Rows("## From public reports"), row =>
        {
            var (number, needs) = (row.Split('|')[1].Trim(), row.Split('|')[4].Trim());
            Assert.Matches("^(yes|no): .+", needs);
            Assert.True(
                needs.StartsWith("no", StringComparison.Ordinal) || scenarios.Contains($" C{number}_", StringComparison.Ordinal),
                $"case {number} needs a real cluster, and no scenario has it");
        });
    }

    /// <summary>Of each numbered case: situations of its kind beside the report itself. Those of a table of data count each.</summary>
    [Fact]
    public void EachKind_HasThreeMoreCasesAtLeast()
    {
        var cases = Cases();
        var kinds = Rows("## More of each kind").ToDictionary(r => r.Split('|')[1].Trim(), r => Tests(r).ToList());
        var numbers = Rows("## From public reports").Select(r => r.Split('|')[1].Trim());

        Assert.Equal(numbers, kinds.Keys);
        Assert.All(kinds, kind =>
        {
            Assert.DoesNotContain(kind.Value, t => !cases.ContainsKey(t));
            var more = kind.Value.Distinct().Sum(t => cases[t] - (Numbered().IsMatch(t) ? 1 : 0));
            Assert.True(more >= 3, $"case {kind.Key} has {more} more of its kind");
        });
    }

    /// <summary>How many situations each test tries: one, or as many as it has rows of data.</summary>
    private static Dictionary<string, int> Cases()
    {
        var cases = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var text in Sources("tests", "*.cs"))
        {
            foreach (var method in Method().Matches(text).ToList())
            {
                var before = text[..method.Index];
                var rows = before[(before.LastIndexOf("\n\n", StringComparison.Ordinal) + 1)..].Split("[InlineData(").Length - 1;
                cases[method.Groups[1].Value] = Math.Max(1, rows);
            }

            foreach (var decoy in Decoy().Matches(text).ToList())
                cases.TryAdd(decoy.Groups[1].Value, 1);
        }

        return cases;
    }

    private static IEnumerable<string> Rows(string heading) => Rows(
        Page.SkipWhile(l => l != heading).Skip(1).TakeWhile(l => !l.StartsWith('#')));

    private static IEnumerable<string> Rows() => Rows(Page);

    /// <summary>Each begins with what it is about, and ends with its tests.</summary>
    private static IEnumerable<string> Rows(IEnumerable<string> lines) => lines
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

    /// <summary>With the name that it is shown by.</summary>
    [GeneratedRegex(@"^        new\(\s*""([^""]+)"",", RegexOptions.Multiline)]
    private static partial Regex Decoy();

    [GeneratedRegex(@"^C\d\d_")]
    private static partial Regex Numbered();

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex InQuotes();
}
