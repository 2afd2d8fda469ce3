namespace Remediator.Definitions.Tests;

/// <summary>Files with mistakes, and every message that they must give.</summary>
public sealed class FaultTests
{
    private static readonly string Cases = Path.Combine(AppContext.BaseDirectory, "Faults");

    public static TheoryData<string> Names(string sort) =>
        [.. Directory.GetFiles(Path.Combine(Cases, sort), "*.yaml").Select(p => Path.GetFileNameWithoutExtension(p)).Order()];

    [Theory]
    [MemberData(nameof(Names), "rules")]
    public void Rules_WithMistakes_GiveEveryMessage(string name) => Compare("rules", name, $"rules/{name}.yaml");

    [Theory]
    [MemberData(nameof(Names), "playbooks")]
    public void Playbooks_WithMistakes_GiveEveryMessage(string name) => Compare("playbooks", name, $"playbooks/{name}.yaml");

    [Theory]
    [MemberData(nameof(Names), "rule-tests")]
    public void TestsOfRules_WithMistakes_GiveEveryMessage(string name) => Compare("rule-tests", name, "rules/rules.tests.yaml");

    [Theory]
    [MemberData(nameof(Names), "playbook-tests")]
    public void TestsOfPlaybooks_WithMistakes_GiveEveryMessage(string name) =>
        Compare("playbook-tests", name, "playbooks/restart-loop.tests.yaml");

    [Theory]
    [MemberData(nameof(Names), "policy")]
    public void Policy_WithMistakes_GivesEveryMessage(string name) => Compare("policy", name, "policy.yaml");

    private static void Compare(string sort, string name, string path)
    {
        var source = Path.Combine(Cases, sort, name);
        using var folder = Samples.Folder().With(path, File.ReadAllText($"{source}.yaml"));

        var loaded = folder.Load();

        Assert.Null(loaded.Set);
        Assert.Equal(File.ReadAllText($"{source}.txt").TrimEnd(), string.Join('\n', loaded.Faults), ignoreLineEndingDifferences: true);
    }
}
