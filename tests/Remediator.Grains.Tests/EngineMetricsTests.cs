using Remediator.Core.Events;
using Remediator.Core.Safety;
using Remediator.Grains.Metrics;

namespace Remediator.Grains.Tests;

public sealed class EngineMetricsTests : IDisposable
{
    private readonly EngineMetrics _metrics = new();

    [Fact]
    public void EveryKnownValue_IsThereBeforeItHappens()
    {
        Assert.All(Guards.Ordered, guard => Assert.Equal(0, Read("remediator_guard_refusals")[guard.Name]));
        Assert.Equal(0, Read("remediator_events")["escalated"]);
        Assert.Equal(0, Read("remediator_runs")["verified"]);
    }

    [Fact]
    public void Refusals_AreCountedByGuard_AlsoOfOneThatNobodyListed()
    {
        foreach (var guard in new[] { "budget", "busy", "budget", "a guard to come" })
            _metrics.Count(Of(new Held(guard, "no", DateTimeOffset.UnixEpoch)));

        var refusals = Read("remediator_guard_refusals");
        Assert.Equal((2, 1, 1, 0), (refusals["budget"], refusals["busy"], refusals["a guard to come"], refusals["mode"]));
        Assert.Equal(4, Read("remediator_events")["held"]);
    }

    public void Dispose() => _metrics.Dispose();

    private static Happened Of(Event happened) => new(happened, "incident", DateTimeOffset.UnixEpoch, "trace", "engine");

    private Dictionary<string, long> Read(string name) => MetricReader.Read(_metrics, name);
}
