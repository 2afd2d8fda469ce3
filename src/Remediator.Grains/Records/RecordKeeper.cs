using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Remediator.Core.Incidents;
using Remediator.Core.Journal;
using Remediator.Core.Playbooks;
using Remediator.Core.Records;

namespace Remediator.Grains.Records;

/// <summary>Reads where playbooks stand; on the replica that leads it also counts what they do, and lowers one that does no good.</summary>
internal sealed partial class RecordKeeper(
    IJournal journal, ILeader leader, PlaybookStandings standings, DemotionNotice notice, IDefinitions definitions, EngineSettings settings, TimeProvider time, ILogger<RecordKeeper> logger)
    : BackgroundService
{
    private const int Page = 1000;

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    private RecordBook _book = RecordBook.Empty;
    private long _after;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            try
            {
                await standings.ReadAsync(stoppingToken);
                await LeadAsync(stoppingToken);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                Log.Behind(logger, e);
            }

            await Task.Delay(Pause, time, stoppingToken);
        }
    }

    private async Task LeadAsync(CancellationToken stoppingToken)
    {
        if (!leader.Leads || !settings.Demotes)
        {
            // another one counts, and who leads again counts anew
            (_book, _after) = (RecordBook.Empty, 0);
            return;
        }

        await CountAsync(stoppingToken);
        await notice.TellAsync(standings.Current!, definitions.Current.Playbooks, stoppingToken);
    }

    private async Task CountAsync(CancellationToken stoppingToken)
    {
        IReadOnlyList<JournalEvent> events;
        do
        {
            events = await journal.EventsAsync(RecordBook.Counted, _after, time.GetUtcNow() - RecordBook.Window, Page, stoppingToken);
            foreach (var stored in events)
            {
                var (book, setback) = _book.After(Happened.Read(stored));
                if (setback is not null)
                {
                    await JudgeAsync(book.Playbooks[setback.Playbook], setback, stoppingToken);
                }

                (_book, _after) = (book, stored.Sequence);
            }
        }
        while (events.Count == Page);
    }

    private async Task JudgeAsync(PlaybookRecord record, Setback setback, CancellationToken stoppingToken)
    {
        var standing = standings.Current!.Of(record.Playbook);
        if (standing?.Since >= setback.At || Promotion.LoweredTo(record, record.Mode, standing) is not { } to || standing?.Ceiling <= to)
        {
            return;
        }

        await standings.DemoteAsync(new(record.Playbook, record.Mode, to, setback.IncidentId, setback.Reason), setback.At, stoppingToken);
        Log.Demoted(logger, record.Playbook, to, setback.Reason);
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 2701, Level = LogLevel.Warning, Message = "The records of the playbooks could not be read; again soon")]
        public static partial void Behind(ILogger logger, Exception e);

        [LoggerMessage(EventId = 2702, Level = LogLevel.Warning, Message = "Playbook {Playbook} is lowered to {Mode}: {Reason}")]
        public static partial void Demoted(ILogger logger, string playbook, Mode mode, string reason);
    }
}
