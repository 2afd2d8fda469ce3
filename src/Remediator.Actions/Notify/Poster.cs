using System.Net;
using System.Net.Http.Headers;
using Remediator.Actions.Masking;
using Remediator.Core.Actions;

namespace Remediator.Actions.Notify;

/// <summary>Posts JSON, with a timeout and one kind of failure. Posting again is harmless here, so no failure is of kind Unknown.</summary>
internal sealed class Poster(HttpClient client, TimeProvider time)
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    public TimeProvider Time { get; } = time;

    /// <summary>Redirects are not followed: they could lead the credential elsewhere.</summary>
    public static Poster Create(TimeProvider time) =>
        new(new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, PooledConnectionLifetime = TimeSpan.FromMinutes(2) }), time);

    public async Task PostAsync(Uri url, byte[] json, Action<HttpRequestHeaders> headers, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(Timeout, Time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        using var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = new ByteArrayContent(json) };
        request.Content.Headers.ContentType = new("application/json") { CharSet = "utf-8" };
        headers(request.Headers);
        try
        {
            using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, linked.Token);
            if (!response.IsSuccessStatusCode)
                throw new ActionFailedException(
                    Kind(response.StatusCode), $"{url} answered {(int)response.StatusCode} ({await SaidAsync(response, linked.Token)}).");
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new ActionFailedException(FailureKind.Transient, $"{url} did not answer within {Timeout.TotalSeconds:0} s.", e);
        }
        catch (HttpRequestException e)
        {
            throw new ActionFailedException(FailureKind.Transient, $"{url} cannot be reached: {e.Message}", e);
        }
    }

    private static FailureKind Kind(HttpStatusCode status) =>
        status is HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests or >= HttpStatusCode.InternalServerError
            ? FailureKind.Transient
            : FailureKind.Permanent;

    private static async Task<string> SaidAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var buffer = new byte[1024];
        await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
        var count = await body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken);
        var text = EvidenceText.OneLine(System.Text.Encoding.UTF8.GetString(buffer, 0, count), 300);
        return text.Length > 0 ? text : response.ReasonPhrase ?? "";
    }
}
