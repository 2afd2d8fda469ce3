using System.Text.RegularExpressions;

namespace Remediator.Server.Tests.Architecture;

/// <summary>What no analyzer of the build checks about the text of the sources.</summary>
public sealed partial class SourceTextTests
{
    private const int Columns = 140;

    [Fact]
    public void Lines_AreNoLongerThan140Columns() => Assert.Empty(
        from file in Files("src").Concat(Files("tests"))
        from line in TooLong(File.ReadAllText(file))
        select $"{Path.GetRelativePath(Repository.Root, file)}:{line}");

    /// <summary>Two types of one name are told apart by their namespaces alone, which the reader of a line does not see.</summary>
    [Fact]
    public void TypesOfSrc_HaveNamesOfTheirOwn() => Assert.Empty(
        from file in Files("src")
        from Match type in Type().Matches(File.ReadAllText(file))
        group Path.GetRelativePath(Repository.Root, file) by type.Groups["name"].Value into same
        where same.Distinct().Count() > 1
        select $"{same.Key}: {string.Join(", ", same.Distinct())}");

    /// <summary>People search logs for them, and rules of alerting may.</summary>
    [Fact]
    public void EventIdsOfTheLog_BelongToOneMessageEach() => Assert.Empty(
        from file in Files("src")
        from Match id in EventId().Matches(File.ReadAllText(file))
        group Path.GetRelativePath(Repository.Root, file) by id.Value into same
        where same.Count() > 1
        select $"{same.Key}: {string.Join(", ", same)}");

    /// <summary>
    /// A client that gives up after its own time throws a cancellation that nobody asked for. A service that lets it pass ends, and the
    /// process with it.
    /// </summary>
    [Fact]
    public void ServicesInTheBackground_GoOnAfterACancellationThatIsNotTheirOwn() => Assert.Empty(
        from file in Files("src")
        let text = File.ReadAllText(file)
        where text.Contains("BackgroundService", StringComparison.Ordinal)
            && text.Contains("when (e is not OperationCanceledException)", StringComparison.Ordinal)
        select Path.GetRelativePath(Repository.Root, file));

    private static IEnumerable<string> Files(string folder) =>
        Directory.EnumerateFiles(Path.Combine(Repository.Root, folder), "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.Contains("/obj/", StringComparison.Ordinal) && !file.Contains("/bin/", StringComparison.Ordinal));

    /// <summary>A raw string is data, such as JSON or expected output, and is written as it is.</summary>
    private static IEnumerable<int> TooLong(string text)
    {
        var lines = text.Split('\n');
        var inData = text.Contains("\"\"\"", StringComparison.Ordinal) ? RawStrings(text) : [];
        return Enumerable.Range(1, lines.Length).Where(n => lines[n - 1].Length > Columns && !inData.Contains(n));
    }

    private static HashSet<int> RawStrings(string text) =>
    [
        .. from Match data in RawString().Matches(text)
           let first = text.AsSpan(0, data.Index).Count('\n') + 1
           from line in Enumerable.Range(first, data.Value.Count(c => c == '\n') + 1)
           select line,
    ];

    [GeneratedRegex(@"\bEventId = \d+")]
    private static partial Regex EventId();

    [GeneratedRegex("(?<quotes>\"{3,}).*?\\k<quotes>\"*", RegexOptions.Singleline)]
    private static partial Regex RawString();

    [GeneratedRegex(
        @"^(?:(?:public|internal|file|sealed|static|abstract|partial|readonly|ref)\s+)*"
        + @"(?:class|record struct|record class|record|struct|interface|enum)\s+(?<name>[A-Z]\w*)",
        RegexOptions.Multiline)]
    private static partial Regex Type();
}
