using System.Diagnostics;

namespace Remediator.Benchmarks;

/// <summary>The program as it ships: published with its runtime and compiled ahead, as <c>deploy/image</c> does it.</summary>
internal static class ShippedProgram
{
    /// <summary>Of this build, beside the benchmarks.</summary>
    public static string Built => Path.Combine(Artifacts, "bin/Remediator.Server/release/remediator");

    private static string Artifacts => Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "../../.."));

    /// <summary>Takes a minute the first time, and seconds where nothing has changed since.</summary>
    /// <exception cref="BenchmarkFailedException">It cannot be published.</exception>
    public static async Task<string> PublishAsync()
    {
        var folder = Path.Combine(Artifacts, "shipped");
        // a folder that is there already would keep what it has of other builds
        var program = Path.Combine(folder, "program");
        if (Directory.Exists(program))
            Directory.Delete(program, recursive: true);
        var start = new ProcessStartInfo("dotnet")
        {
            WorkingDirectory = Path.GetDirectoryName(Artifacts),
            RedirectStandardOutput = true,
            ArgumentList =
            {
                "publish", "src/Remediator.Server", "-c", "Release", "-r", "linux-x64", "--self-contained", "-v", "quiet", "--nologo",
                "-o", program, $"-p:ArtifactsPath={folder}/", "-p:RestoreLockedMode=true", "-p:DebugType=none"
            }
        };
        using var publishing = Process.Start(start)!;
        var said = await publishing.StandardOutput.ReadToEndAsync();
        await publishing.WaitForExitAsync();
        return publishing.ExitCode == 0
            ? Path.Combine(program, "remediator")
            : throw new BenchmarkFailedException($"The program cannot be published: {said}");
    }
}
