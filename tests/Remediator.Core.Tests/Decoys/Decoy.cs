using Remediator.Core.Engine;
using Remediator.Core.Events;
using Remediator.Core.Tests.Incidents;

namespace Remediator.Core.Tests.Decoys;

/// <summary>Something that looks like work and is none.</summary>
/// <param name="Holds">What keeps the engine from it. Where there are several, each alone is enough.</param>
/// <param name="Lay">Makes it so, a little different each time, before the alert comes.</param>
internal sealed record Decoy(string Name, IReadOnlyList<Protection> Holds, Action<Bench, Random> Lay)
{
    /// <summary>How all of it begins, with the decoy and without.</summary>
    public Action<Bench, Random> Before { get; init; } = (_, _) => { };

    /// <summary>What arrives.</summary>
    public Action<Bench, Random> Comes { get; init; } = Fire;

    /// <summary>What then happens to the decoy alone.</summary>
    public Action<Bench, Random> Goes { get; init; } = (_, _) => { };

    public Action<Bench, Random> Turn { get; init; } = Pass;

    public int Turns { get; init; } = 12;

    /// <summary>Counts what must not be done.</summary>
    public Func<Bench, int> Acts { get; init; } = b => b.Intents.Count;

    public override string ToString() => Name;

    /// <summary>Lives through it for some minutes of simulated time, or until something is done.</summary>
    /// <param name="laid">False for the same without the decoy.</param>
    public Life Live(int seed, bool laid = true, params IEnumerable<Protection> broken)
    {
        var random = new Random(seed);
        var bench = new Bench { Thorough = false };
        bench.Now += TimeSpan.FromSeconds(random.Next(0, 86_400));
        Before(bench, random);
        // what is drawn for the decoy is drawn without it too, so that the two differ in nothing else
        Lay(laid ? bench : new Bench { Thorough = false }, random);
        foreach (var protection in broken)
        {
            protection.Break(bench);
        }

        var before = Acts(bench);
        Comes(bench, random);
        if (laid)
        {
            Goes(bench, random);
        }

        for (var turn = 0; turn < Turns && Acts(bench) == before; turn++)
        {
            Turn(bench, random);
        }

        return new(Acts(bench) - before, bench.Journal);
    }

    internal static void Fire(Bench bench, Random random)
    {
        for (var copies = random.Next(1, 4); copies > 0; copies--)
        {
            bench.Fire(startsAt: bench.Now.AddSeconds(-random.Next(1, 600)));
        }
    }

    internal static void Pass(Bench bench, Random random)
    {
        if (bench.Last.Jobs.OfType<MakePlan>().Any())
        {
            bench.Planned(bench.NextPlan);
        }
        else
        {
            bench.Wake(TimeSpan.FromSeconds(random.Next(5, 40)));
        }
    }
}

/// <param name="Acts">How often the engine did what it must not do, or without the decoy what it should.</param>
internal sealed record Life(int Acts, IReadOnlyList<Happened> Journal)
{
    /// <summary>In the engine's words.</summary>
    public string Held => Journal.Select(h => h.Event).OfType<Held>().Select(h => $"{h.Guard}: {h.Reason}").LastOrDefault() ?? "";

    public override string ToString() => string.Join('\n', Journal.Select(h => $"  {h.At:HH:mm:ss} {h.Event}"));
}
