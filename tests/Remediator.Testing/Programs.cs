using System.Diagnostics;

namespace Remediator.Testing;

/// <summary>Programs of this machine, run to their end.</summary>
public static class Programs
{
    /// <summary>With its three streams at hand.</summary>
    public static Process Start(string program, IEnumerable<string> arguments) => Process.Start(new ProcessStartInfo(program, arguments)
        { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true })!;

    public static async Task<(int Code, string Output, string Errors)> RunAsync(
        string program, IEnumerable<string> arguments, string input = "")
    {
        using var process = Start(program, arguments);
        return await EndAsync(process, input);
    }

    /// <summary>Gives it all of its input, and waits for its end.</summary>
    public static async Task<(int Code, string Output, string Errors)> EndAsync(Process process, string input)
    {
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        await process.WaitForExitAsync();
        return (process.ExitCode, await output, await errors);
    }
}
