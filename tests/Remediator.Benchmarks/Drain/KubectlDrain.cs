using System.Diagnostics;

namespace Remediator.Benchmarks.Drain;

/// <summary>As a person types it.</summary>
internal sealed class KubectlDrain(string kubeconfig) : IDrain
{
    public string Name => "kubectl";

    public async Task<Drained> DrainAsync(string node)
    {
        var start = new ProcessStartInfo(
            "kubectl",
            ["--kubeconfig", kubeconfig, "drain", node, "--ignore-daemonsets", "--delete-emptydir-data", "--timeout", "30m"])
            { RedirectStandardOutput = true, RedirectStandardError = true };
        var clock = Stopwatch.StartNew();
        using var process = Process.Start(start)!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        var seconds = clock.Elapsed.TotalSeconds;
        BenchmarkRun.Require(process.ExitCode == 0, $"kubectl drain {node} ended with {process.ExitCode}: {await error}");
        return new(seconds, Lines(await output, " evicted"), Lines(await error, "error when evicting"));
    }

    private static int Lines(string text, string with) =>
        text.Split('\n').Count(l => l.Contains(with, StringComparison.Ordinal));
}
