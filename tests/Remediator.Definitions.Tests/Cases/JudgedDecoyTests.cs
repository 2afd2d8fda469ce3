namespace Remediator.Definitions.Tests.Cases;

/// <summary>
/// The program with what ships, in mode auto, before what looks like work and is none. As in the suite of the engine: nothing is done; the
/// same without the decoy is work; with its protections broken it is fallen for; of several each alone is enough. Both rule engines.
/// </summary>
public sealed class JudgedDecoyTests
{
    private const int Seeds = 8;

    public static TheoryData<string> Names => [.. JudgedDecoys.List.Select(d => d.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Decoy_IsNeverFallenFor(string name) => Never(name, s => Of(name).Live(s, laid: true));

    [Theory]
    [MemberData(nameof(Names))]
    public void WithoutTheDecoy_ItIsWork(string name) => Never(name, s =>
    {
        var (wrong, story) = Of(name).Live(s, laid: false);
        return (Of(name).MustAct ? wrong : !wrong, story);
    });

    [Theory]
    [MemberData(nameof(Names))]
    public void WithItsProtectionsBroken_ItIsFallenFor(string name) => Never(name, s =>
    {
        var (wrong, story) = Of(name).Live(s, laid: true, Of(name).Holds);
        return (!wrong, story);
    });

    [Theory]
    [MemberData(nameof(Names))]
    public void EachOfItsProtections_IsEnough(string name)
    {
        if (Of(name).Holds.Count > 1)
            Assert.All(Of(name).Holds, only => Never(
                $"{name}, with nothing but {only.Name}", s => Of(name).Live(s, laid: true, Of(name).Holds.Where(h => h != only))));
    }

    private static JudgedDecoy Of(string name) => JudgedDecoys.List.Single(d => d.Name == name);

    private static void Never(string name, Func<int, (bool Wrong, string Story)> live)
    {
        foreach (var seed in Enumerable.Range(1, Seeds))
        {
            var (wrong, story) = live(seed);
            Assert.False(wrong, $"'{name}', seed {seed}: {story}");
        }
    }
}
