using Remediator.Core.Journal;
using Remediator.Core.Resources;
using Remediator.Journal.Format;

namespace Remediator.Journal.Reading;

internal sealed record StoredIncident(
    string Id, string Resource, string Problem, string Status, string Summary, string OpenedAt, string? ClosedAt,
    string? WaitsFor)
{
    public IncidentRow ToRow() => new()
    {
        Id = Id,
        Resource = ResourceKey.Parse(Resource),
        Problem = Problem,
        Status = Status,
        Summary = Summary,
        OpenedAt = StoredTime.Parse(OpenedAt),
        ClosedAt = ClosedAt is null ? null : StoredTime.Parse(ClosedAt),
        WaitsFor = WaitsFor,
    };
}
