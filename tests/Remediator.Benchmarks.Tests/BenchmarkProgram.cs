using System.Diagnostics;
using Remediator.Testing;

namespace Remediator.Benchmarks.Tests;

/// <summary>The benchmarks as they are typed.</summary>
internal static class BenchmarkProgram
{
    private static readonly string Assembly = typeof(Benchmark).Assembly.Location;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    /// <param name="measured">Another program than the one of this build.</param>
    public static async Task<ProgramResult> RunAsync(string name, CancellationToken cancellationToken, string? measured = null)
    {
        var start = new ProcessStartInfo("dotnet", [Assembly, name, "--small"])
            { RedirectStandardOutput = true, RedirectStandardError = true };
        if (measured is not null)
            start.Environment["REMEDIATOR_TEST_PROGRAM"] = measured;
        using var process = Process.Start(start)!;
        using var stop = cancellationToken.Register(() => process.Kill(entireProcessTree: true));
        var (output, error) =
            (process.StandardOutput.ReadToEndAsync(cancellationToken), process.StandardError.ReadToEndAsync(cancellationToken));
        await process.WaitForExitAsync(cancellationToken).WaitAsync(Patience, cancellationToken);
        return new(process.ExitCode, await output, await error);
    }
}
