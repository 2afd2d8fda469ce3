using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Remediator.Core.Incidents;
using Remediator.Core.Journal;
using Remediator.Core.Playbooks;
using Remediator.Core.Records;

namespace Remediator.Grains.Records;

/// <summary>Reads where playbooks stand, and counts what they do where something depends on it; on the replica that leads it also lowers one that does no good.</summary>
internal sealed partial class RecordKeeper(
    IJournal journal, ILeader leader, PlaybookStandings standings, IDefinitions definitions, EngineSettings settings, TimeProvider time, ILogger<RecordKeeper> logger)
    : BackgroundService
{
    private const int Page = 1000;

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    private RecordBook _book = RecordBook.Empty;
    private long _after;
    private bool _judges;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            try
            {
                await standings.ReadAsync(stoppingToken);
                await CountAsync(stoppingToken);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                Log.Behind(logger, e);
            }

            await Task.Delay(Pause, time, stoppingToken);
        }
    }

    private async Task CountAsync(CancellationToken stoppingToken)
    {
        var (judges, pages) = (leader.Leads && settings.Demotes, definitions.Current.Policy.Pages.Any(p => p.Hold));
        if (judges != _judges || !(judges || pages))
        {
            // who begins to lead counts anew, since setbacks that another one was to judge may have been left
            (_judges, _book, _after) = (judges, RecordBook.Empty, 0);
        }

        if (judges || pages)
        {
            await ReadOnAsync(stoppingToken);
        }

        standings.Records = pages ? _book : null;
    }

    private async Task ReadOnAsync(CancellationToken stoppingToken)
    {
        IReadOnlyList<JournalEvent> events;
        do
        {
            events = await journal.EventsAsync(RecordBook.Counted, _after, time.GetUtcNow() - RecordBook.Window, Page, stoppingToken);
            foreach (var stored in events)
            {
                var (book, setback) = _book.After(Happened.Read(stored));
                if (setback is not null && _judges)
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
