using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Remediator.Testing;

/// <summary>A PostgreSQL that belongs to one test, which may crash it.</summary>
public sealed class PostgresServer : IAsyncDisposable
{
    private static readonly string Scripts = Path.GetFullPath(Path.Combine(ThisFolder(), "..", "postgres"));

    private readonly string _state = Path.Combine(Path.GetTempPath(), $"postgres-{Guid.NewGuid():n}");

    private PostgresServer()
    {
    }

    /// <summary>Connection string of somebody who may make databases and roles.</summary>
    public string Admin { get; private set; } = "";

    public static async Task<PostgresServer> StartAsync()
    {
        var server = new PostgresServer();
        await server.UpAsync();
        return server;
    }

    /// <summary>With what was on the disk when it crashed.</summary>
    public async Task UpAsync() => Admin = await RunAsync("up", _state);

    /// <summary>At once, as when its machine loses power: connections break, and what was committed is on the disk.</summary>
    public Task CrashAsync() => RunAsync("down", "--keep", _state);

    public async ValueTask DisposeAsync() => await RunAsync("down", _state);

    private static async Task<string> RunAsync(string script, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(Path.Combine(Scripts, script), arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var (said, errors) = (process.StandardOutput.ReadLineAsync(), process.StandardError.ReadLineAsync());
        await process.WaitForExitAsync();
        return process.ExitCode == 0 ? await said ?? "" : throw new InvalidOperationException($"tests/postgres/{script} ended with {process.ExitCode}: {await errors}");
    }

    private static string ThisFolder([CallerFilePath] string file = "") => Path.GetDirectoryName(file)!;
}
