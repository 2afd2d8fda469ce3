using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Remediator.Core.Events;
using Remediator.Core.Journal;
using Remediator.Core.Playbooks;
using Remediator.Core.Policies;
using Remediator.Core.Records;
using Remediator.Core.Worlds;

namespace Remediator.Grains.Records;

/// <summary>
/// Reads the modes of playbooks, and counts what they do where something depends on it; on the replica that leads it also lowers one that
/// does no good.
/// </summary>
internal sealed partial class RecordKeeper(
    IJournal journal, ILeader leader, PlaybookStandings standings, IDefinitions definitions, EngineSettings settings, TimeProvider time,
    ILogger<RecordKeeper> logger)
    : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    /// <summary>A count goes on so long, and then the window has moved so far that it begins anew.</summary>
    private static readonly TimeSpan CountFor = TimeSpan.FromDays(1);

    private RecordCount? _count;
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
            catch (Exception e) when (e is not OperationCanceledException || !stoppingToken.IsCancellationRequested)
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
            // a new leader counts from the beginning, since setbacks that another one was to judge may have been left
            (_judges, _count) = (judges, null);
        }

        if (judges || pages)
        {
            await ReadOnAsync(stoppingToken);
        }

        standings.Records = pages ? _count!.Book : null;
    }

    /// <summary>What was read before a fault is not read again.</summary>
    private async Task ReadOnAsync(CancellationToken stoppingToken)
    {
        var now = time.GetUtcNow();
        if (_count is null || now - _count.Since > RecordBook.Window + CountFor)
        {
            _count = new(now - RecordBook.Window, RecordBook.Empty, 0);
        }

        var count = _count;
        for (var isLast = false; !isLast;)
        {
            var page = await journal.EventsAsync(RecordBook.Counted, count.Seen, count.Since, stoppingToken);
            foreach (var stored in page.Events.Where(e => e.Sequence > count.Seen))
            {
                var (book, setback) = count.Book.After(Happened.Read(stored));
                if (setback is not null && _judges)
                {
                    await JudgeAsync(book.Playbooks[setback.Playbook], setback, stoppingToken);
                }

                _count = count = count with { Book = book, Seen = stored.Sequence };
            }

            _count = count = count with { Seen = page.Seen };
            isLast = page.IsLast;
        }
    }

    /// <summary>Records as far as they are counted, from the entries since a time.</summary>
    /// <param name="Seen">The sequence up to which the journal was read.</param>
    private sealed record RecordCount(DateTimeOffset Since, RecordBook Book, long Seen);

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
        [LoggerMessage(
            EventId = 2704, Level = LogLevel.Warning, Message = "The records of the playbooks could not be read; trying again soon")]
        public static partial void Behind(ILogger logger, Exception e);

        [LoggerMessage(EventId = 2702, Level = LogLevel.Warning, Message = "Playbook {Playbook} is lowered to {Mode}: {Reason}")]
        public static partial void Demoted(ILogger logger, string playbook, Mode mode, string reason);
    }
}
