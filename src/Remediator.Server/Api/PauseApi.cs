using System.Text.Json;
using Remediator.Core.Pauses;
using Remediator.Server.Access;
using Remediator.Sources.Tracing;

namespace Remediator.Server.Api;

/// <summary>Stopping changes and letting them go on, for a scope.</summary>
internal static class PauseApi
{
    public static void MapPauses(this RouteGroupBuilder group)
    {
        group.MapPost("/pauses", PauseAsync).RequireAuthorization(Rights.Operate).WithMetadata(new AsksForPlace());
        group.MapPost("/pauses/resume", ResumeAsync).RequireAuthorization(Rights.Operate).WithMetadata(new AsksForPlace());
    }

    private static async Task<IResult> PauseAsync(
        HttpContext context, Gate gate, IPauses pauses, PauseRequest request, CancellationToken cancellationToken)
    {
        if (request.Fault(needsReason: true, out var scope) is { } fault)
            return OperatorApi.Bad(fault);

        return await gate.RefusalAsync(context, Rights.Operate, scope!.Namespace)
            ?? OperatorApi.Answer(await pauses.PauseAsync(
                scope, request.Reason!, Caller.NameOf(context.User), request.Until, TraceIds.Of(context), cancellationToken));
    }

    private static async Task<IResult> ResumeAsync(
        HttpContext context, Gate gate, IPauses pauses, PauseRequest request, CancellationToken cancellationToken)
    {
        if (request.Fault(needsReason: false, out var scope) is { } fault)
            return OperatorApi.Bad(fault);

        return await gate.RefusalAsync(context, Rights.Operate, scope!.Namespace)
            ?? OperatorApi.Answer(await pauses.ResumeAsync(
                scope, request.Reason ?? "", Caller.NameOf(context.User), TraceIds.Of(context), cancellationToken));
    }
}

/// <param name="Scope">As <see cref="PauseScope"/> reads it.</param>
/// <param name="Until">Null to last until it is resumed.</param>
/// <param name="Actor">As in <see cref="SayRequest"/>.</param>
internal sealed record PauseRequest(string? Scope, string? Reason, DateTimeOffset? Until, JsonElement? Actor = null)
{
    public string? Fault(bool needsReason, out PauseScope? scope) =>
        !PauseScope.TryParse(Scope, out scope, out var fault) ? fault
        : needsReason && string.IsNullOrWhiteSpace(Reason) ? "'reason' is missing: say why, for people who find it paused."
        : new SayRequest(Reason, Actor: Actor).Fault();
}
