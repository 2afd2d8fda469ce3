using System.Diagnostics.Metrics;
using Remediator.Core.Incidents;

namespace Remediator.Grains;

internal sealed class EngineMetrics : IDisposable
{
    public const string MeterName = "Remediator.Engine";

    private readonly Meter _meter = new(MeterName);
    private readonly Counter<long> _events;
    private readonly Counter<long> _refusals;
    private readonly Counter<long> _runs;
    private readonly Counter<long> _takeovers;

    public EngineMetrics()
    {
        _events = _meter.CreateCounter<long>("remediator_events", description: "Journal events by type.");
        _refusals = _meter.CreateCounter<long>("remediator_guard_refusals", description: "Refusals by guard.");
        _runs = _meter.CreateCounter<long>("remediator_runs", description: "Runs that ended, by outcome.");
        _takeovers = _meter.CreateCounter<long>("remediator_takeovers", description: "Times that this replica began to lead: to pump, write checkpoints and reconcile for all.");
    }

    public void TookOver() => _takeovers.Add(1);

    /// <summary>What is read when somebody asks for it.</summary>
    public void Observe(string name, string description, Func<long> value) => _meter.CreateObservableGauge(name, value, description: description);

    public void Count(Happened happened)
    {
        _events.Add(1, new KeyValuePair<string, object?>("type", EventCodec.NameOf(happened.Event)));
        switch (happened.Event)
        {
            case Held held:
                _refusals.Add(1, new KeyValuePair<string, object?>("guard", held.Guard));
                break;
            case RunEnded ended:
                _runs.Add(1, new KeyValuePair<string, object?>("outcome", ended.Outcome.ToString().ToLowerInvariant()));
                break;
        }
    }

    public void Dispose() => _meter.Dispose();
}
