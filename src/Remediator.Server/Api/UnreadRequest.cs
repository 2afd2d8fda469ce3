using Remediator.Server.Access;

namespace Remediator.Server.Api;

/// <summary>
/// What a caller hears whose request was refused before anything of ours could read it: ASP.NET answers with a status alone.
/// </summary>
internal static class UnreadRequest
{
    private const string Api = "/api/v1";

    /// <summary>No endpoint of the API takes it. Forms are what curl sends where it is told nothing else.</summary>
    public static bool IsOfAnotherType(HttpRequest request) =>
        HttpMethods.IsPost(request.Method) && request.Path.StartsWithSegments(Api, StringComparison.OrdinalIgnoreCase)
        && (request.ContentLength > 0 || request.Headers.TransferEncoding.Count > 0) && !request.HasJsonContentType();

    public static Task AnswerAsync(HttpContext context) =>
        Words(context.Response.StatusCode) is { } words && context.Request.Path.StartsWithSegments(Api, StringComparison.OrdinalIgnoreCase)
            ? Results.Json(new ApiError(words), statusCode: context.Response.StatusCode).ExecuteAsync(context)
            : Task.CompletedTask;

    private static string? Words(int status) => status switch
    {
        StatusCodes.Status400BadRequest =>
            "The request cannot be read: its body must be a JSON object with values of the types that are asked for, and a number in its "
                + "address must be one.",
        StatusCodes.Status413PayloadTooLarge => "The body is longer than the API reads.",
        StatusCodes.Status415UnsupportedMediaType => "The API takes JSON: send the body with the header 'Content-Type: application/json'.",
        _ => null,
    };
}
