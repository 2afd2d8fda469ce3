using System.Diagnostics;
using Remediator.Testing;

namespace Remediator.Replicas.Tests.Harness;

/// <summary>A PostgreSQL that belongs to one test, which may stop it.</summary>
internal sealed class OwnPostgres : IAsyncDisposable
{
    private readonly string _state = Path.Combine("/tmp", $"remediator-replicas-{Guid.NewGuid():n}"[..36]);

    /// <summary>Connection string of somebody who may make databases.</summary>
    public string Admin { get; private set; } = "";

    public static async Task<OwnPostgres> StartAsync()
    {
        var own = new OwnPostgres();
        var (code, output) = await RunAsync(Script("up"), own._state);
        Assert.True(code == 0, $"tests/postgres/up ended with {code}: {output}");
        own.Admin = File.ReadAllText(Path.Combine(own._state, "connection")).Trim();
        return own;
    }

    /// <summary>At once, as when its machine loses power: connections break, and what was committed is on the disk.</summary>
    public Task StopAsync() => ControlAsync("-m", "immediate", "stop");

    public Task StartAgainAsync() => ControlAsync("-l", Path.Combine(_state, "data", "server.log"), "start");

    /// <summary>From now on it takes connections by TLS alone, with a certificate for 127.0.0.1.</summary>
    public async Task UseTlsAsync(TestAuthority authority)
    {
        var data = Path.Combine(_state, "data");
        authority.Issue(data, "tls", "127.0.0.1");
        await File.AppendAllTextAsync(Path.Combine(data, "postgresql.conf"), "ssl = on\nssl_cert_file = 'tls.crt'\nssl_key_file = 'tls.key'\n");
        await File.WriteAllTextAsync(Path.Combine(data, "pg_hba.conf"), "hostssl all all 127.0.0.1/32 scram-sha-256\n");
        var owner = Environment.UserName == "root" ? "postgres" : Environment.UserName;
        var (code, output) = await RunAsync("/bin/sh", "-c", $"chown {owner} '{data}/tls.crt' '{data}/tls.key' && chmod 600 '{data}/tls.key'");
        Assert.True(code == 0, output);
        await StopAsync();
        await StartAgainAsync();
    }

    public async ValueTask DisposeAsync() => await RunAsync(Script("down"), _state);

    private async Task ControlAsync(params string[] arguments)
    {
        var bin = Directory.GetDirectories("/usr/lib/postgresql").Order(StringComparer.Ordinal).Last();
        string[] user = Environment.UserName == "root" ? ["setpriv", "--reuid", "postgres", "--regid", "postgres", "--init-groups"] : [];
        string[] command = [.. user, Path.Combine(bin, "bin", "pg_ctl"), "-D", Path.Combine(_state, "data"), "-w", "-t", "60", .. arguments];
        var (code, output) = await RunAsync(command[0], command[1..]);
        Assert.True(code == 0, $"{string.Join(' ', command)} ended with {code}: {output}");
    }

    /// <summary>From the folder of this test's own build to the top of the repository.</summary>
    private static string Script(string name) => Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", "..", "..", "tests", "postgres", name));

    private static async Task<(int Code, string Output)> RunAsync(string program, params string[] arguments)
    {
        // its output goes to a file: the server that it starts would keep a pipe open
        var log = Path.GetTempFileName();
        try
        {
            using var process = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", $"exec \"$@\" >'{log}' 2>&1 </dev/null", "sh", program, .. arguments]))!;
            await process.WaitForExitAsync();
            return (process.ExitCode, await File.ReadAllTextAsync(log));
        }
        finally
        {
            File.Delete(log);
        }
    }
}
