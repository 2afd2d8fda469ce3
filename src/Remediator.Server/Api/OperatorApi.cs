using Remediator.Core.Incidents;
using Remediator.Core.Journal;
using Remediator.Journal.Audit;
using Remediator.Server.FirstStart;
using Remediator.Server.Verbs;
using Remediator.Sources.Tracing;

namespace Remediator.Server.Api;

/// <summary>What people and their tools may ask and tell the running server.</summary>
internal static class OperatorApi
{
    private const int MostListed = 1000;

    public static void MapOperatorApi(this WebApplication app)
    {
        var group = app.MapGroup("/api/v1").AddEndpointFilter(new OperatorOnly(app.Services.GetRequiredService<DataFolder>()));
        group.MapGet("/status", (StatusReporter status, CancellationToken cancellationToken) => status.ReportAsync(cancellationToken));
        group.MapGet("/incidents", ListAsync);
        group.MapGet("/incidents/{id}", ShowAsync);
        group.MapPost("/incidents/{id}/approve", ApproveAsync);
        group.MapPost("/incidents/{id}/allow-repair", AllowRepairAsync);
        group.MapPauses();
        group.MapPost("/dead-letters/{id:long}/retry", RetryAsync);
        group.MapRecords();
    }

    private static async Task<IEnumerable<IncidentView>> ListAsync(
        IIncidentHistory incidents, CancellationToken cancellationToken, bool open = false, string? status = null, string? resource = null, int limit = 100) =>
        (await incidents.ListAsync(new() { Open = open, Status = status, Resource = resource, Limit = Math.Clamp(limit, 1, MostListed) }, cancellationToken)).Select(IncidentView.Of);

    private static async Task<IResult> ShowAsync(IIncidentHistory incidents, string id, CancellationToken cancellationToken) => await incidents.FindAsync(id, cancellationToken) switch
    {
        IncidentLookup.Found found => Results.Json(new IncidentEvents(IncidentView.Of(found.Incident), [.. found.Events.Select(EventView.Of)])),
        var none => Missing(none, id),
    };

    private static Task<IResult> ApproveAsync(
        HttpContext context, IOperatorCommands commands, IIncidentHistory incidents, string id, SayRequest request, CancellationToken cancellationToken) =>
        CommandAsync(context, commands.ApproveAsync, incidents, id, request, cancellationToken);

    private static Task<IResult> AllowRepairAsync(
        HttpContext context, IOperatorCommands commands, IIncidentHistory incidents, string id, SayRequest request, CancellationToken cancellationToken) =>
        CommandAsync(context, commands.AllowRepairAsync, incidents, id, request, cancellationToken);

    private static async Task<IResult> CommandAsync(
        HttpContext context, Func<string, string, string, string, CancellationToken, Task<CommandResult>> command, IIncidentHistory incidents, string id, SayRequest request, CancellationToken cancellationToken)
    {
        if (request.Fault() is { } fault)
            return Results.Json(new ApiError(fault), statusCode: StatusCodes.Status400BadRequest);
        var lookup = await incidents.FindAsync(id, cancellationToken);
        if (lookup is not IncidentLookup.Found { Incident.Id: var whole })
            return Missing(lookup, id);

        var result = await command(whole, request.Actor!, request.Reason ?? "", TraceIds.Of(context), cancellationToken);
        return Results.Json(result, statusCode: result.Done ? StatusCodes.Status200OK : StatusCodes.Status409Conflict);
    }

    private static async Task<IResult> RetryAsync(IDeadLetters letters, long id, CancellationToken cancellationToken)
    {
        var result = await letters.RetryAsync(id, cancellationToken) switch
        {
            RetryOutcome.Waits => new CommandResult(true, $"Dead letter {id} is in the inbox again."),
            RetryOutcome.NeverAnAlert => new CommandResult(false, $"Dead letter {id} never was an alert, so that it cannot be handled: mend what sent it. 'remediator audit list --dead-letters' shows it."),
            _ => new CommandResult(false, $"There is no dead letter {id}. 'remediator audit list --dead-letters' shows those that there are."),
        };
        return Results.Json(result, statusCode: result.Done ? StatusCodes.Status200OK : StatusCodes.Status409Conflict);
    }

    internal static IResult Missing(IncidentLookup lookup, string id) => lookup is IncidentLookup.Ambiguous several
        ? Results.Json(new ApiError($"'{id}' begins the ids of several incidents: {string.Join(", ", several.Ids)}."), statusCode: StatusCodes.Status400BadRequest)
        : Results.Json(new ApiError($"There is no incident '{id}'."), statusCode: StatusCodes.Status404NotFound);
}

internal sealed record IncidentEvents(IncidentView Incident, IReadOnlyList<EventView> Events);

/// <summary>What a person says.</summary>
/// <param name="Actor">Who they are, as they say; journalled.</param>
/// <param name="Word">What they choose, where there is a choice.</param>
internal sealed record SayRequest(string? Actor, string? Reason, string? Word = null)
{
    private const int LongestActor = 64;
    private const int LongestReason = 1000;

    public string? Fault() => this switch
    {
        { Actor: null or "" } => "'actor' is missing: say who you are.",
        { Actor.Length: > LongestActor } => $"'actor' is longer than {LongestActor} characters.",
        _ when Actor.Any(char.IsControl) => "'actor' has control characters.",
        { Reason.Length: > LongestReason } => $"'reason' is longer than {LongestReason} characters.",
        _ => null,
    };
}
