using Remediator.Core.Journal;
using Remediator.Journal.Format;
using Remediator.Journal.Reading;

namespace Remediator.Journal.Audit;

/// <summary>What is asked to list incidents and to find one, and what the rows mean.</summary>
internal static class IncidentQueries
{
    private const int MostCandidates = 10;

    /// <summary>Behind every text that begins with what it is put after.</summary>
    private const string Last = "\U0010FFFF";

    public static (string Sql, object Values) List(IncidentFilter filter) => (
        Queries.Incidents(
            filter.Status is not null, filter.Resource is not null, filter.Since is not null, filter.Open,
            filter.Namespace is not null).Sql,
        new
        {
            status = Stored(filter.Status?.ToLowerInvariant()),
            resource = Stored(filter.Resource),
            name = Stored(filter.Resource?[(filter.Resource.LastIndexOf('/') + 1)..]),
            space = filter.Namespace is { } space ? Uri.EscapeDataString(space) : null,
            since = filter.Since is { } since ? StoredTime.Text(since) : null,
            limit = filter.Limit,
        });

    private static string? Stored(string? asked) => asked is null ? null : StoredText.Of(asked);

    public static (string Sql, object Values) ByPrefix(string id)
    {
        var begin = StoredText.Of(id);
        return (Queries.IncidentByPrefix.Sql, new { id = begin, last = begin + Last, limit = MostCandidates });
    }

    /// <summary>The one that is meant.</summary>
    /// <param name="rows">Those whose ids begin so, in order: the id itself comes first where there is one.</param>
    /// <param name="other">What the lookup is where it is not one incident; null where it is.</param>
    public static IncidentRow? Pick(string id, IReadOnlyList<StoredIncident> rows, out IncidentLookup other)
    {
        other = rows.Count == 0 ? new IncidentLookup.NotFound() : new IncidentLookup.Ambiguous([.. rows.Select(row => row.Id)]);
        return rows is [var only] ? only.ToRow() : rows is [var first, ..] && first.Id == id ? first.ToRow() : null;
    }
}
