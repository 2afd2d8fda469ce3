using System.Globalization;

namespace Remediator.Benchmarks.Drain;

/// <summary>
/// The drain of this program beside that of kubectl, at the same time on the same cluster, each on its own half of hollow nodes: real
/// kubelets over a pretend container runtime. The pods of a half are of deployments whose disruption budgets let few go at once, so that
/// both are refused.
/// </summary>
internal static class DrainBenchmark
{
    private const string Variable = "REMEDIATOR_TEST_KUBECONFIG";

    public static async Task RunAsync(BenchmarkRun run)
    {
        var kubeconfig = Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } named
            ? named
            : throw new BenchmarkFailedException($"{Variable} names no cluster; tests/cluster/up starts one.");
        var (nodes, pods, drained, scale) = run.Small ? (4, 40, 1, 0.1) : (50, 2000, 4, 1);
        BenchmarkRun.Say($"drain: {nodes} hollow nodes, {pods:N0} pods, {drained} nodes drained by each; load {Load()}");
        await using var cluster = await DrainCluster.StartAsync(kubeconfig, nodes, pods, scale);
        using var ours = new ActionDrain(kubeconfig, scale);
        var sums = await Task.WhenAll(
            DrainAsync(cluster, new KubectlDrain(kubeconfig), 0, drained), DrainAsync(cluster, ours, 1, drained));
        BenchmarkRun.Say(string.Create(
            CultureInfo.InvariantCulture,
            $"ours to kubectl's: time {sums[1].Seconds / sums[0].Seconds:0.00}, evictions {sums[1].Evictions} to {sums[0].Evictions}, "
                + $"refusals {sums[1].Refusals} to {sums[0].Refusals}; load {Load()}"));
    }

    private static async Task<Drained> DrainAsync(DrainCluster cluster, IDrain drain, int half, int count)
    {
        var sum = new Drained(0, 0, 0);
        foreach (var node in cluster.Half(half).Take(count))
        {
            var before = await cluster.PodsOnAsync(node);
            BenchmarkRun.Require(before > 0, $"Nothing runs on {node}.");
            var one = await drain.DrainAsync(node);
            BenchmarkRun.Require(one.Evictions >= before, $"{drain.Name} evicted {one.Evictions} of {before} pods of {node}.");
            BenchmarkRun.Require(await cluster.PodsOnAsync(node) == 0, $"{drain.Name} left pods on {node}.");
            BenchmarkRun.Say(string.Create(
                CultureInfo.InvariantCulture,
                $"{drain.Name}, {node}: {before} pods in {one.Seconds:0.0} s, {one.Evictions} evictions, {one.Refusals} refusals"));
            sum = new(sum.Seconds + one.Seconds, sum.Evictions + one.Evictions, sum.Refusals + one.Refusals);
            await cluster.TakePodsAgainAsync(node);
        }

        return sum;
    }

    private static string Load() => File.ReadAllText("/proc/loadavg").Trim();
}

/// <param name="Seconds">From the order until the last of its pods was gone.</param>
/// <param name="Evictions">That the API server did.</param>
/// <param name="Refusals">By a disruption budget; asked without doing it too.</param>
internal sealed record Drained(double Seconds, int Evictions, int Refusals);

internal interface IDrain
{
    string Name { get; }

    /// <exception cref="BenchmarkFailedException">It did not end well.</exception>
    Task<Drained> DrainAsync(string node);
}
