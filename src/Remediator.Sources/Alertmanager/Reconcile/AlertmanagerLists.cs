using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.Extensions.Options;
using Remediator.Core.Alerts;

namespace Remediator.Sources.Alertmanager.Reconcile;

/// <summary>Reads what Alertmanagers list as firing, silenced and inhibited alerts among it.</summary>
internal sealed class AlertmanagerLists(IOptions<AlertmanagerSourceOptions> options) : IDisposable
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(20);

    private readonly HttpClient _client = new(new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.FromMinutes(5) })
    {
        Timeout = Longest,
        MaxResponseContentBufferSize = 64 * 1024 * 1024,
    };

    /// <exception cref="HttpRequestException">It cannot be reached, or its answer is not what Alertmanager answers; the message names it.</exception>
    public async Task<AlertmanagerReading> ReadAsync(string url, CancellationToken cancellationToken)
    {
        try
        {
            var status = await GetAsync(url, "api/v2/status", ListJson.Default.ServerJson, cancellationToken);
            var alerts = await GetAsync(url, "api/v2/alerts?active=true&silenced=true&inhibited=true&unprocessed=true", ListJson.Default.IReadOnlyListListedJson, cancellationToken);
            return new(status.Uptime, [.. alerts.Select(a => a.ToListed(options.Value.Receiver)).OfType<ListedAlert>()]);
        }
        catch (Exception e) when (e is HttpRequestException or JsonException or IOException or UnauthorizedAccessException
            || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            throw new HttpRequestException($"{url}: {(e is OperationCanceledException ? $"no answer within {Longest.TotalSeconds:0} s" : e.Message)}", e);
        }
    }

    public void Dispose() => _client.Dispose();

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
