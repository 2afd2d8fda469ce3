using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Runtime.CompilerServices;
using Remediator.Core.Engine;
using Remediator.Core.Events;
using Remediator.Core.Safety;

namespace Remediator.Grains.Metrics;

internal sealed class EngineMetrics : IDisposable
{
    public const string MeterName = "Remediator.Engine";

    private readonly Counts _events;
    private readonly Counts _refusals;
    private readonly Counts _runs;
    private readonly Counter<long> _takeovers;
    private readonly Counter<long> _wakes;

    public EngineMetrics()
    {
        _events = new(Meter, "remediator_events", "Journal events by type.", "type", EventCodec.KnownTypes);
        _refusals = new(
            Meter,
            "remediator_guard_refusals",
            "Refusals by guard.",
            "guard",
            Guards.Ordered.Select(g => g.Name).Concat(Holding.BesideGuards));
        _runs = new(Meter, "remediator_runs", "Runs that ended, by outcome.", "outcome", Enum.GetValues<RunOutcome>().Select(Text));
        _wakes =
            Meter.CreateCounter<long>("remediator_wakes", description: "Times that a resource was asked to look again because it was due.");
        _takeovers = Meter.CreateCounter<long>("remediator_takeovers", description: "Times that this replica began to lead.");
    }

    internal Meter Meter { get; } = new(MeterName);

    public void Woke() => _wakes.Add(1);

    public void TookOver() => _takeovers.Add(1);

    /// <summary>What is read when somebody asks for it.</summary>
    public void Observe(string name, string description, Func<long> value) =>
        Meter.CreateObservableGauge(name, value, description: description);

    /// <summary>The same, for each value of one label.</summary>
    public void Observe(string name, string description, string label, Func<IEnumerable<(string Of, long Value)>> values) =>
        Meter.CreateObservableGauge(name, () =>
            values().Select(v => new Measurement<long>(v.Value, new KeyValuePair<string, object?>(label, v.Of))), description: description);

    public void Count(Happened happened)
    {
        _events.Add(EventCodec.NameOf(happened.Event));
        switch (happened.Event)
        {
            case Held held:
                _refusals.Add(held.Guard);
                break;
            case RunEnded ended:
                _runs.Add(Text(ended.Outcome));
                break;
        }
    }

    public void Dispose() => Meter.Dispose();

    private static string Text(RunOutcome outcome) => outcome.ToString().ToLowerInvariant();

    /// <summary>
    /// What is known of the label's values is there from the start: an increase from nothing is one that Prometheus does not see.
    /// </summary>
    private sealed class Counts
    {
        private readonly string _label;
        private readonly ConcurrentDictionary<string, StrongBox<long>> _counts;

        public Counts(Meter meter, string name, string description, string label, IEnumerable<string> values)
        {
            _label = label;
            _counts = new(values.Select(v => KeyValuePair.Create(v, new StrongBox<long>())));
            meter.CreateObservableCounter(name, Observe, description: description);
        }

        public void Add(string value) => Interlocked.Increment(ref _counts.GetOrAdd(value, _ => new()).Value);

        private IEnumerable<Measurement<long>> Observe() =>
            _counts.Select(c =>
                new Measurement<long>(Interlocked.Read(ref c.Value.Value), new KeyValuePair<string, object?>(_label, c.Key)));
    }
}
