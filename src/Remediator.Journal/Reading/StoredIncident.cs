using Remediator.Core.Journal;
using Remediator.Core.Resources;

namespace Remediator.Journal.Reading;

internal sealed record StoredIncident(string Id, string Resource, string Problem, string Status, string Summary, string OpenedAt, string? ClosedAt)
{
    public const string Columns =
        "id AS Id, resource AS Resource, problem AS Problem, status AS Status, summary AS Summary, opened_at AS OpenedAt, closed_at AS ClosedAt";

    /// <summary>A first, rough choice: a part of a resource's text that any resource of these kinds has.</summary>
    public static string MayBeOf(IEnumerable<string> kinds) =>
        string.Join(" OR ", kinds.Select(kind => kind.All(char.IsAsciiLetterLower) ? $"resource LIKE '%/{kind}/%'" : throw new ArgumentException($"'{kind}' is no kind of resource.", nameof(kinds))));

    public IncidentRow ToRow() => new()
    {
        Id = Id,
        Resource = ResourceKey.Parse(Resource),
        Problem = Problem,
        Status = Status,
        Summary = Summary,
        OpenedAt = StoredTime.Parse(OpenedAt),
        ClosedAt = ClosedAt is null ? null : StoredTime.Parse(ClosedAt)
    };
}
