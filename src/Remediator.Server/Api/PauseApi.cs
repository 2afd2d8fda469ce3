using Remediator.Core.Safety.Pauses;
using Remediator.Sources.Tracing;

namespace Remediator.Server.Api;

/// <summary>Stopping changes and letting them go on, for a scope.</summary>
internal static class PauseApi
{
    public static void MapPauses(this RouteGroupBuilder group)
    {
        group.MapPost("/pauses", PauseAsync);
        group.MapPost("/pauses/resume", ResumeAsync);
    }

    private static async Task<IResult> PauseAsync(HttpContext context, IPauses pauses, PauseRequest request, CancellationToken cancellationToken)
    {
        if (request.Fault(needsReason: true, out var scope) is { } fault)
            return Results.Json(new ApiError(fault), statusCode: StatusCodes.Status400BadRequest);

        return Answer(await pauses.PauseAsync(scope!, request.Reason!, request.Actor!, request.Until, TraceIds.Of(context), cancellationToken));
    }

    private static async Task<IResult> ResumeAsync(HttpContext context, IPauses pauses, PauseRequest request, CancellationToken cancellationToken)
    {
        if (request.Fault(needsReason: false, out var scope) is { } fault)
            return Results.Json(new ApiError(fault), statusCode: StatusCodes.Status400BadRequest);

        return Answer(await pauses.ResumeAsync(scope!, request.Reason ?? "", request.Actor!, TraceIds.Of(context), cancellationToken));
    }

    private static IResult Answer(Core.Incidents.CommandResult result) =>
        Results.Json(result, statusCode: result.Done ? StatusCodes.Status200OK : StatusCodes.Status409Conflict);
}

/// <param name="Scope">As <see cref="PauseScope"/> reads it.</param>
/// <param name="Actor">Who says so; journalled.</param>
/// <param name="Until">Null to last until it is resumed.</param>
internal sealed record PauseRequest(string? Scope, string? Actor, string? Reason, DateTimeOffset? Until)
{
    public string? Fault(bool needsReason, out PauseScope? scope) =>
        !PauseScope.TryParse(Scope, out scope, out var fault) ? fault
        : needsReason && string.IsNullOrWhiteSpace(Reason) ? "'reason' is missing: say why, for those who find it paused."
        : new SayRequest(Actor, Reason).Fault();
}
