using System.Xml.Linq;

namespace Remediator.Server.Tests.Architecture;

/// <summary>A star: every project stands on Core alone, and Server on all of them.</summary>
public sealed class ProjectEdgesTests
{
    public static TheoryData<string> Projects => [.. Names()];

    [Theory]
    [MemberData(nameof(Projects))]
    public void Project_ReferencesCoreAlone_AndServerAll(string project)
    {
        string[] expected = project switch
        {
            "Remediator.Core" => [],
            "Remediator.Server" => [.. Names().Where(n => n != project)],
            _ => ["Remediator.Core"],
        };

        Assert.Equal(expected.Order(), References(project).Order());
    }

    [Fact]
    public void Projects_AreThoseOfTheDesign() => Assert.Subset(
        new HashSet<string>(["Actions", "Core", "Definitions", "Facts", "Grains", "Journal", "Rete", "Server", "Sources", "Web"]),
        Names().Select(n => n["Remediator.".Length..]).ToHashSet());

    private static IEnumerable<string> References(string project) =>
        XDocument.Load(Path.Combine(Repository.Source, project, $"{project}.csproj"))
            .Descendants("ProjectReference")
            .Select(r => Path.GetFileNameWithoutExtension(r.Attribute("Include")!.Value.Replace('\\', '/')));

    private static IEnumerable<string> Names() =>
        Directory.EnumerateFiles(Repository.Source, "*.csproj", SearchOption.AllDirectories)
            .Select(f => Path.GetFileNameWithoutExtension(f)!);
}
