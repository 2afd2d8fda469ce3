using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Remediator.Journal.Tests;

/// <summary>A server of its own, for tests that crash it.</summary>
internal sealed class PostgresServer : IAsyncDisposable
{
    private static readonly string Scripts = Path.GetFullPath(Path.Combine(ThisFolder(), "..", "postgres"));

    private readonly string _state = Path.Combine(Path.GetTempPath(), $"postgres-{Guid.NewGuid():n}");

    private PostgresServer()
    {
    }

    public string Admin { get; private set; } = "";

    /// <summary>Skips the test where the machine cannot do it.</summary>
    public static async Task<PostgresServer> StartAsync()
    {
        var server = new PostgresServer();
        await server.UpAsync();
        return server;
    }

    public async Task UpAsync()
    {
        var (code, said, errors) = await RunAsync("up", _state);
        Assert.SkipWhen(code == 3, errors);
        Assert.True(code == 0, errors);
        Admin = said.Trim();
    }

    public async Task CrashAsync() => Assert.Equal(0, (await RunAsync("down", "--keep", _state)).Code);

    public async ValueTask DisposeAsync() => await RunAsync("down", _state);

    private static async Task<(int Code, string Said, string Errors)> RunAsync(string script, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(Path.Combine(Scripts, script), arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var said = process.StandardOutput.ReadLineAsync();
        var errors = process.StandardError.ReadLineAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, await said ?? "", await errors ?? "");
    }

    private static string ThisFolder([CallerFilePath] string file = "") => Path.GetDirectoryName(file)!;
}
