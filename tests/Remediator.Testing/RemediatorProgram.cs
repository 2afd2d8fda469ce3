using System.Diagnostics;

namespace Remediator.Testing;

/// <summary>The built program, run as a user runs it.</summary>
public static class RemediatorProgram
{
    /// <summary>From the folder of this test's own build to that of the program.</summary>
    public static string File { get; } = Path.GetFullPath(
        Path.Combine(
            AppContext.BaseDirectory, "..", "..", "Remediator.Server", Path.GetFileName(AppContext.BaseDirectory.TrimEnd('/')),
            "remediator"));

    /// <summary>Runs a verb to its end.</summary>
    public static async Task<ProgramResult> RunAsync(
        IEnumerable<string> arguments, string workingFolder, CancellationToken cancellationToken)
    {
        var start = StartInfo(arguments);
        start.WorkingDirectory = workingFolder;
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
        var error = process.StandardError.ReadToEndAsync(cancellationToken);
        try
        {
            await process.WaitForExitAsync(cancellationToken).WaitAsync(Wait.Patience, cancellationToken);
        }
        catch (TimeoutException)
        {
            process.Kill();
            throw new TimeoutException(
                $"'{string.Join(' ', start.ArgumentList)}' did not end within {Wait.Patience}; it said: {await output} {await error}");
        }

        return new(process.ExitCode, await output, await error);
    }

    internal static ProcessStartInfo StartInfo(IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(File, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };

        // what the user of this machine has set must not decide a test, nor may a test look at the user's cluster
        foreach (var name in start.Environment.Keys.Where(n => n.StartsWith("REMEDIATOR_", StringComparison.Ordinal)).ToList())
            start.Environment.Remove(name);
        start.Environment["KUBECONFIG"] = "/nowhere";
        return start;
    }
}

public sealed record ProgramResult(int ExitCode, string Output, string Error);
