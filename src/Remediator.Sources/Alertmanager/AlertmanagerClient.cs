using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.Extensions.Options;

namespace Remediator.Sources.Alertmanager;

/// <summary>Talks to the API of the user's Alertmanagers. Every failure is an <see cref="HttpRequestException"/> whose message names which one; it has a status where there was an answer.</summary>
internal sealed class AlertmanagerClient(IOptions<AlertmanagerSourceOptions> options) : IDisposable
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(20);

    private readonly HttpClient _client = new(new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.FromMinutes(5) })
    {
        Timeout = Longest,
        MaxResponseContentBufferSize = 64 * 1024 * 1024,
    };

    public Task<T> GetAsync<T>(string url, string path, JsonTypeInfo<T> type, CancellationToken cancellationToken) => SendAsync(HttpMethod.Get, url, path, null, type, cancellationToken);

    public Task<T> PostAsync<TBody, T>(string url, string path, TBody body, JsonTypeInfo<TBody> bodyType, JsonTypeInfo<T> type, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Post, url, path, JsonContent.Create(body, bodyType), type, cancellationToken);

    public Task DeleteAsync(string url, string path, CancellationToken cancellationToken) => SendAsync<string>(HttpMethod.Delete, url, path, null, null, cancellationToken);

    public void Dispose() => _client.Dispose();

    /// <param name="type">Null where what is answered does not matter.</param>
    private async Task<T> SendAsync<T>(HttpMethod method, string url, string path, HttpContent? content, JsonTypeInfo<T>? type, CancellationToken cancellationToken)
    {
        try
        {
            using var request = new HttpRequestMessage(method, new Uri($"{url.TrimEnd('/')}/{path}")) { Content = content };
            request.Headers.Authorization = Authorization();
            using var answer = await _client.SendAsync(request, cancellationToken);
            answer.EnsureSuccessStatusCode();
            return type is null ? default! : await answer.Content.ReadFromJsonAsync(type, cancellationToken) ?? throw new JsonException($"'{path}' is null.");
        }
        catch (Exception e) when (e is HttpRequestException or JsonException or IOException or UnauthorizedAccessException
            || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            var known = e as HttpRequestException;
            throw new HttpRequestException(known?.HttpRequestError ?? HttpRequestError.Unknown, $"{url}: {(e is OperationCanceledException ? $"no answer within {Longest.TotalSeconds:0} s" : e.Message)}", e, known?.StatusCode);
        }
    }

    // Read each time: such files are replaced while we run.
    private AuthenticationHeaderValue? Authorization() => options.Value switch
    {
        { ApiBearerTokenFile: { } file } => new("Bearer", SecretFile.Read(file)),
        { ApiUsername: { } user, ApiPasswordFile: { } file } => new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{SecretFile.Read(file)}"))),
        _ => null,
    };
}
