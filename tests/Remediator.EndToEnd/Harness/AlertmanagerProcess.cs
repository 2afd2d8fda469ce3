using System.Net.Http.Json;
using System.Text.Json;

namespace Remediator.EndToEnd.Harness;

/// <summary>Debian's Alertmanager with one receiver, the engine, and a route that catches the engine's own alerts.</summary>
internal sealed class AlertmanagerProcess : IAsyncDisposable
{
    private readonly HttpClient _client;
    private readonly ChildProcess _process;

    private AlertmanagerProcess(Workspace files, int port, string engine, string tokenFile, string groupInterval, int maxAlerts)
    {
        Url = $"http://127.0.0.1:{port}";
        _client = new() { BaseAddress = new(Url) };
        File.WriteAllText(files["alertmanager.yml"], $"""
            global:
              resolve_timeout: 1h
            route:
              receiver: remediator
              group_by: [alertname, namespace]
              group_wait: 1s
              group_interval: {groupInterval}
              repeat_interval: 10s
              routes:
                - matchers: [ 'alertname="RemediationFailed"' ]
                  receiver: people
            receivers:
              - name: people
              - name: remediator
                webhook_configs:
                  - url: {engine}/api/v1/alerts/alertmanager/main
                    send_resolved: true
                    max_alerts: {maxAlerts}
                    http_config:
                      authorization:
                        credentials_file: {tokenFile}
            """);
        _process = new(
            "prometheus-alertmanager",
            [$"--config.file={files["alertmanager.yml"]}", $"--storage.path={files["alertmanager"]}", $"--web.listen-address=127.0.0.1:{port}", "--cluster.listen-address="],
            new Dictionary<string, string>(),
            files.Log("alertmanager.log"));
    }

    public string Url { get; }

    public static async Task<AlertmanagerProcess> StartAsync(Workspace files, int port, string engine, string tokenFile, string groupInterval = "1s", int maxAlerts = 0)
    {
        var started = new AlertmanagerProcess(files, port, engine, tokenFile, groupInterval, maxAlerts);
        await Deadline.AwaitAsync(
            "Alertmanager, ready",
            TimeSpan.FromSeconds(30),
            async () => (await started._client.GetAsync("/-/ready")).IsSuccessStatusCode,
            () => Task.FromResult(started._process.Tail));
        return started;
    }

    /// <summary>As Prometheus does: firing until a copy of it says when it ended.</summary>
    public Task FireAsync(params IReadOnlyList<IReadOnlyDictionary<string, string>> alerts) => PostAsync(alerts, null);

    public Task ResolveAsync(params IReadOnlyList<IReadOnlyDictionary<string, string>> alerts) => PostAsync(alerts, TimeProvider.System.GetUtcNow());

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

    /// <summary>Alerts of one name that are firing now.</summary>
    public async Task<IReadOnlyList<JsonElement>> FiringAsync(string alertname, string space)
    {
        var filter = Uri.EscapeDataString($"alertname=\"{alertname}\"");
        var alerts = await _client.GetFromJsonAsync<List<JsonElement>>($"/api/v2/alerts?filter={filter}&active=true");
        return [.. alerts!.Where(a => (a.GetProperty("labels").TryGetProperty("namespace", out var label) ? label.GetString() : "") == space)];
    }

    /// <summary>Notifications that got in.</summary>
    public async Task<double> NotifiedAsync() =>
        await MetricAsync("alertmanager_notification_requests_total") - await MetricAsync("alertmanager_notification_requests_failed_total");

    /// <summary>Requests that the receiver refused or did not answer.</summary>
    public Task<double> RefusedAsync() => MetricAsync("alertmanager_notification_requests_failed_total");

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        _client.Dispose();
    }

    private async Task<double> MetricAsync(string name)
    {
        var start = $"{name}{{integration=\"webhook\"}} ";
        var line = (await _client.GetStringAsync("/metrics")).Split('\n').First(l => l.StartsWith(start, StringComparison.Ordinal));
        return double.Parse(line[start.Length..], System.Globalization.CultureInfo.InvariantCulture);
    }

    private async Task PostAsync(IReadOnlyList<IReadOnlyDictionary<string, string>> alerts, DateTimeOffset? end)
    {
        var body = alerts.Select(labels => new { labels, annotations = new { summary = labels["alertname"] }, endsAt = end }).ToList();
        using var answer = await _client.PostAsJsonAsync("/api/v2/alerts", body, new JsonSerializerOptions(JsonSerializerDefaults.Web)
        {
            DefaultIgnoreCondition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull,
        });
        answer.EnsureSuccessStatusCode();
    }
}
