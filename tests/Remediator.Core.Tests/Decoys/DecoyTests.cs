namespace Remediator.Core.Tests.Decoys;

/// <summary>
/// The whole engine on a simulated clock, before things that look like work and are none. Each class is lived through with many seeds. The
/// same without the decoy must lead to an act, so that nothing but the decoy keeps the engine from it; with its protections broken the
/// engine must fall for it, so that the class is known to be able to fail; and of several protections each must be enough.
/// </summary>
public sealed class DecoyTests
{
    public static TheoryData<string> Names => [.. AllDecoys.List.Select(d => d.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Decoy_IsNeverFallenFor(string name) =>
        Assert.True(Trial.Of(name).Wrong.Count == 0, $"'{name}' was fallen for:{Trial.Story(Trial.Of(name).Wrong)}");

    [Theory]
    [MemberData(nameof(Names))]
    public void WithoutTheDecoy_ItIsWork(string name) =>
        Assert.True(Trial.Of(name).Idle.Count == 0, $"'{name}' without the decoy: nothing was done in{Trial.Story(Trial.Of(name).Idle)}");

    [Theory]
    [MemberData(nameof(Names))]
    public void WithItsProtectionsBroken_ItIsFallenFor(string name) =>
        Assert.True(Trial.Of(name).Fallen.Count == Trial.Of(name).Cases, $"'{name}' is held by something besides {Trial.Of(name).Row}");

    [Theory]
    [MemberData(nameof(Names))]
    public void EachOfItsProtections_IsEnough(string name) => Assert.Empty(Trial.Of(name).Needless);

    [Fact]
    public void ThereAreEnoughOfThem()
    {
        var trials = AllDecoys.List.Select(d => Trial.Of(d.Name)).ToList();
        var cases = trials.Sum(t => t.Cases);
        var table = string.Join('\n', trials.Select(t => t.Row));
        var text = $"Decoys, {cases} in {trials.Count} classes, {trials.Sum(t => t.Wrong.Count)} wrong acts:\n| class | "
            + $"cases | acts without the decoy | wrong acts | protections broken | wrong acts then "
            + $"|\n|---|---|---|---|---|---|\n{table}\n";
        TestContext.Current.SendDiagnosticMessage(text);
        if (Environment.GetEnvironmentVariable("REMEDIATOR_TEST_RESULTS") is { Length: > 0 } folder)
        {
            File.WriteAllText(Path.Combine(folder, "summary.md"), text);
        }

        Assert.True(cases >= 10_000, $"{cases} decoys are fewer than 10,000");
        Assert.Empty(Core.Safety.Guards.Ordered.Select(g => Protection.Guard(g.Name).Name)
            .Except(AllDecoys.List.SelectMany(d => d.Holds).Select(h => h.Name)));
    }
}
