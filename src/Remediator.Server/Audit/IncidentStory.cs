using Remediator.Core.Events;
using Remediator.Core.Journal;
using Remediator.Core.Language;
using Remediator.Journal.Audit;

namespace Remediator.Server.Audit;

/// <summary>An incident from the first alert to its end, for a person to read.</summary>
internal static class IncidentStory
{
    private const int Margin = 14;
    private const int LongestLine = 240;

    /// <param name="full">Everything, however long.</param>
    public static string Tell(IncidentLookup.Found found, bool full)
    {
        var (incident, events) = (found.Incident, found.Events);
        List<string> lines =
        [
            $"Incident {incident.Id}: {incident.Problem} on {incident.Resource.Display}, cluster {incident.Resource.Cluster}",
            $"{incident.Status}{(incident.Summary.Length > 0 ? $": {incident.Summary}" : "")}",
            $"opened {Time(incident.OpenedAt)}, "
                + (incident.ClosedAt is { } closed ? $"closed {Time(closed)} after {Took(closed - incident.OpenedAt)}" : "still open"),
            .. events is [{ TraceId.Length: > 0 } first, ..] ? [$"trace {first.TraceId}"] : Array.Empty<string>(),
            .. found.Archived is { } archived ? [Elsewhere(archived)] : Array.Empty<string>(),
            "",
            .. events.SelectMany(e => Lines(e, full)),
        ];
        return string.Join('\n', lines.Select(PlainText.Of));
    }

    /// <summary>Of an incident that is in the store no more.</summary>
    public static string InArchive(string file) =>
        $"If there was one, its first entries are in the archive file {file} (of Journal:ArchiveFolder).";

    private static string Elsewhere(ArchivedEntries archived) => archived switch
    {
        { First: null } => $"older entries are archived, in files up to {archived.Last} (of Journal:ArchiveFolder)",
        _ when archived.First == archived.Last => $"older entries are archived, in {archived.First} (of Journal:ArchiveFolder)",
        _ => $"older entries are archived, in {archived.First} to {archived.Last} (of Journal:ArchiveFolder)",
    };

    private static IEnumerable<string> Lines(JournalEvent stored, bool full)
    {
        var chapter = Narrator.Tell(stored, full);
        var by = stored.Actor is Happened.Engine or "" ? "" : $"  [{stored.Actor}]";
        var below = new string(' ', Time(stored.At).Length + 2 + Margin);
        yield return $"{Time(stored.At)}  {chapter.Word.PadRight(Margin)}{OneLine(chapter.Sentence, full)}{by}";
        foreach (var line in chapter.Lines)
            yield return below + OneLine(line, full);
    }

    private static string OneLine(string text, bool full)
    {
        var line = text.ReplaceLineEndings(" ");
        return full || line.Length <= LongestLine ? line : $"{Excerpt.Of(line, LongestLine)} (--full)";
    }

    private static string Took(TimeSpan time) => Duration.Format(TimeSpan.FromSeconds(Math.Ceiling(time.TotalSeconds)));

    private static string Time(DateTimeOffset time) => $"{time.UtcDateTime:yyyy-MM-dd HH:mm:ss}Z";
}
