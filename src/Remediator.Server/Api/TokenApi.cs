using Remediator.Core.Language;
using Remediator.Core.Tokens;
using Remediator.Server.Access;
using Remediator.Sources.Tracing;

namespace Remediator.Server.Api;

/// <summary>Making, listing and revoking tokens.</summary>
internal static class TokenApi
{
    public static void MapTokens(this RouteGroupBuilder group)
    {
        group.MapPost("/tokens", CreateAsync).RequireAuthorization(Rights.Administer);
        group.MapGet("/tokens", ListAsync).RequireAuthorization(Rights.Administer);
        group.MapPost("/tokens/{token}/revoke", RevokeAsync).RequireAuthorization(Rights.Administer);
    }

    private static async Task<IResult> CreateAsync(
        HttpContext context, ITokens tokens, TimeProvider time, TokenRequest request, CancellationToken cancellationToken)
    {
        if (!Word.TryParse<Role>(request.Role, out var role))
            return OperatorApi.Bad($"'role' is '{request.Role}'; say {string.Join(", ", Enum.GetNames<Role>()).ToLowerInvariant()}.");
        if (request.Days is not > 0 || request.Days > TokenBook.LongestLife.TotalDays)
            return OperatorApi.Bad(
                $"'days' is {request.Days}; a token is valid for more than 0 and at most {TokenBook.LongestLife.TotalDays:0} days.");

        var (token, id, hash) = NamedTokenCredential.New();
        var made = await tokens.CreateAsync(
            id, request.Name ?? "", role.ToString().ToLowerInvariant(), hash, time.GetUtcNow() + TimeSpan.FromDays(request.Days.Value),
            Caller.NameOf(context.User), TraceIds.Of(context), cancellationToken);
        return Results.Json(
            new TokenAnswer(made.Done, made.Message, made.Done ? token : null),
            statusCode: made.Done ? StatusCodes.Status200OK : StatusCodes.Status409Conflict);
    }

    private static async Task<IResult> ListAsync(ITokens tokens, TimeProvider time) => await tokens.ReadAsync() switch
    {
        { Problem: { } problem } => Results.Json(new ApiError(problem), statusCode: StatusCodes.Status503ServiceUnavailable),
        var read => Results.Json(read.Tokens.Where(t => t.ExpiresAt > time.GetUtcNow())
            .OrderBy(t => t.Name, StringComparer.Ordinal)
            .ThenBy(t => t.CreatedAt)
            .Select(t => new TokenLine(t.Id, t.Name, t.Role, t.CreatedAt, t.By, t.ExpiresAt))),
    };

    private static async Task<IResult> RevokeAsync(
        HttpContext context, ITokens tokens, string token, SayRequest request, CancellationToken cancellationToken) =>
        request.Fault() is { } fault
            ? OperatorApi.Bad(fault)
            : OperatorApi.Answer(await tokens.RevokeAsync(
                token, request.Reason ?? "", Caller.NameOf(context.User), TraceIds.Of(context), cancellationToken));
}

internal sealed record TokenRequest(string? Name, string? Role, double? Days);

/// <param name="Token">This once: it is stored nowhere. Null where none was made.</param>
internal sealed record TokenAnswer(bool Done, string Message, string? Token);

internal sealed record TokenLine(string Id, string Name, string Role, DateTimeOffset CreatedAt, string CreatedBy, DateTimeOffset ExpiresAt);
