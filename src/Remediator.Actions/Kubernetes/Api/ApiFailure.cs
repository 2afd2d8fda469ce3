using System.Net;
using System.Text.Json;
using k8s;
using k8s.Autorest;
using k8s.Models;
using Remediator.Actions.Masking;
using Remediator.Core.Actions;

namespace Remediator.Actions.Kubernetes.Api;

/// <summary>What a failed call means for the step.</summary>
internal static class ApiFailure
{
    public static ActionFailedException From(Exception e, string what, FailureKind whenBroken) => e switch
    {
        HttpOperationException http => new(Kind(http.Response.StatusCode, whenBroken), $"Could not {what}: {Describe(http)}.", http),
        HttpRequestException
        {
            HttpRequestError: HttpRequestError.ConnectionError
                or HttpRequestError.NameResolutionError
                or HttpRequestError.SecureConnectionError
        } =>
            new(FailureKind.Transient, $"Could not {what}: the API server cannot be reached ({e.Message}).", e),
        _ => new(whenBroken, $"Could not {what}: {e.Message}", e),
    };

    /// <summary>The HTTP status that the API server answered with; null where it gave no answer.</summary>
    public static HttpStatusCode? Status(this ActionFailedException e) => (e.InnerException as HttpOperationException)?.Response.StatusCode;

    /// <summary>The reason in the answer's <c>Status</c> object, such as <c>Conflict</c>; empty where there is none.</summary>
    public static string Reason(this ActionFailedException e) => e.StatusObject()?.Reason ?? "";

    public static V1Status? StatusObject(this ActionFailedException e) =>
        e.InnerException is HttpOperationException http ? Parse(http.Response.Content) : null;

    /// <summary>How long the server asks to wait.</summary>
    public static TimeSpan? RetryAfter(this ActionFailedException e)
    {
        if (e.InnerException is not HttpOperationException http)
            return null;

        var header = http.Response.Headers.Where(h => h.Key.Equals("Retry-After", StringComparison.OrdinalIgnoreCase))
            .SelectMany(h => h.Value)
            .FirstOrDefault();
        var seconds = int.TryParse(header, out var fromHeader) ? fromHeader : e.StatusObject()?.Details?.RetryAfterSeconds ?? 0;
        return seconds > 0 ? TimeSpan.FromSeconds(seconds) : null;
    }

    private static FailureKind Kind(HttpStatusCode status, FailureKind whenBroken) => status switch
    {
        HttpStatusCode.Conflict or HttpStatusCode.TooManyRequests => FailureKind.Transient,
        >= HttpStatusCode.InternalServerError => whenBroken,
        _ => FailureKind.Permanent,
    };

    private static string Describe(HttpOperationException e)
    {
        var said = Parse(e.Response.Content)?.Message ?? e.Response.ReasonPhrase;
        return $"the API server answered {(int)e.Response.StatusCode} ({EvidenceText.OneLine(said, 400)})";
    }

    private static V1Status? Parse(string? content)
    {
        if (content is not ['{', ..])
            return null;

        try
        {
            return KubernetesJson.Deserialize<V1Status>(content);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
