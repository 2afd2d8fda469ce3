using System.Collections.Concurrent;
using System.Globalization;

namespace Remediator.Core.Tests.Decoys;

/// <summary>One class of decoys, lived through with many seeds: as it is, without the decoy, and with its protections broken.</summary>
internal sealed class Trial
{
    private const int Seeds = 120;

    /// <summary>The variable that says with which seed to begin.</summary>
    private const string FirstSeed = "REMEDIATOR_DECOY_SEED";

    private static readonly ConcurrentDictionary<string, Lazy<Trial>> Known = new();

    private readonly Decoy _decoy;

    private Trial(Decoy decoy)
    {
        var first =
            int.TryParse(Environment.GetEnvironmentVariable(FirstSeed), NumberStyles.None, CultureInfo.InvariantCulture, out var seed)
            ? seed
            : 1;
        _decoy = decoy;
        Cases = Seeds;
        Wrong = Count(first, s => decoy.Live(s), l => l.Acts > 0);
        Idle = Count(first, s => decoy.Live(s, laid: false), l => l.Acts == 0);
        Fallen = Count(first, s => decoy.Live(s, broken: decoy.Holds), l => l.Acts > 0);
        Needless = decoy.Holds.Count == 1
            ? []
            : [.. decoy.Holds.Select(h => (h, Count(first, s => decoy.Live(s, broken: decoy.Holds.Where(o => o != h)), l => l.Acts > 0)))
                .Where(h => h.Item2.Count > 0)
                .Select(h => $"'{h.h.Name}' alone does not hold it:{Story(h.Item2)}")];
    }

    public int Cases { get; }

    /// <summary>Seeds with which the decoy was fallen for.</summary>
    public IReadOnlyList<(int Seed, Life Life)> Wrong { get; }

    /// <summary>Those with which nothing was done where there was work.</summary>
    public IReadOnlyList<(int Seed, Life Life)> Idle { get; }

    /// <summary>Those with which the decoy is fallen for once all its protections are broken.</summary>
    public IReadOnlyList<(int Seed, Life Life)> Fallen { get; }

    /// <summary>Protections that do not hold it by themselves.</summary>
    public IReadOnlyList<string> Needless { get; }

    public string Row => string.Create(
        CultureInfo.InvariantCulture,
        $"| {_decoy.Name} | {Cases} | {Cases - Idle.Count} | {Wrong.Count} | "
            + $"{string.Join(" + ", _decoy.Holds.Select(h => h.Name))} | {Fallen.Count} |");

    public static Trial Of(string name) => Known.GetOrAdd(name, n => new(() => new(AllDecoys.List.Single(d => d.Name == n)))).Value;

    /// <summary>What happened in the first of them, and how to see it again.</summary>
    public static string Story(IReadOnlyList<(int Seed, Life Life)> lives) =>
        lives.Count == 0
            ? ""
            : $" {lives.Count} of {Seeds}, such as seed {lives[0].Seed} ({FirstSeed}={lives[0].Seed} begins with it):\n{lives[0].Life}";

    private static List<(int, Life)> Count(int first, Func<int, Life> live, Func<Life, bool> counts) =>
        [.. Enumerable.Range(first, Seeds).Select(s => (s, live(s))).Where(l => counts(l.Item2))];
}
