using System.Text.RegularExpressions;
using Remediator.Core.Journal;

namespace Remediator.Server.Tests.Architecture;

/// <summary>The crash tests choose from the list, so it has to be the truth.</summary>
public sealed partial class FailpointPlacesTests
{
    [Fact]
    public void Names_AreThoseOfTheCode() => Assert.Equal(
        Failpoint.Names.Order(StringComparer.Ordinal),
        Directory.EnumerateFiles(Repository.Source, "*.cs", SearchOption.AllDirectories)
            .SelectMany(file => Hit().Matches(File.ReadAllText(file)).Select(m => m.Groups[1].Value))
            .Distinct().Order(StringComparer.Ordinal));

    [GeneratedRegex("""Failpoint\.Hit\("([^"]+)"\)""")]
    private static partial Regex Hit();
}
