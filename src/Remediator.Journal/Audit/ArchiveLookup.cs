using System.Data.Common;
using Dapper;
using Remediator.Core.Incidents;
using Remediator.Core.Journal;
using Remediator.Journal.Format;
using Remediator.Journal.Reading;

namespace Remediator.Journal.Audit;

/// <summary>Finds the archive files that hold what the store no longer has.</summary>
internal static class ArchiveLookup
{
    /// <param name="events">Those that the store has.</param>
    /// <returns>Null where it has all.</returns>
    public static async Task<ArchivedEntries?> OfAsync(DbConnection connection, IncidentRow incident, IReadOnlyList<JournalEvent> events)
    {
        if (events is [var first, ..] && first.At <= incident.OpenedAt)
            return null;
        var last = events is [] && incident.ClosedAt is { } closed ? (await OfTimeAsync(connection, closed)).File : null;
        last ??= await connection.QueryFirstOrDefaultAsync<string>(
            Queries.ArchiveBefore.Sql, new { before = events is [var oldest, ..] ? oldest.Sequence : long.MaxValue });
        var begin = await OfTimeAsync(connection, incident.OpenedAt);
        return last is null ? null : new(begin.IsSure ? begin.File : null, last);
    }

    /// <summary>The row goes with the incident's last entry; its id still tells when it was opened.</summary>
    public static async Task<IncidentLookup> OfForgottenAsync(DbConnection connection, string id) =>
        IncidentIds.OpenedAt(id) is { } openedAt && await OfTimeAsync(connection, openedAt) is { IsSure: true } begin
            ? new IncidentLookup.NotFound(begin.File)
            : new IncidentLookup.NotFound();

    private static async Task<(string? File, bool IsSure)> OfTimeAsync(DbConnection connection, DateTimeOffset at)
    {
        var (file, isSure) =
            await connection.QueryFirstOrDefaultAsync<(string?, long)>(Queries.ArchiveOfTime.Sql, new { at = StoredTime.Text(at) });
        return (file, file is not null && isSure == 1);
    }
}
