using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Remediator.Core.Facts;
using Remediator.Core.Resources;

namespace Remediator.Server.Tests.Architecture;

/// <summary>A kind of resource that is spelled beside the table would be forgotten where a kind is added.</summary>
public sealed class KindsInOnePlaceTests
{
    private static readonly string Source = Path.GetFullPath(Path.Combine(ThisFolder(), "..", "..", "..", "src"));

    /// <summary>These words are names of facts and of labels too: they are a kind only where a kind is compared or a key is made.</summary>
    private static readonly HashSet<string> AlsoOtherWords = [
        .. FactSchema.Kinds.SelectMany(k => k.Fields.Select(f => f.Name).Append(k.Name)),
        .. "job queue endpoint host instance service zone cluster alert engine topic backup application database other".Split(' ')];

    [Fact]
    public void AKindIsSpelledInTheTableAlone()
    {
        var words = string.Join('|', ResourceKinds.All.Select(k => k.Name).Where(n => !AlsoOtherWords.Contains(n)));
        var all = string.Join('|', ResourceKinds.All.Select(k => k.Name));
        Regex[] spelled =
        [
            new($"""(?<!\[)"({words})"(?!\])"""),
            new($"""\b\w*[Kk]ind\b(\s*[=!]=|:|\s+is(\s+not)?)\s*\(?\s*(\S+\s+or\s+)*\x22({all})\x22"""),
            new($"""(ResourceKey|Key|new)\([^()"]*,\s*"({all})","""),
        ];

        Assert.Empty(
            from file in Directory.EnumerateFiles(Source, "*.cs", SearchOption.AllDirectories)
            where Path.GetFileName(file) is not ("ResourceKinds.cs" or "FactSchema.cs" or "FactShapes.cs")
            from line in File.ReadLines(file).Select((text, at) => (Text: text, At: at + 1))
            where !line.Text.TrimStart().StartsWith("//", StringComparison.Ordinal) && spelled.Any(s => s.IsMatch(line.Text))
            select $"{Path.GetRelativePath(Source, file)}:{line.At}: {line.Text.Trim()}");
    }

    private static string ThisFolder([CallerFilePath] string file = "") => Path.GetDirectoryName(file)!;
}
