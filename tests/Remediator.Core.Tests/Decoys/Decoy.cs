using Remediator.Core.Tests.Incidents;

namespace Remediator.Core.Tests.Decoys;

/// <summary>Something that looks like work and is none.</summary>
/// <param name="Guard">What has to hold it; empty where it is no guard that does.</param>
/// <param name="Lay">Makes it so, a little different each time, before the alert comes.</param>
/// <param name="Twice">Something besides the guard holds it too: the engine decides nothing without a view, mode and owner lead its way, and so on.</param>
/// <param name="Goes">What happens to it once the alert is there; by default time.</param>
internal sealed record Decoy(string Name, string Guard, Action<Bench, Random> Lay, Action<Bench, Random>? Goes = null, bool Twice = false)
{
    private const int Turns = 12;

    public override string ToString() => Name;

    /// <summary>Lives through it for some minutes of simulated time.</summary>
    /// <param name="laid">False for the same without the decoy.</param>
    /// <param name="broken">A guard that is left out.</param>
    /// <returns>How often something was changed.</returns>
    public int Live(int seed, bool laid = true, string? broken = null)
    {
        var random = new Random(seed);
        var bench = new Bench { Thorough = false, Broken = broken };
        bench.Now += TimeSpan.FromSeconds(random.Next(0, 86_400));
        // what is drawn for the decoy is drawn without it too, so that the two differ in nothing else
        Lay(laid ? bench : new Bench(), random);
        var before = bench.Intents.Count;
        Fire(bench, random);
        if (laid && Goes is not null)
        {
            Goes(bench, random);
        }

        for (var turn = 0; turn < Turns && bench.Intents.Count == before; turn++)
        {
            Turn(bench, random);
        }

        return bench.Intents.Count - before;
    }

    internal static void Fire(Bench bench, Random random)
    {
        for (var copies = random.Next(1, 4); copies > 0; copies--)
        {
            bench.Fire(startsAt: bench.Now.AddSeconds(-random.Next(1, 600)));
        }
    }

    internal static void Turn(Bench bench, Random random)
    {
        if (bench.Last.Jobs.OfType<Core.Incidents.MakePlan>().Any())
        {
            bench.Planned();
        }
        else
        {
            bench.Wake(TimeSpan.FromSeconds(random.Next(5, 40)));
        }
    }
}
