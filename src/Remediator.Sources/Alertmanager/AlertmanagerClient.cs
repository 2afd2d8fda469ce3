using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Remediator.Core.Alerts;
using Remediator.Core.Secrets;

namespace Remediator.Sources.Alertmanager;

/// <summary>One Alertmanager of a group.</summary>
internal sealed record AlertmanagerReplica(AlertmanagerGroup Group, string Url)
{
    public static IReadOnlyList<AlertmanagerReplica> Of(AlertmanagerGroup group) =>
        [.. group.Urls.Select(url => new AlertmanagerReplica(group, url))];
}

/// <summary>
/// Talks to the API of the user's Alertmanagers. Every failure is an <see cref="HttpRequestException"/> whose message names which one; it
/// has a status where there was an answer.
/// </summary>
internal sealed class AlertmanagerClient(ISecrets secrets) : IDisposable
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(20);

    private readonly HttpClient _client = new(new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.FromMinutes(5) })
    {
        Timeout = Longest,
        MaxResponseContentBufferSize = 64 * 1024 * 1024,
    };

    public async Task<T> GetAsync<T>(AlertmanagerReplica at, string path, JsonTypeInfo<T> type, CancellationToken cancellationToken) =>
        (await SendAsync(HttpMethod.Get, at, path, null, type, cancellationToken)).Answer;

    /// <returns>Also what time it was there; null where it did not say.</returns>
    public Task<(T Answer, DateTimeOffset? Date)> GetWithDateAsync<T>(
        AlertmanagerReplica at, string path, JsonTypeInfo<T> type, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Get, at, path, null, type, cancellationToken);

    public async Task<T> PostAsync<TBody, T>(
        AlertmanagerReplica at, string path, TBody body, JsonTypeInfo<TBody> bodyType, JsonTypeInfo<T> type,
        CancellationToken cancellationToken) =>
        (await SendAsync(HttpMethod.Post, at, path, JsonContent.Create(body, bodyType), type, cancellationToken)).Answer;

    public Task DeleteAsync(AlertmanagerReplica at, string path, CancellationToken cancellationToken) =>
        SendAsync<string>(HttpMethod.Delete, at, path, null, null, cancellationToken);

    public void Dispose() => _client.Dispose();

    /// <param name="type">Null where what is answered does not matter.</param>
    private async Task<(T Answer, DateTimeOffset? Date)> SendAsync<T>(
        HttpMethod method, AlertmanagerReplica at, string path, HttpContent? content, JsonTypeInfo<T>? type,
        CancellationToken cancellationToken)
    {
        try
        {
            using var request = new HttpRequestMessage(method, new Uri($"{at.Url.TrimEnd('/')}/{path}")) { Content = content };
            request.Headers.Authorization = Authorization(at.Group);
            using var answer = await _client.SendAsync(request, cancellationToken);
            answer.EnsureSuccessStatusCode();
            return (
                type is null
                    ? default!
                    : await answer.Content.ReadFromJsonAsync(type, cancellationToken) ?? throw new JsonException($"'{path}' is null."),
                answer.Headers.Date);
        }
        catch (Exception e) when (e is HttpRequestException or JsonException or IOException or UnauthorizedAccessException
            || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            var known = e as HttpRequestException;
            throw new HttpRequestException(
                known?.HttpRequestError ?? HttpRequestError.Unknown,
                $"{at.Url}: {(e is OperationCanceledException ? $"no answer within {Longest.TotalSeconds:0} s" : e.Message)}",
                e,
                known?.StatusCode);
        }
    }

    private AuthenticationHeaderValue? Authorization(AlertmanagerGroup group) => group switch
    {
        { BearerTokenFile: { } file } => new("Bearer", secrets.ReadFirstLine(file)),
        { Username: { } user, PasswordFile: { } file } =>
            new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{secrets.ReadFirstLine(file)}"))),
        _ => null,
    };
}
