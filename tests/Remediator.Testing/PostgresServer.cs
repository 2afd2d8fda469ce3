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

    /// <summary>From now on it takes connections by TLS alone, with a certificate for 127.0.0.1.</summary>
    public async Task UseTlsAsync(TestAuthority authority)
    {
        var data = Path.Combine(_state, "data");
        authority.Issue(data, "tls", "127.0.0.1");
        await File.AppendAllTextAsync(
            Path.Combine(data, "postgresql.conf"), "ssl = on\nssl_cert_file = 'tls.crt'\nssl_key_file = 'tls.key'\n");
        await File.WriteAllTextAsync(Path.Combine(data, "pg_hba.conf"), "hostssl all all 127.0.0.1/32 scram-sha-256\n");
        // the key belongs to the server's user, as the folder does
        using var hand =
            Process.Start("/bin/sh", ["-c", $"chown --reference '{data}' '{data}/tls.crt' '{data}/tls.key' && chmod 600 '{data}/tls.key'"]);
        await hand.WaitForExitAsync();
        await CrashAsync();
        await UpAsync();
    }

    public async ValueTask DisposeAsync() => await RunAsync("down", _state);

    private static async Task<string> RunAsync(string script, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(Path.Combine(Scripts, script), arguments) {
            RedirectStandardOutput = true,
            RedirectStandardError = true })!;
        var (said, errors) = (process.StandardOutput.ReadLineAsync(), process.StandardError.ReadLineAsync());
        await process.WaitForExitAsync();
        return process.ExitCode == 0
            ? await said ?? ""
            : throw new InvalidOperationException($"tests/postgres/{script} ended with {process.ExitCode}: {await errors}");
    }

    private static string ThisFolder([CallerFilePath] string file = "") => Path.GetDirectoryName(file)!;
}
