using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;

namespace Remediator.Testing;

/// <summary>A silence as Alertmanager tells it, also when it is over.</summary>
public sealed record SeenSilence(string Id, string State, string CreatedBy, string Comment, DateTimeOffset StartsAt, DateTimeOffset EndsAt, IReadOnlyDictionary<string, string> Matches);

/// <summary>Debian's Alertmanager on a free port.</summary>
public sealed class AlertmanagerProcess : IAsyncDisposable
{
    private const string Program = "prometheus-alertmanager";
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    private readonly HttpClient _client;
    private readonly Process _process;
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("alertmanager-");
    private readonly ConcurrentQueue<string> _log = [];
    private readonly int _clusterPort = FreePort.Take();

    private AlertmanagerProcess(string configuration, AlertmanagerProcess? peer)
    {
        var port = FreePort.Take();
        Url = $"http://127.0.0.1:{port}";
        _client = new() { BaseAddress = new(Url) };
        File.WriteAllText(Configuration, configuration);
        _process = new() { StartInfo = new(Program, Arguments(port, peer)) { RedirectStandardOutput = true, RedirectStandardError = true } };
        _process.OutputDataReceived += (_, line) => _log.Enqueue(line.Data ?? "");
        _process.ErrorDataReceived += (_, line) => _log.Enqueue(line.Data ?? "");
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public static bool IsInstalled { get; } = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(p => File.Exists(Path.Combine(p, Program)));

    public string Url { get; }

    /// <param name="configuration">YAML; one receiver that tells nobody where it is left out.</param>
    /// <param name="peer">Another one of its set.</param>
    public static async Task<AlertmanagerProcess> StartAsync(string configuration = "{ route: { receiver: nobody }, receivers: [ { name: nobody } ] }", AlertmanagerProcess? peer = null)
    {
        var started = new AlertmanagerProcess(configuration, peer);
        await started.UntilAsync("it to be ready", async () =>
        {
            try
            {
                return (await started._client.GetAsync(new Uri("/-/ready", UriKind.Relative))).IsSuccessStatusCode;
            }
            catch (HttpRequestException)
            {
                return false;
            }
        });
        return started;
    }

    public async Task ReloadAsync(string configuration)
    {
        await File.WriteAllTextAsync(Configuration, configuration);
        using var answer = await _client.PostAsync(new Uri("/-/reload", UriKind.Relative), null);
        answer.EnsureSuccessStatusCode();
    }

    /// <summary>As Prometheus does: firing until it is said when it ended.</summary>
    public async Task FireAsync(IReadOnlyDictionary<string, string> labels, DateTimeOffset? endsAt = null)
    {
        using var answer = await _client.PostAsJsonAsync("/api/v2/alerts", new[] { new { labels, annotations = new { }, endsAt = endsAt ?? TimeProvider.System.GetUtcNow().AddHours(1) } });
        answer.EnsureSuccessStatusCode();
    }

    /// <summary>A person silences what has one label, or what a pattern of it matches.</summary>
    /// <returns>Its id.</returns>
    public async Task<string> SilenceAsync(string label, string value, bool isRegex = false, bool isEqual = true)
    {
        var now = TimeProvider.System.GetUtcNow();
        using var answer = await _client.PostAsJsonAsync("/api/v2/silences", new
        {
            matchers = new[] { new { name = label, value, isRegex, isEqual } },
            startsAt = now,
            endsAt = now.AddHours(1),
            createdBy = "somebody",
            comment = "maintenance",
        });
        answer.EnsureSuccessStatusCode();
        return (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("silenceID").GetString()!;
    }

    public async Task<IReadOnlyList<SeenSilence>> SilencesAsync() =>
        [.. (await _client.GetFromJsonAsync<List<JsonElement>>("/api/v2/silences"))!.Select(Seen)];

    /// <summary>Of the alert with such a label; null where it does not fire.</summary>
    public async Task<string?> StateAsync(string label, string value)
    {
        var alerts = await _client.GetFromJsonAsync<List<JsonElement>>($"/api/v2/alerts?filter={Uri.EscapeDataString($"{label}=\"{value}\"")}");
        return alerts!.Count == 0 ? null : alerts[0].GetProperty("status").GetProperty("state").GetString();
    }

    /// <summary>Waits for a silence; says what there is when it does not come.</summary>
    public async Task<SeenSilence> SilenceAsync(string what, Func<SeenSilence, bool> isIt)
    {
        SeenSilence? found = null;
        await UntilAsync(what, async () => (found = (await SilencesAsync()).FirstOrDefault(isIt)) is not null);
        return found!;
    }

    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        _process.Dispose();
        _client.Dispose();
        _folder.Delete(recursive: true);
    }

    private async Task UntilAsync(string what, Func<Task<bool>> isSo)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (!await isSo())
        {
            if (TimeProvider.System.GetElapsedTime(began) > Deadline || _process.HasExited)
                throw new TimeoutException($"Alertmanager: waited {Deadline.TotalSeconds:0} s for {what}. It said:\n{string.Join('\n', _log.TakeLast(20))}");
            await Task.Delay(TimeSpan.FromMilliseconds(50));
        }
    }

    private string Configuration => Path.Combine(_folder.FullName, "alertmanager.yml");

    private IEnumerable<string> Arguments(int port, AlertmanagerProcess? peer) =>
    [
        $"--config.file={Configuration}", $"--storage.path={_folder.FullName}", $"--web.listen-address=127.0.0.1:{port}", $"--cluster.listen-address=127.0.0.1:{_clusterPort}",
        $"--cluster.advertise-address=127.0.0.1:{_clusterPort}", "--cluster.settle-timeout=1s", "--cluster.gossip-interval=50ms", "--cluster.pushpull-interval=1s",
        .. peer is null ? Array.Empty<string>() : [$"--cluster.peer=127.0.0.1:{peer._clusterPort}"],
    ];

    private static SeenSilence Seen(JsonElement silence) => new(
        silence.GetProperty("id").GetString()!,
        silence.GetProperty("status").GetProperty("state").GetString()!,
        silence.GetProperty("createdBy").GetString()!,
        silence.GetProperty("comment").GetString()!,
        silence.GetProperty("startsAt").GetDateTimeOffset(),
        silence.GetProperty("endsAt").GetDateTimeOffset(),
        silence.GetProperty("matchers").EnumerateArray().Where(m => !m.GetProperty("isRegex").GetBoolean() && m.GetProperty("isEqual").GetBoolean())
            .ToDictionary(m => m.GetProperty("name").GetString()!, m => m.GetProperty("value").GetString()!));
}
