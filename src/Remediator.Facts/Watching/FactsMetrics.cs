using System.Diagnostics.Metrics;
using System.Net;
using System.Text.Json;

namespace Remediator.Facts.Watching;

/// <summary>Meter <c>Remediator.Facts</c>.</summary>
internal sealed class FactsMetrics : IDisposable
{
    public const string MeterName = "Remediator.Facts";

    private readonly Meter _meter;
    private readonly Counter<long> _lists;
    private readonly Counter<long> _failures;
    private readonly Histogram<double> _projection;

    public FactsMetrics(IMeterFactory meters)
    {
        _meter = meters.Create(MeterName);
        _lists = _meter.CreateCounter<long>(
            "remediator.facts.lists",
            description: "Whole lists read, by kind; more than one per kind means that a watch had to start over.");
        _failures = _meter.CreateCounter<long>(
            "remediator.facts.watch_failures", description: "Failures of lists and watches, by kind and reason.");
        _projection =
            _meter.CreateHistogram<double>("remediator.facts.projection_duration", "s", "Time to make a view of the cluster's objects.");
    }

    public void Listed(string kind) => _lists.Add(1, new KeyValuePair<string, object?>("kind", kind));

    public void Failed(string kind, Exception failure) =>
        _failures.Add(1, new KeyValuePair<string, object?>("kind", kind), new KeyValuePair<string, object?>("reason", Reason(failure)));

    public void Projected(TimeSpan duration) => _projection.Record(duration.TotalSeconds);

    public void Observe(Func<double> viewAgeSeconds, Func<long> viewVersion)
    {
        _meter.CreateObservableGauge("remediator.facts.view_age", viewAgeSeconds, "s", "Time since every watch was last proven complete.");
        _meter.CreateObservableGauge("remediator.facts.view_version", viewVersion, description: "Version of the newest view.");
    }

    public void Dispose() => _meter.Dispose();

    private static string Reason(Exception failure) => failure switch
    {
        StalledException => "stalled",
        ApiFailureException { Status: HttpStatusCode.Gone } => "gone",
        ApiFailureException api => ((int)api.Status).ToString(System.Globalization.CultureInfo.InvariantCulture),
        JsonException or InvalidDataException => "garbage",
        _ => "connection",
    };
}
