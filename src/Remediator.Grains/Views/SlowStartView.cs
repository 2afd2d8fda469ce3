using Remediator.Core.Events;
using Remediator.Core.Journal;
using Remediator.Core.Policies;
using Remediator.Core.Records;
using Remediator.Core.Worlds;
using Remediator.Grains.Metrics;

namespace Remediator.Grains.Views;

/// <summary>How repairs went in all scopes, read from the journal: every replica and every restart knows the same.</summary>
internal sealed class SlowStartView
{
    /// <summary>So much longer than anything is remembered is read back, for runs that began long before they ended.</summary>
    private static readonly TimeSpan RunsTake = TimeSpan.FromDays(1);

    private readonly IJournal _journal;
    private readonly IDefinitions _definitions;
    private readonly EngineSettings _settings;
    private readonly TimeProvider _time;
    private readonly Lock _lock = new();
    private volatile Reading? _read;

    public SlowStartView(IJournal journal, IDefinitions definitions, EngineSettings settings, EngineMetrics metrics, TimeProvider time)
    {
        (_journal, _definitions, _settings, _time) = (journal, definitions, settings, time);
        metrics.Observe(
            "remediator_slow_start_stopped",
            "Scopes in which nothing more is tried because repairs in a row did not help, by kind of scope.",
            "kind",
            Stopped);
    }

    /// <returns>With all that was in the journal when this was called.</returns>
    /// <exception cref="StoreUnavailableException">The journal cannot be read now.</exception>
    public async Task<SlowStartBook> ReadAsync()
    {
        var policy = _definitions.Current.Policy.SlowStart;
        var remembered = _settings.Scaled(policy.RetryAfter > policy.BurstEndsAfter ? policy.RetryAfter : policy.BurstEndsAfter);
        var read = _read is { } before && before.Remembered >= remembered
            ? before
            : new(remembered, _time.GetUtcNow() - remembered - RunsTake, SlowStartBook.Empty, 0);
        for (var isLast = false; !isLast;)
        {
            var page = await _journal.EventsAsync(SlowStartBook.Counted, read.Seen, read.Since, CancellationToken.None);
            read = read with
            {
                Book = page.Events.Where(e => e.Sequence > read.Seen).Aggregate(read.Book, (b, e) => b.After(Happened.Read(e), e.Resource)),
                Seen = page.Seen,
            };
            isLast = page.IsLast;
        }

        lock (_lock)
        {
            if (_read is not { } other || other.Remembered < read.Remembered || other.Seen <= read.Seen)
            {
                _read = read;
            }
        }

        return read.Book;
    }

    private IEnumerable<(string, long)> Stopped()
    {
        var policy = _definitions.Current.Policy.SlowStart;
        var (book, now) = (_read?.Book ?? SlowStartBook.Empty, _time.GetUtcNow());
        var stopped = book.Scopes.Where(s => s.Value.FailedIn(_settings.Scaled(policy.RetryAfter), now).Count >= policy.Failures)
            .CountBy(s => s.Key.Kind)
            .ToDictionary();
        return SlowStartScope.Kinds.Select(k => (k, (long)stopped.GetValueOrDefault(k)));
    }

    /// <param name="Seen">The sequence up to which the journal was read.</param>
    private sealed record Reading(TimeSpan Remembered, DateTimeOffset Since, SlowStartBook Book, long Seen);
}
