using Remediator.Core.Incidents;
using Remediator.Core.Playbooks;
using Remediator.Core.Records;
using Remediator.Journal.Audit;
using Remediator.Sources.Tracing;

namespace Remediator.Server.Api;

/// <summary>What people say to the records of playbooks.</summary>
internal static class RecordApi
{
    public static void MapRecords(this RouteGroupBuilder group)
    {
        group.MapPost("/playbooks/{name}/promote", PromoteAsync);
        group.MapPost("/incidents/{id}/judge", JudgeAsync);
    }

    private static async Task<IResult> PromoteAsync(
        HttpContext context, IPlaybookStandings standings, IDefinitions definitions, string name, SayRequest request, CancellationToken cancellationToken)
    {
        if (request.Fault() is { } fault)
            return Bad(fault);
        if (!Enum.TryParse<Mode>(request.Word, ignoreCase: true, out var to) || to is Mode.Off)
            return Bad($"'word' is '{request.Word}'; say observe, approve or auto.");
        if (!definitions.Current.Playbooks.ContainsKey(name))
            return Results.Json(new ApiError($"There is no playbook '{name}' in the definitions in force; there are {string.Join(", ", definitions.Current.Playbooks.Keys.Order(StringComparer.Ordinal))}."), statusCode: StatusCodes.Status404NotFound);

        return Results.Json(await standings.PromoteAsync(name, to, request.Actor!, request.Reason ?? "", TraceIds.Of(context), cancellationToken));
    }

    private static async Task<IResult> JudgeAsync(
        HttpContext context, IPlaybookStandings standings, IIncidentHistory incidents, string id, SayRequest request, CancellationToken cancellationToken)
    {
        if (request.Fault() is { } fault)
            return Bad(fault);
        if (!Enum.TryParse<Judgement>(request.Word, ignoreCase: true, out var judgement))
            return Bad($"'word' is '{request.Word}'; say false or undone.");
        var lookup = await incidents.FindAsync(id, cancellationToken);
        if (lookup is not IncidentLookup.Found found)
            return OperatorApi.Missing(lookup, id);
        if (found.Events.LastOrDefault(e => e.Type == EventCodec.NameOf(typeof(ActionIntended))) is null)
            return Results.Json(new CommandResult(false, $"Nothing was changed for incident {found.Incident.Id}, so there is no repair to judge."), statusCode: StatusCodes.Status409Conflict);

        var judged = new RepairJudged(Playbook(found), found.Incident.Id, judgement, request.Reason ?? "");
        return Results.Json(await standings.JudgeAsync(judged, request.Actor!, TraceIds.Of(context), cancellationToken));
    }

    private static string Playbook(IncidentLookup.Found found) =>
        found.Events.Where(e => e.Type == EventCodec.NameOf(typeof(RunStarted))).Select(e => ((RunStarted)Happened.Read(e).Event).Playbook).Last();

    private static IResult Bad(string fault) => Results.Json(new ApiError(fault), statusCode: StatusCodes.Status400BadRequest);
}
