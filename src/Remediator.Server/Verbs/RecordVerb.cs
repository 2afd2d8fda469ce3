using System.CommandLine;
using System.Globalization;
using Remediator.Core.Events;
using Remediator.Core.Language;
using Remediator.Core.Records;
using Remediator.Journal.Audit;

namespace Remediator.Server.Verbs;

/// <summary>Counts by itself, from the journal, with or without a running server.</summary>
internal static class RecordVerb
{
    public static Verb Create(CommonOptions common)
    {
        var command =
            new Command("record", "Show what each playbook has done in the last 30 days, which could be raised, and which were lowered.")
            { common.Output };
        command.SetAction(parsed =>
        {
            var settings = common.Settings(parsed);
            var audit = new JournalAudit(
                settings["DataFolder"]!, settings["Journal:Postgres"] ?? "", settings["Journal:PostgresPasswordFile"] ?? "",
                settings["Journal:PostgresCaFile"] ?? "");
            var lines = Lines(audit, TimeProvider.System.GetUtcNow());
            var output = parsed.InvocationConfiguration.Output;
            if (parsed.GetValue(common.Output) is OutputFormat.Json)
                output.WriteJson(lines);
            else
                Write(output, lines);
        });
        return new(command, "remediator record", "remediator record --output json | jq '.[] | select(.proposal)'");
    }

    internal static IReadOnlyList<RecordLine> Lines(JournalAudit audit, DateTimeOffset now)
    {
        var book = audit.Events(RecordBook.Counted, now - RecordBook.Window)
            .Select(Happened.Read)
            .Aggregate(RecordBook.Empty, (book, happened) => book.After(happened).Book);
        var standings = audit.EngineStreams(Standings.StreamName)
            .Select(s => Standings.Stream.Read(s.Head) ?? Standings.Stream.Fold(s.Head, s.Events))
            .ToList();
        return
        [
            .. from record in book.Playbooks.Values
               where record.Runs + record.Shadow + record.Healed + record.Recurred > 0
               let standing = standings.Select(s => s.Of(record.Playbook)).FirstOrDefault(s => s is not null)
               let mode = standing is { } s && s.Ceiling < record.Mode ? s.Ceiling : record.Mode
               select new RecordLine(record, mode, standing, Promotion.Proposal(record, mode, standing, now)),
        ];
    }

    internal static void Write(TextWriter output, IReadOnlyList<RecordLine> lines)
    {
        if (lines.Count == 0)
        {
            output.WriteLine("No playbook has done anything in the last 30 days.");
            return;
        }

        output.WriteTable(
            [
                "PLAYBOOK", "MODE", "WOULD ACT", "RUNS", "VERIFIED", "RECURRED", "FAILED", "IN DOUBT", "FALSE", "UNDONE", "HEALED",
                "REFUSED", "REPAIRED IN", "PEOPLE TOOK"],
            lines.Select(Cells));
        foreach (var line in lines.Where(l => l.Standing?.Because is not null))
            output.WriteLine(
                $"{line.Record.Playbook} was lowered to {line.Mode.ToString().ToLowerInvariant()} on "
                    + $"{line.Standing!.Since.UtcDateTime:yyyy-MM-dd}, incident {line.Standing.Because}: "
                    + $"{line.Standing.Reason}");
        foreach (var line in lines.Where(l => l.Proposal is not null))
            output.WriteLine(
                $"{line.Record.Playbook} could be raised to {line.Proposal}. Change its 'mode', or run: remediator promote "
                    + $"{line.Record.Playbook}");
    }

    private static string[] Cells(RecordLine line) =>
    [
        line.Record.Playbook, line.Mode.ToString().ToLowerInvariant(),
        .. new[]
        {
            line.Record.Shadow, line.Record.Runs, line.Record.Verified, line.Record.Recurred, line.Record.Failed, line.Record.InDoubt,
            line.Record.False, line.Record.Undone,
            line.Record.Healed, line.Record.Refused,
        }.Select(n => n.ToString(CultureInfo.InvariantCulture)),
        Time(line.Record.RepairTimes), Time(line.Record.PeopleTimes),
    ];

    private static string Time(IReadOnlyCollection<TimeSpan> times) =>
        PlaybookRecord.Median(times) is { } median ? Duration.Format(TimeSpan.FromSeconds(Math.Round(median.TotalSeconds))) : "-";
}

/// <param name="Mode">The most that it may do now, as far as the journal tells.</param>
/// <param name="Proposal">Null where its record does not speak for more.</param>
internal sealed record RecordLine(PlaybookRecord Record, Core.Playbooks.Mode Mode, Standing? Standing, string? Proposal);
