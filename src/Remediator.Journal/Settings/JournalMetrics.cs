using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Remediator.Journal.Settings;

/// <summary>The meter <c>Remediator.Journal</c>.</summary>
internal sealed class JournalMetrics
{
    public const string MeterName = "Remediator.Journal";

    private readonly Counter<long> _commits;
    private readonly Histogram<int> _batch;
    private readonly Histogram<double> _duration;
    private long _waiting;
    private long _deadLetters;
    private long _checkpointWait;

    public JournalMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(MeterName);
        _commits = meter.CreateCounter<long>("remediator.journal.commits", "{commit}", "Writes that are durable, by kind.");
        _batch = meter.CreateHistogram<int>("remediator.journal.batch.size", "{commit}", "Writes that shared one commit.");
        _duration = meter.CreateHistogram<double>("remediator.journal.commit.duration", "s", "From the start of a group to its COMMIT.");
        meter.CreateObservableGauge("remediator.journal.queue.length", () => Queue(), "{commit}", "Writes that wait for the disk.");
        meter.CreateObservableGauge("remediator.inbox.waiting", () => InboxWaiting, "{alert}", "Alerts that no resource has consumed yet.");
        meter.CreateObservableGauge(
            "remediator.dead.letters",
            () => DeadLetters,
            "{letter}",
            "Deliveries and alerts that could not be handled; updated with every check of the store, up to 10,000.");
        meter.CreateObservableGauge("remediator.journal.checkpoint.wait", () =>
            CheckpointWait.TotalSeconds, "s", "How long entries have waited for a checkpoint; 0 if another process writes them.");
    }

    public Func<int> Queue { private get; set; } = () => 0;

    /// <param name="before">
    /// What was known before it was counted: where that has changed since, the count is of another moment and says nothing.
    /// </param>
    public void Recount(long before, long count) => Interlocked.CompareExchange(ref _waiting, count, before);

    public TimeSpan CheckpointWait
    {
        get => TimeSpan.FromTicks(Volatile.Read(ref _checkpointWait));
        set => Volatile.Write(ref _checkpointWait, value.Ticks);
    }

    public long DeadLetters
    {
        get => Volatile.Read(ref _deadLetters);
        set => Volatile.Write(ref _deadLetters, value);
    }

    public long InboxWaiting
    {
        get => Interlocked.Read(ref _waiting);
        set => Interlocked.Exchange(ref _waiting, value);
    }

    public void Committed(IReadOnlyCollection<string> kinds, int inboxChange, TimeSpan duration)
    {
        foreach (var kind in kinds.CountBy(k => k))
            _commits.Add(kind.Value, new TagList { { "kind", kind.Key } });
        _batch.Record(kinds.Count);
        _duration.Record(duration.TotalSeconds);
        Interlocked.Add(ref _waiting, inboxChange);
    }
}
