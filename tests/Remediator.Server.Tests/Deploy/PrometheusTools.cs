using System.Diagnostics;

namespace Remediator.Server.Tests.Deploy;

/// <summary>promtool and amtool, of Debian.</summary>
internal static class PrometheusTools
{
    private const int CannotHere = 3;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Installed where it can be, as the tests' cluster is.</summary>
    public static async Task NeedAsync(string tool)
    {
        var (code, _, error) = await RunAsync(DeployFolder.File("../tests/cluster/packages"), tool);
        Assert.SkipWhen(code == CannotHere, error);
        Assert.True(code == 0, error);
    }

    public static async Task<string> AssertAsync(string program, params string[] arguments)
    {
        var (code, output, error) = await RunAsync(program, arguments);
        Assert.True(code == 0, $"{program} {string.Join(' ', arguments)} ended with {code}: {output}{error}");
        return output;
    }

    private static async Task<(int Code, string Output, string Error)> RunAsync(string program, params string[] arguments)
    {
        using var process =
            Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(Token), process.StandardError.ReadToEndAsync(Token));
        await process.WaitForExitAsync(Token);
        return (process.ExitCode, await output, await error);
    }
}
