using Remediator.Core.Events;
using Remediator.Core.Language;
using Remediator.Core.Playbooks;
using Remediator.Core.Policies;
using Remediator.Core.Records;
using Remediator.Journal.Audit;
using Remediator.Server.Access;
using Remediator.Sources.Tracing;

namespace Remediator.Server.Api;

/// <summary>What people say to the records of playbooks.</summary>
internal static class RecordApi
{
    public static void MapRecords(this RouteGroupBuilder group)
    {
        group.MapPost("/playbooks/{name}/promote", PromoteAsync).RequireAuthorization(Rights.Administer);
        group.MapPost("/incidents/{id}/judge", JudgeAsync).RequireAuthorization(Rights.Approve).WithMetadata(new AsksForPlace());
    }

    private static async Task<IResult> PromoteAsync(
        HttpContext context, IPlaybookStandings standings, IDefinitions definitions, string name, SayRequest request,
        CancellationToken cancellationToken)
    {
        if (request.Fault() is { } fault)
            return OperatorApi.Bad(fault);
        if (!Word.TryParse<Mode>(request.Word, out var to) || to is Mode.Off)
            return OperatorApi.Bad($"'word' is '{request.Word}'; say observe, approve or auto.");
        if (!definitions.Current.Playbooks.ContainsKey(name))
            return Results.Json(
                new ApiError(
                    $"There is no playbook '{name}' in the definitions in force; there are "
                        + $"{string.Join(", ", definitions.Current.Playbooks.Keys.Order(StringComparer.Ordinal))}."),
                statusCode: StatusCodes.Status404NotFound);

        return Results.Json(await standings.PromoteAsync(
            name, to, Caller.NameOf(context.User), request.Reason ?? "", TraceIds.Of(context), cancellationToken));
    }

    private static async Task<IResult> JudgeAsync(
        HttpContext context, Gate gate, IPlaybookStandings standings, IIncidentHistory incidents, string id, SayRequest request,
        CancellationToken cancellationToken)
    {
        if (request.Fault() is { } fault)
            return OperatorApi.Bad(fault);
        if (!Word.TryParse<Judgement>(request.Word, out var judgement))
            return OperatorApi.Bad($"'word' is '{request.Word}'; say false or undone.");

        return await OperatorApi.OfIncidentAsync(context, gate, incidents, Rights.Approve, id, async found =>
        {
            if (found.Events.LastOrDefault(e => e.Type == EventCodec.NameOf(typeof(ActionIntended))) is null)
                return OperatorApi.Answer(
                    new(false, $"Nothing was changed for incident {found.Incident.Id}, so there is no repair to judge."));

            var judged = new RepairJudged(Playbook(found), found.Incident.Id, judgement, request.Reason ?? "");
            return Results.Json(await standings.JudgeAsync(judged, Caller.NameOf(context.User), TraceIds.Of(context), cancellationToken));
        });
    }

    private static string Playbook(IncidentLookup.Found found) =>
        found.Events.Where(e => e.Type == EventCodec.NameOf(typeof(RunStarted)))
            .Select(e => ((RunStarted)Happened.Read(e).Event).Playbook)
            .Last();
}
