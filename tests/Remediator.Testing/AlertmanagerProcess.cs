using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;

namespace Remediator.Testing;

/// <summary>A silence as Alertmanager tells it, also when it is over.</summary>
public sealed record SeenSilence(
    string Id, string State, string CreatedBy, string Comment, DateTimeOffset StartsAt, DateTimeOffset EndsAt,
    IReadOnlyDictionary<string, string> Matches);

/// <summary>Debian's Alertmanager on a free port.</summary>
public sealed class AlertmanagerProcess : IAsyncDisposable
{
    private const string Program = "prometheus-alertmanager";
    private readonly HttpClient _client;
    private readonly Process _process;
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("alertmanager-");
    private readonly ConcurrentQueue<string> _log = [];
    private readonly int _clusterPort = FreePort.Take();

    private AlertmanagerProcess(string configuration, AlertmanagerProcess? peer, int? port)
    {
        port ??= FreePort.Take();
        Url = $"http://127.0.0.1:{port}";
        _client = new() { BaseAddress = new(Url) };
        File.WriteAllText(Configuration, configuration);
        _process =
            new() { StartInfo = new(Program, Arguments(port.Value, peer)) { RedirectStandardOutput = true, RedirectStandardError = true } };
        _process.OutputDataReceived += (_, line) => _log.Enqueue(line.Data ?? "");
        _process.ErrorDataReceived += (_, line) => _log.Enqueue(line.Data ?? "");
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public static bool IsInstalled { get; } = (Environment.GetEnvironmentVariable("PATH") ?? "")
        .Split(':')
        .Any(p => File.Exists(Path.Combine(p, Program)));

    public string Url { get; }

    /// <param name="configuration">YAML; one receiver that tells nobody where it is left out.</param>
    /// <param name="peer">Another one of its set.</param>
    /// <param name="port">Null for a free one.</param>
    public static async Task<AlertmanagerProcess> StartAsync(
        string configuration = "{ route: { receiver: nobody }, receivers: [ { name: nobody } ] }", AlertmanagerProcess? peer = null,
        int? port = null)
    {
        var started = new AlertmanagerProcess(configuration, peer, port);
        await started.UntilAsync(
            "ready", async () => (await started._client.GetAsync(new Uri("/-/ready", UriKind.Relative))).IsSuccessStatusCode);
        return started;
    }

    public async Task ReloadAsync(string configuration)
    {
        await File.WriteAllTextAsync(Configuration, configuration);
        using var answer = await _client.PostAsync(new Uri("/-/reload", UriKind.Relative), null);
        answer.EnsureSuccessStatusCode();
    }

    /// <summary>As Prometheus does: firing until it is said when they ended.</summary>
    public Task FireAsync(params IReadOnlyList<IReadOnlyDictionary<string, string>> alerts)
    {
        // one without a beginning would begin at its end, an hour from now
        var now = TimeProvider.System.GetUtcNow();
        return PostAsync(alerts.Select(
            labels => new { labels, annotations = new { summary = labels["alertname"] }, startsAt = now, endsAt = now.AddHours(1) }));
    }

    public Task ResolveAsync(params IReadOnlyList<IReadOnlyDictionary<string, string>> alerts) =>
        PostAsync(alerts.Select(
            labels => new { labels, annotations = new { summary = labels["alertname"] }, endsAt = TimeProvider.System.GetUtcNow() }));

    /// <summary>As a person does, for an hour.</summary>
    /// <returns>Its id.</returns>
    public async Task<string> SilenceAsync(string label, string value)
    {
        var now = TimeProvider.System.GetUtcNow();
        using var answer = await _client.PostAsJsonAsync("/api/v2/silences", new
        {
            matchers = new[] { new { name = label, value, isRegex = false, isEqual = true } },
            startsAt = now,
            endsAt = now.AddHours(1),
            createdBy = "somebody",
            comment = "maintenance",
        });
        answer.EnsureSuccessStatusCode();
        return (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("silenceID").GetString()!;
    }

    public async Task ExpireAsync(string silence)
    {
        using var answer = await _client.DeleteAsync(new Uri($"/api/v2/silence/{silence}", UriKind.Relative));
        answer.EnsureSuccessStatusCode();
    }

    /// <summary>Alerts of one name that are firing now and have this namespace; empty for those that have none.</summary>
    public async Task<IReadOnlyList<JsonElement>> FiringAsync(string alertname, string space)
    {
        var filter = Uri.EscapeDataString($"alertname=\"{alertname}\"");
        var alerts = await _client.GetFromJsonAsync<List<JsonElement>>($"/api/v2/alerts?filter={filter}&active=true");
        return [.. alerts!.Where(
            a => (a.GetProperty("labels").TryGetProperty("namespace", out var label) ? label.GetString() : "") == space)];
    }

    /// <summary>Notifications that got in.</summary>
    public async Task<double> NotifiedAsync() =>
        await MetricAsync("alertmanager_notification_requests_total") - await RefusedAsync();

    /// <summary>Requests that the receiver refused or did not answer.</summary>
    public Task<double> RefusedAsync() => MetricAsync("alertmanager_notification_requests_failed_total");

    public async Task<IReadOnlyList<SeenSilence>> SilencesAsync() =>
        [.. (await _client.GetFromJsonAsync<List<JsonElement>>("/api/v2/silences"))!.Select(Seen)];

    /// <summary>Of the alert with such a label; null where it does not fire.</summary>
    public async Task<string?> StateAsync(string label, string value)
    {
        var alerts =
            await _client.GetFromJsonAsync<List<JsonElement>>($"/api/v2/alerts?filter={Uri.EscapeDataString($"{label}=\"{value}\"")}");
        return alerts!.Count == 0 ? null : alerts[0].GetProperty("status").GetProperty("state").GetString();
    }

    /// <summary>Waits for a silence; says what there is when it does not come.</summary>
    public Task<SeenSilence> AwaitSilenceAsync(string what, Func<SeenSilence, bool> isIt) => Wait.ForAsync(
        what, async () => (await SilencesAsync()).FirstOrDefault(isIt), CancellationToken.None,
        async () => $"There are: {string.Join(", ", await SilencesAsync())}");

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

    private Task UntilAsync(string what, Func<Task<bool>> isSo) => Wait.UntilAsync(
        $"Alertmanager, {what}",
        () => _process.HasExited ? throw new InvalidOperationException($"Alertmanager ended with {_process.ExitCode}. {Story()}") : isSo(),
        CancellationToken.None,
        () => Task.FromResult(Story()));

    private string Story() => $"It said:\n{string.Join('\n', _log.TakeLast(20))}";

    private async Task PostAsync<T>(IEnumerable<T> alerts)
    {
        using var answer = await _client.PostAsJsonAsync("/api/v2/alerts", alerts);
        answer.EnsureSuccessStatusCode();
    }

    private async Task<double> MetricAsync(string name)
    {
        var start = $"{name}{{integration=\"webhook\"}} ";
        var line = (await _client.GetStringAsync("/metrics")).Split('\n')
                .FirstOrDefault(l => l.StartsWith(start, StringComparison.Ordinal))
            ?? throw new NotThereYetException($"Alertmanager has no {start}");
        return double.Parse(line[start.Length..], CultureInfo.InvariantCulture);
    }

    private string Configuration => Path.Combine(_folder.FullName, "alertmanager.yml");

    private IEnumerable<string> Arguments(int port, AlertmanagerProcess? peer) =>
    [
        $"--config.file={Configuration}", $"--storage.path={_folder.FullName}", $"--web.listen-address=127.0.0.1:{port}",
        $"--cluster.listen-address=127.0.0.1:{_clusterPort}",
        $"--cluster.advertise-address=127.0.0.1:{_clusterPort}", "--cluster.settle-timeout=1s", "--cluster.gossip-interval=50ms",
        "--cluster.pushpull-interval=1s",
        .. peer is null ? Array.Empty<string>() : [$"--cluster.peer=127.0.0.1:{peer._clusterPort}"],
    ];

    private static SeenSilence Seen(JsonElement silence) => new(
        silence.GetProperty("id").GetString()!,
        silence.GetProperty("status").GetProperty("state").GetString()!,
        silence.GetProperty("createdBy").GetString()!,
        silence.GetProperty("comment").GetString()!,
        silence.GetProperty("startsAt").GetDateTimeOffset(),
        silence.GetProperty("endsAt").GetDateTimeOffset(),
        silence.GetProperty("matchers")
            .EnumerateArray()
            .Where(m => !m.GetProperty("isRegex").GetBoolean() && m.GetProperty("isEqual").GetBoolean())
            .ToDictionary(m => m.GetProperty("name").GetString()!, m => m.GetProperty("value").GetString()!));
}
