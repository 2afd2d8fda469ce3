using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Remediator.Core.Alerts;
using Remediator.Core.Pages;
using Remediator.Sources.Alertmanager.Lists;

namespace Remediator.Sources.Alertmanager.Silences;

/// <summary>
/// Keeps the silences of all groups of Alertmanagers at hand, on every replica of ours, each group by itself. Replicas of a group share
/// theirs, so one that answers is enough, unless it was started so lately that the others need not have told it of them yet; a group of
/// which none is enough keeps what was last read.
/// </summary>
internal sealed partial class SilenceWatch(
    AlertmanagerLists lists, IOptions<AlertmanagerGroups> options, TimeProvider time, ILogger<SilenceWatch> logger)
    : BackgroundService, ISilences
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Retry = TimeSpan.FromSeconds(2);

    /// <summary>One replica that hangs must not make the whole group's silences old.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>Replicas tell each other of their silences as soon as they find each other after a start, which may take so long.</summary>
    private static readonly TimeSpan InformedAfter = TimeSpan.FromMinutes(5);

    private readonly Dictionary<string, GroupBook> _books = options.Value.All.Where(g => g.Urls.Count > 0)
        .ToDictionary(g => g.Source, g => new GroupBook(g));

    public SilenceReading Current => new([.. _books.Values.Select(b => b.Current)]);

    /// <summary>How many that the engine has made stand, at all groups.</summary>
    public int OursEverywhere => _books.Keys.Sum(source => Ours(source).Count);

    /// <summary>Those that the engine has made at a group and that stand.</summary>
    public IReadOnlyList<Silence> Ours(string source) =>
        [.. _books[source].Current.Silences.Where(s => s.CreatedBy == Silence.Ours && time.GetUtcNow() < s.EndsAt)];

    public IReadOnlySet<string> OurIds(string source) => Ours(source).Select(s => s.Id).ToHashSet(StringComparer.Ordinal);

    /// <summary>Before it is read for the first time.</summary>
    public void Remember(string source, Silence silence) => _books[source].Remember(silence);

    public void Forget(string source, string id) => _books[source].Forget(id);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(_books.Values.Select(book => FollowAsync(book, stoppingToken)));

    internal Task ReadAsync(CancellationToken cancellationToken) =>
        Task.WhenAll(_books.Values.Select(book => ReadAsync(book, cancellationToken)));

    private async Task FollowAsync(GroupBook book, CancellationToken stoppingToken)
    {
        while (true)
        {
            await ReadAsync(book, stoppingToken);
            await Task.Delay(book.Current.Problem.Length > 0 ? Retry : Every, time, stoppingToken);
        }
    }

    private async Task ReadAsync(GroupBook book, CancellationToken cancellationToken)
    {
        var before = book.Current;
        book.Begin();
        var replicas = AlertmanagerReplica.Of(book.Group);
        var read = await Task.WhenAll(replicas.Select(at => AskAsync(at, lists.SilencesAsync, cancellationToken)));
        var (answers, problems) = (read.Select(r => r.Answer).OfType<SilenceList>().ToList(), read.Select(r => r.Problem).ToList());
        if (answers.Count == replicas.Count || await IsOneInformedAsync(replicas.Where((_, i) => read[i].Answer is not null)))
            book.Read(answers, answers.Count == replicas.Count, time.GetUtcNow());
        else
            book.Failed(answers, string.Join(" ", problems.Where(p => p.Length > 0)), time.GetUtcNow());
        Tell(before, book.Current);

        async Task<bool> IsOneInformedAsync(IEnumerable<AlertmanagerReplica> answered)
        {
            var upFor = await Task.WhenAll(answered.Select(at => AskAsync(at, lists.UpForAsync, cancellationToken)));
            problems.AddRange(upFor.Select(u => u.Problem));
            var isOne = upFor.Any(u => u.Answer >= InformedAfter);
            if (answers.Count > 0 && !isOne)
                problems.Add(
                    $"The others were started less than {InformedAfter.TotalMinutes:0} minutes ago and may not know of every silence.");
            return isOne;
        }
    }

    private async Task<(T? Answer, string Problem)> AskAsync<T>(
        AlertmanagerReplica at, Func<AlertmanagerReplica, CancellationToken, Task<T>> ask, CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        try
        {
            return (await ask(at, either.Token), "");
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            return (default, e switch
            {
                HttpRequestException => e.Message,
                OperationCanceledException => $"{at.Url}: no answer within {Patience.TotalSeconds:0} s",
                _ => $"{at.Url}: {e.Message}",
            });
        }
    }

    private void Tell(GroupSilences before, GroupSilences now)
    {
        if (now.Problem.Length > 0 && before.Problem.Length == 0)
            Log.Away(logger, now.Source, now.Problem);
        if (now.Problem.Length == 0 && before.Problem.Length > 0)
            Log.Back(logger, now.Source);
        var known = before.Silences.Select(s => s.Id).ToHashSet();
        foreach (var silence in now.Silences.Where(s => !known.Contains(s.Id)))
        {
            foreach (var unread in silence.Matchers.Where(m => m.Fault is not null))
                Log.Unreadable(logger, silence.Id, now.Source, unread.ToString(), unread.Fault!);
        }

        foreach (var lost in now.Lost.Keys.Except(before.Lost.Keys))
            Log.Lost(logger, lost, now.Source, GroupSilences.KeptAfterLoss.TotalHours);
    }

    private static partial class Log
    {
        [LoggerMessage(
            EventId = 1201,
            Level = LogLevel.Warning,
            Message = "The silences of {Source} cannot be read; the last known ones stay in force, and once they are too old "
                + "nothing that its alerts are about is changed: {Reason}")]
        public static partial void Away(ILogger logger, string source, string reason);

        [LoggerMessage(EventId = 1202, Level = LogLevel.Information, Message = "The silences of {Source} can be read again")]
        public static partial void Back(ILogger logger, string source);

        [LoggerMessage(
            EventId = 1203,
            Level = LogLevel.Warning,
            Message = "Silence {Silence} of {Source} has a pattern that cannot be read, {Matcher}, which is taken to match: {Reason}")]
        public static partial void Unreadable(ILogger logger, string silence, string source, string matcher, string reason);

        [LoggerMessage(
            EventId = 1204,
            Level = LogLevel.Warning,
            Message = "{Source} lists silence {Silence} no more, and nobody has ended it, so it has lost it; it stays in force here until "
                + "its end, for {Hours} hours at most. To end it, make a silence with the same matchers there and expire that")]
        public static partial void Lost(ILogger logger, string silence, string source, double hours);
    }
}
