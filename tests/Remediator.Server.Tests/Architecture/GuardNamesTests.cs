using Remediator.Core.Safety;

namespace Remediator.Server.Tests.Architecture;

/// <summary>A guard's name is for people: what decides is its data, so that a guard may be renamed.</summary>
public sealed class GuardNamesTests
{
    public static TheoryData<string> Names => [.. Guards.Ordered.Select(g => g.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Name_IsSpelledWhereItsGuardIsDeclared_AndNowhereInTheEngine(string name)
    {
        Assert.Single(Spelled("Remediator.Core/Safety", $"Guard {{ get; }} = new(\"{name}\", "));
        Assert.Empty(Spelled("Remediator.Core/Engine", $"\"{name}\""));
        Assert.Empty(Spelled("Remediator.Grains", $"\"{name}\""));
    }

    private static IEnumerable<string> Spelled(string folder, string text) =>
        Directory.EnumerateFiles(Path.Combine(Repository.Source, folder), "*.cs", SearchOption.AllDirectories)
            .Where(f => File.ReadAllText(f).Contains(text, StringComparison.Ordinal));
}
