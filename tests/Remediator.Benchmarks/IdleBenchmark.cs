using System.Diagnostics;
using System.Globalization;
using Remediator.Benchmarks.Fleet;

namespace Remediator.Benchmarks;

/// <summary>
/// What the program costs while nothing happens, with a small cluster watched, once the runtime has compiled what is called often.
/// </summary>
internal static class IdleBenchmark
{
    private const double Goal = 0.01;

    public static async Task RunAsync(BenchmarkRun run)
    {
        var (settle, measure) = run.Small
            ? (TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(3))
            : (TimeSpan.FromMinutes(4), TimeSpan.FromMinutes(1));
        await using var cluster = await FleetCluster.StartAsync(FleetShape.Hundred);
        await using var engine = new EngineProcess(run.Program, cluster.Address);
        using var client = await engine.StartAsync();
        await EngineProcess.UntilReadyAsync(client);
        await Task.Delay(settle);
        var (busy, clock) = (engine.Busy, Stopwatch.StartNew());
        await Task.Delay(measure);
        var share = (engine.Busy - busy) / clock.Elapsed;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"idle: {share:P2} of a core over {clock.Elapsed.TotalSeconds:0} s with "
                + $"{FleetShape.Hundred.Pods} pods watched (goal: {Goal:P0}), RSS {engine.Megabytes:0} MB; load "
                + $"{File.ReadAllText("/proc/loadavg").Split(' ')[0]}"));
        BenchmarkRun.Require(run.Small || share <= Goal, $"It took {share:P2} of a core while nothing happened; {Goal:P0} is the most.");
    }
}
