using System.Globalization;
using System.Net;
using Remediator.Testing;

namespace Remediator.Replicas.Tests.Harness;

/// <param name="Name">Its token at the API server.</param>
/// <param name="Address">Where the other replicas reach it.</param>
/// <param name="Program">Null for the program as it was built.</param>
/// <param name="Certificate">Its files in the workspace, without their ends.</param>
internal sealed record ReplicaSettings(string Name, string Address, string Postgres, string? Program = null, string Certificate = "silo");

/// <summary>One server, at the same address and with the same folder through all its starts.</summary>
internal sealed class Replica(Workspace files, ReplicaSettings settings) : IAsyncDisposable
{
    private readonly int _port = FreePort.Take(settings.Program is null ? settings.Address : "127.0.0.1");
    private RemediatorProcess? _process;

    public string Name => settings.Name;

    public string SiloAddress => settings.Address;

    public int SiloPort => _port;

    public RemediatorProcess Process => _process ?? throw new InvalidOperationException($"Replica {Name} was not started.");

    public bool Runs => _process is { ExitCode: null, IsListening: true };

    public async Task StartAsync()
    {
        if (_process is not null)
            await _process.DisposeAsync();
        _process = RemediatorProcess.Launch(
            files.DataFolder(Name), files.Arguments(Name, settings.Postgres, settings.Address, _port, settings.Certificate),
            files.Environment(Name), settings.Program);
    }

    public async Task<bool> IsReadyAsync()
    {
        if (Process.ExitCode is { } code)
            Assert.Fail($"Replica {Name} ended with {code} instead of becoming ready. {Process.Story()}");
        return Runs && await AskAsync("/readyz") is HttpStatusCode.OK;
    }

    /// <summary>A value of <c>/metrics</c>; null where there is none, or nobody who says it.</summary>
    public async Task<double?> MetricAsync(string name)
    {
        try
        {
            using var soon = new CancellationTokenSource(TimeSpan.FromSeconds(15));
            var metrics = await Process.Webhook.GetStringAsync("/metrics", soon.Token);
            var line = metrics.Split('\n').FirstOrDefault(
                l => l.StartsWith(name + "{", StringComparison.Ordinal) || l.StartsWith(name + "_total{", StringComparison.Ordinal));
            return line is null ? null : double.Parse(line[line.LastIndexOf('}')..].Split(' ')[1], CultureInfo.InvariantCulture);
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
        {
            return null;
        }
    }

    public async Task<HttpStatusCode?> AskAsync(string path)
    {
        try
        {
            using var soon = new CancellationTokenSource(TimeSpan.FromSeconds(15));
            using var answer = await Process.Webhook.GetAsync(path, soon.Token);
            return answer.StatusCode;
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
        {
            return null;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
            await _process.DisposeAsync();
    }
}
