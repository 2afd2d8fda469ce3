using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Remediator.Core.Events;
using Remediator.Core.Facts;
using Remediator.Core.Journal;
using Remediator.Core.Records;
using Remediator.Core.Resources;
using Remediator.Core.Rules;
using Remediator.Grains.Streams;

namespace Remediator.Grains.Records;

/// <summary>
/// Keeps the journal of revisions that have run well. The replica that leads writes what its watches tell, and strikes off the revision on
/// which an incident has opened; the others read it.
/// </summary>
internal sealed partial class GoodRevisions(
    IJournal journal, IIncidentIndex incidents, IFactViews views, ILeader leader, ClusterName cluster, TimeProvider time,
    ILogger<GoodRevisions> logger)
    : BackgroundService, IGoodRevisions
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <summary>How old what another replica wrote may be here.</summary>
    private static readonly TimeSpan Reread = TimeSpan.FromSeconds(10);

    /// <summary>Incidents that opened while no replica led are looked at so far back.</summary>
    private static readonly TimeSpan LookBack = TimeSpan.FromDays(1);

    /// <summary>An incident opens for any alert; only those that the rules act on say something of the workload.</summary>
    private static readonly string[] Decisions = [EventCodec.NameOf(typeof(Decided))];

    private readonly EventStream<RevisionBook> _stream = new(journal, RevisionBook.Key(cluster.Name), RevisionBook.Stream, time);
    private readonly ConcurrentDictionary<(string Workload, string Uid, string Revision), string> _told = new();
    private volatile RevisionBook _book = RevisionBook.Empty;
    private DateTimeOffset _readAt = DateTimeOffset.MinValue;
    private (DateTimeOffset Since, long Seen)? _followed;
    private DateTimeOffset? _leadsSince;

    public event Action? Changed;

    public RevisionStanding? Find(ResourceKey workload, string uid, string revision) => _book.Find(workload.ToString(), uid, revision);

    public void RanWell(ResourceKey workload, string uid, string revision) => Tell(workload, uid, revision, "");

    public void WentBad(ResourceKey workload, string uid, string revision, string reason) => Tell(workload, uid, revision, reason);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            try
            {
                await (leader.Leads ? WriteAsync(stoppingToken) : ReadAsync(stoppingToken));
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                Log.Behind(logger, e);
            }

            await Task.Delay(Pause, time, stoppingToken);
        }
    }

    /// <summary>What this replica sees, the one that leads sees too; who begins to lead is told again within a minute.</summary>
    /// <param name="reason">Why it went bad; empty where it ran well.</param>
    private void Tell(ResourceKey workload, string uid, string revision, string reason)
    {
        if (leader.Leads)
        {
            _told[(workload.ToString(), uid, revision)] = reason;
        }
    }

    private async Task ReadAsync(CancellationToken stoppingToken)
    {
        _told.Clear();
        (_followed, _leadsSince) = (null, null);
        if (time.GetUtcNow() - _readAt >= Reread)
        {
            Use((await _stream.LoadAsync(stoppingToken)).Book);
        }
    }

    private async Task WriteAsync(CancellationToken stoppingToken)
    {
        _leadsSince ??= time.GetUtcNow();
        if (_followed is null)
        {
            Use((await _stream.LoadAsync(stoppingToken)).Book);
        }

        if (views.Current.State is not ViewState.Ready)
        {
            // what is told comes from a view that is about to be published
            return;
        }

        var (opened, followed) = await OpenedAsync(stoppingToken);
        var told = _told.ToList();
        if (opened.Count > 0 || told.Count > 0)
        {
            // one that is older than the incidents may show another revision than they are about
            var view = views.Current.View;
            var workloads = view.Named("workload").ToLookup(Key);
            // while an incident is open that the rules act on, nothing of its workload runs well
            var open = told.Exists(t => t.Value.Length == 0)
                ? (await incidents.OpenAsync(ResourceKinds.RolledOut, stoppingToken))
                    .Where(i => i.KnownStatus is not (IncidentStatus.Unhandled or IncidentStatus.Suppressed))
                    .Select(i => i.Resource.ToString()).ToHashSet()
                : [];
            Use(await _stream.AppendAsync(
                book =>
                [
                    .. told.Where(t => t.Value.Length == 0 && !open.Contains(t.Key.Workload))
                        .Select(t => book.RanWell(t.Key.Workload, t.Key.Uid, t.Key.Revision))
                        .Concat(told.Where(t => t.Value.Length > 0)
                            .Select(t => book.WentBad(t.Key.Workload, t.Key.Uid, t.Key.Revision, t.Value)))
                        .OfType<Event>()
                        .Concat(opened.SelectMany(o => workloads[o.Resource.ToString()].SelectMany(w => Opened(book, o, w, view.At)))),
                ],
                stoppingToken,
                book => book.Of(workloads.Select(w => w.Key).ToHashSet())));
            told.ForEach(t => _told.TryRemove(t));
        }

        _followed = followed;
    }

    /// <summary>Incidents that the rules have said to act on since this was last asked.</summary>
    private async Task<(List<JournalEvent> Opened, (DateTimeOffset Since, long Seen) Followed)> OpenedAsync(
        CancellationToken stoppingToken)
    {
        var (since, seen) = _followed ?? (time.GetUtcNow() - LookBack, 0);
        var opened = new List<JournalEvent>();
        for (var isLast = false; !isLast;)
        {
            var page = await journal.EventsAsync(Decisions, seen, since, stoppingToken);
            opened.AddRange(page.Events.Where(
                e => e.Sequence > seen && e.IncidentId is not null && ResourceKinds.RolledOut.Contains(e.Resource.Kind) && IsActedOn(e)));
            (seen, isLast) = (page.Seen, page.IsLast);
        }

        return (opened, (since, seen));
    }

    private static bool IsActedOn(JournalEvent stored) =>
        Happened.Read(stored).Event is Decided { Decision.Kind: DecisionKind.Run or DecisionKind.Escalate };

    /// <summary>What an incident says of the revisions of its workload.</summary>
    private IEnumerable<Event> Opened(RevisionBook book, JournalEvent opened, Fact workload, DateTimeOffset now)
    {
        var (key, uid, newest) = (opened.Resource.ToString(), workload["uid"], workload["revision"]);
        if (uid.Length == 0 || newest.Length == 0)
        {
            return [];
        }

        var isKnown = long.TryParse(workload["rollout_age_minutes"], NumberStyles.None, CultureInfo.InvariantCulture, out var minutes);
        if (isKnown && now - TimeSpan.FromMinutes(minutes + 1) > opened.At)
        {
            // it became the newest after the incident had opened
            return [];
        }

        if (!isKnown && opened.At < _leadsSince)
        {
            return book.OpenedOnOne(key, uid, newest, opened.IncidentId!, opened.At);
        }

        return book.Opened(key, uid, newest, opened.IncidentId!, opened.At) is { } struck ? [struck] : [];
    }

    private string Key(Fact workload) =>
        new ResourceKey(cluster.Name, workload["workload_kind"], workload["namespace"], workload["workload"]).ToString();

    private void Use(RevisionBook book)
    {
        var changed = !book.IsSame(_book);
        (_book, _readAt) = (book, time.GetUtcNow());
        if (changed)
        {
            Changed?.Invoke();
        }
    }

    private static partial class Log
    {
        [LoggerMessage(
            EventId = 2705, Level = LogLevel.Warning,
            Message = "Which revisions have run well could not be read or written; trying again soon")]
        public static partial void Behind(ILogger logger, Exception e);
    }
}
