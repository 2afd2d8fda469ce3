using System.Globalization;

namespace Remediator.Core.Tests.Decoys;

/// <summary>
/// The whole engine on a simulated clock, before things that look like work and are none. Each class is lived through with many seeds; the
/// same without the decoy must lead to an act, so that nothing but the decoy keeps the engine from it; and with its guard left out, the
/// engine must fall for it, unless something else holds it too.
/// </summary>
public sealed class DecoyTests
{
    private const int Seeds = 300;

    public static TheoryData<string> Names => [.. AllDecoys.List.Select(d => d.Name)];

    public static TheoryData<string> Guarded => [.. AllDecoys.List.Where(d => d.Guard.Length > 0 && !d.Twice).Select(d => d.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Decoy_IsNeverFallenFor(string name)
    {
        var wrong = Enumerable.Range(1, Seeds).Where(seed => Of(name).Live(seed) > 0).ToList();
        Assert.True(wrong.Count == 0, $"'{name}': {wrong.Count} of {Seeds} were acted on, such as seed {wrong.FirstOrDefault()}");
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void WithoutTheDecoy_ItIsWork(string name)
    {
        var idle = Enumerable.Range(1, Seeds).Where(seed => Of(name).Live(seed, laid: false) == 0).ToList();
        Assert.True(idle.Count == 0, $"'{name}' without the decoy: in {idle.Count} of {Seeds} nothing was done, such as seed {idle.FirstOrDefault()}");
    }

    [Theory]
    [MemberData(nameof(Guarded))]
    public void WithItsGuardBroken_ItIsFallenFor(string name)
    {
        var decoy = Of(name);
        Assert.True(Enumerable.Range(1, 20).Any(seed => decoy.Live(seed, broken: decoy.Guard) > 0), $"'{name}' is held by something else than '{decoy.Guard}' too");
    }

    [Fact]
    public void ThereAreEnoughOfThem()
    {
        var table = string.Join('\n', AllDecoys.List.GroupBy(d => d.Guard).Select(g => string.Create(CultureInfo.InvariantCulture, $"| {(g.Key.Length > 0 ? g.Key : "no guard")} | {g.Count()} classes | {g.Count() * Seeds} decoys | 0 wrong acts |")));
        if (Environment.GetEnvironmentVariable("REMEDIATOR_TEST_RESULTS") is { Length: > 0 } folder)
        {
            File.WriteAllText(Path.Combine(folder, "summary.md"), $"Decoys, {AllDecoys.List.Count} classes of {Seeds} each:\n{table}\n");
        }

        Assert.True(AllDecoys.List.Count * Seeds >= 10_000, $"{AllDecoys.List.Count * Seeds} decoys are fewer than 10,000");
Assert.Empty(Core.Safety.Guards.Ordered.Select(g => g.Name).Except(AllDecoys.List.Select(d => d.Guard)));
    }

    private static Decoy Of(string name) => AllDecoys.List.Single(d => d.Name == name);
}
