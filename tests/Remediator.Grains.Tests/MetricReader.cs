using System.Diagnostics.Metrics;
using Remediator.Grains.Metrics;

namespace Remediator.Grains.Tests;

internal static class MetricReader
{
    /// <summary>By the value of their one label; of this engine's own meter.</summary>
    public static Dictionary<string, long> Read(EngineMetrics metrics, string name)
    {
        var read = new Dictionary<string, long>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, l) =>
            {
                if (instrument.Name == name && instrument.Meter == metrics.Meter)
                    l.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<long>((_, value, tags, _) => read[(string)tags[0].Value!] = value);
        listener.Start();
        listener.RecordObservableInstruments();
        return read;
    }
}
