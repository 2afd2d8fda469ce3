using System.Net;
using System.Text.Json;
using k8s;
using Remediator.Facts.Objects;

namespace Remediator.Facts.Watching;

/// <summary>
/// The requests that list-watches make. HTTP/1.1, so that each watch has its own connection and a dead one takes no other with it.
/// </summary>
internal sealed class ApiServer(KubernetesClientConfiguration configuration) : IDisposable
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(10);

    private readonly Kubernetes _client = Create(configuration);

    /// <summary>Begins a request; the answer's body is still to be read.</summary>
    /// <exception cref="ApiFailureException">The server refused.</exception>
    public async Task<HttpResponseMessage> GetAsync(string path, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(_client.BaseUri, path))
        {
            Version = HttpVersion.Version11,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        request.Headers.Accept.ParseAdd("application/json");
        if (_client.Credentials is { } credentials)
            await credentials.ProcessHttpRequestAsync(request, cancellationToken);

        var response = await _client.HttpClient.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        if (response.IsSuccessStatusCode)
            return response;

        using (response)
            throw new ApiFailureException(response.StatusCode, await MessageAsync(response, cancellationToken));
    }

    public async Task<T> ReadAsync<T>(string path, CancellationToken cancellationToken)
    {
        using var response = await GetAsync(path, cancellationToken);
        await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
        return await JsonSerializer.DeserializeAsync<T>(body, KubeJson.Options, cancellationToken)
            ?? throw new JsonException("The answer is empty.");
    }

    public void Dispose() => _client.Dispose();

    private static Kubernetes Create(KubernetesClientConfiguration configuration)
    {
        var before = configuration.FirstMessageHandlerSetup;
        configuration.FirstMessageHandlerSetup = before + (handler => handler.ConnectTimeout = ConnectTimeout);
        try
        {
            return new(configuration);
        }
        finally
        {
            configuration.FirstMessageHandlerSetup = before;
        }
    }

    private static async Task<string> MessageAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        const int longest = 300;
        var body = await response.Content.ReadAsStringAsync(cancellationToken);
        try
        {
            return JsonSerializer.Deserialize<ServerStatus>(body, KubeJson.Options)?.Message is { Length: > 0 } message
                ? message
                : response.ReasonPhrase ?? "";
        }
        catch (JsonException)
        {
            return body.Length <= longest ? body : body[..longest];
        }
    }
}

/// <summary>What the server says when it refuses, in an answer or inside a watch.</summary>
internal sealed record ServerStatus
{
    public string Message { get; init; } = "";
    public string Reason { get; init; } = "";
    public int Code { get; init; }
}

internal sealed class ApiFailureException(HttpStatusCode status, string message) : Exception($"{(int)status} {status}: {message}")
{
    public HttpStatusCode Status { get; } = status;
}
