using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.Extensions.Options;
using Remediator.Core.Alerts;
using Remediator.Core.Safety;
using Remediator.Sources.Alertmanager.Silences;

namespace Remediator.Sources.Alertmanager.Reconcile;

/// <summary>Reads what Alertmanagers list as firing, silenced and inhibited alerts among it, and their silences.</summary>
internal sealed class AlertmanagerLists(IOptions<AlertmanagerSourceOptions> options) : IDisposable
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(20);

    private readonly HttpClient _client = new(new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.FromMinutes(5) })
    {
        Timeout = Longest,
        MaxResponseContentBufferSize = 64 * 1024 * 1024,
    };

    /// <exception cref="HttpRequestException">It cannot be reached, or its answer is not what Alertmanager answers; the message names it.</exception>
    public Task<AlertmanagerReading> ReadAsync(string url, CancellationToken cancellationToken) => NamedAsync(url, async () =>
    {
        var status = await GetAsync(url, "api/v2/status", ListJson.Default.ServerJson, cancellationToken);
        var alerts = await GetAsync(url, "api/v2/alerts?active=true&silenced=true&inhibited=true&unprocessed=true", ListJson.Default.IReadOnlyListListedJson, cancellationToken);
        return new AlertmanagerReading(status.Uptime, [.. alerts.Select(a => a.ToListed(options.Value.Receiver)).OfType<ListedAlert>()]);
    }, cancellationToken);

    /// <summary>Those that stand or are to come.</summary>
    /// <exception cref="HttpRequestException">It cannot be reached, or its answer is not what Alertmanager answers; the message names it.</exception>
    public Task<IReadOnlyList<Silence>> SilencesAsync(string url, CancellationToken cancellationToken) => NamedAsync<IReadOnlyList<Silence>>(
        url,
        async () => [.. (await GetAsync(url, "api/v2/silences", SilencesJson.Default.IReadOnlyListSilenceJson, cancellationToken)).Where(s => !s.IsOver).Select(s => s.ToSilence())],
        cancellationToken);

    public void Dispose() => _client.Dispose();

    private static async Task<T> NamedAsync<T>(string url, Func<Task<T>> read, CancellationToken cancellationToken)
    {
        try
        {
            return await read();
        }
        catch (Exception e) when (e is HttpRequestException or JsonException or IOException or UnauthorizedAccessException
            || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            throw new HttpRequestException($"{url}: {(e is OperationCanceledException ? $"no answer within {Longest.TotalSeconds:0} s" : e.Message)}", e);
        }
    }

    private async Task<T> GetAsync<T>(string url, string path, JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri($"{url.TrimEnd('/')}/{path}"));
        request.Headers.Authorization = Authorization();
        using var answer = await _client.SendAsync(request, cancellationToken);
        answer.EnsureSuccessStatusCode();
        return await answer.Content.ReadFromJsonAsync(type, cancellationToken) ?? throw new JsonException($"'{path}' is null.");
    }

    // Read each time: such files are replaced while we run.
    private AuthenticationHeaderValue? Authorization() => options.Value switch
    {
        { ApiBearerTokenFile: { } file } => new("Bearer", SecretFile.Read(file)),
        { ApiUsername: { } user, ApiPasswordFile: { } file } => new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{SecretFile.Read(file)}"))),
        _ => null,
    };
}
