using Microsoft.AspNetCore.Mvc;
using Remediator.Core.Commands;
using Remediator.Core.Journal;
using Remediator.Journal.Audit;
using Remediator.Server.Access;
using Remediator.Server.Audit;
using Remediator.Sources.Tracing;

namespace Remediator.Server.Api;

/// <summary>What people and their tools may ask and tell the running server.</summary>
internal static class OperatorApi
{
    private const int MostListed = 1000;
    private const int LongestBody = 64 * 1024;

    public static void MapOperatorApi(this WebApplication app)
    {
        var group = app.MapGroup("/api/v1").WithMetadata(new RequestSizeLimitAttribute(LongestBody));
        group.MapGet("/status", (StatusReporter status, CancellationToken cancellationToken) => status.ReportAsync(cancellationToken))
            .RequireAuthorization(Rights.Get);
        group.MapGet("/incidents", ListAsync).RequireAuthorization(Rights.Get).WithMetadata(new AsksForPlace());
        group.MapGet("/incidents/{id}", ShowAsync).RequireAuthorization(Rights.Get).WithMetadata(new AsksForPlace());
        group.MapPost("/incidents/{id}/approve", ApproveAsync).RequireAuthorization(Rights.Approve).WithMetadata(new AsksForPlace());
        group.MapPost("/incidents/{id}/allow-repair", AllowRepairAsync)
            .RequireAuthorization(Rights.Approve)
            .WithMetadata(new AsksForPlace());
        group.MapPauses();
        group.MapPost("/dead-letters/{id:long}/retry", RetryAsync).RequireAuthorization(Rights.Operate);
        group.MapRecords();
        group.MapTokens();
    }

    /// <param name="namespace">Only what is in it; without it the caller needs the right in all of them.</param>
    private static async Task<IResult> ListAsync(
        HttpContext context, Gate gate, IIncidentHistory incidents, bool open = false, string? status = null, string? resource = null,
        string? @namespace = null, int limit = 100,
        CancellationToken cancellationToken = default)
    {
        if (await gate.RefusalAsync(context, Rights.Get, @namespace ?? "") is { } refusal)
            return refusal;

        var rows = await incidents.ListAsync(
            new() { Open = open, Status = status, Resource = resource, Namespace = @namespace, Limit = Math.Clamp(limit, 1, MostListed) },
            cancellationToken);
        return Results.Json(rows.Select(IncidentView.Of));
    }

    private static Task<IResult> ShowAsync(HttpContext context, Gate gate, IIncidentHistory incidents, string id) =>
        OfIncidentAsync(context, gate, incidents, Rights.Get, id, found =>
        Task.FromResult(Results.Json(new IncidentEvents(
            IncidentView.Of(found.Incident), [.. found.Events.Select(EventView.Of)], found.Archived))));

    private static Task<IResult> ApproveAsync(
        HttpContext context, Gate gate, IOperatorCommands commands, IIncidentHistory incidents, string id, SayRequest request,
        CancellationToken cancellationToken) =>
        CommandAsync(context, gate, commands.ApproveAsync, incidents, id, request, cancellationToken);

    private static Task<IResult> AllowRepairAsync(
        HttpContext context, Gate gate, IOperatorCommands commands, IIncidentHistory incidents, string id, SayRequest request,
        CancellationToken cancellationToken) =>
        CommandAsync(context, gate, commands.AllowRepairAsync, incidents, id, request, cancellationToken);

    private static async Task<IResult> CommandAsync(
        HttpContext context,
        Gate gate,
        Func<string, string, string, string, CancellationToken, Task<CommandResult>> command,
        IIncidentHistory incidents,
        string id,
        SayRequest request,
        CancellationToken cancellationToken) =>
        request.Fault() is { } fault
            ? Bad(fault)
            : await OfIncidentAsync(context, gate, incidents, Rights.Approve, id, async found =>
                Answer(await command(
                    found.Incident.Id, Caller.NameOf(context.User), request.Reason ?? "", TraceIds.Of(context), cancellationToken)));

    private static async Task<IResult> RetryAsync(IDeadLetters letters, long id, CancellationToken cancellationToken) =>
        Answer(await letters.RetryAsync(id, cancellationToken) switch
        {
            RetryOutcome.Waits => new(true, $"Dead letter {id} is in the inbox again."),
            RetryOutcome.NeverAnAlert => new(
                false,
                $"Dead letter {id} never was an alert, so it cannot be retried: fix its sender. 'remediator audit list "
                    + $"--dead-letters' shows it."),
            _ => new(false, $"There is no dead letter {id}. 'remediator audit list --dead-letters' lists them."),
        });

    /// <summary>
    /// Finds the incident, and asks whether the caller has the right in its namespace. Who has it there alone learns nothing of the
    /// incidents elsewhere by trying what their ids may begin with.
    /// </summary>
    internal static async Task<IResult> OfIncidentAsync(
        HttpContext context,
        Gate gate,
        IIncidentHistory incidents,
        string right,
        string id,
        Func<IncidentLookup.Found, Task<IResult>> answer)
    {
        switch (await incidents.FindAsync(id, context.RequestAborted))
        {
            case IncidentLookup.Found found:
                return await gate.RefusalAsync(context, right, found.Incident.Resource.Namespace) is not { } refusal
                    ? await answer(found)
                    : id == found.Incident.Id ? refusal : None(id);
            case IncidentLookup.Ambiguous several:
                return await gate.RefusalAsync(context, right, "") is null
                    ? Bad($"'{id}' begins the ids of several incidents: {string.Join(", ", several.Ids)}.")
                    : None(id);
            case IncidentLookup.NotFound { Archive: { } file }:
                return NotThere($"There is no incident '{id}' in the store. {IncidentStory.InArchive(file)}");
            default:
                return None(id);
        }
    }

    private static IResult None(string id) => NotThere($"There is no incident '{id}'.");

    private static IResult NotThere(string reason) => Results.Json(new ApiError(reason), statusCode: StatusCodes.Status404NotFound);

    internal static IResult Answer(CommandResult result) =>
        Results.Json(result, statusCode: result.Done ? StatusCodes.Status200OK : StatusCodes.Status409Conflict);

    internal static IResult Bad(string fault) => Results.Json(new ApiError(fault), statusCode: StatusCodes.Status400BadRequest);
}

/// <param name="Archived">Where entries are that the store no longer has; null where it has all.</param>
internal sealed record IncidentEvents(IncidentView Incident, IReadOnlyList<EventView> Events, ArchivedEntries? Archived);
