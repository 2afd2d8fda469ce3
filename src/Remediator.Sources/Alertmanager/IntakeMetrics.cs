using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Remediator.Sources.Alertmanager;

internal sealed class IntakeMetrics(IMeterFactory meters)
{
    private readonly Counter<long> _rejected = meters.Create("Remediator.Sources").CreateCounter<long>(
        "remediator.intake.rejected", "{alert}", "Elements of deliveries that became dead letters, by the limit that they are beyond; 'none' where they are no alerts, 'store' where the store cannot keep them.");

    public void Rejected(string limit) => _rejected.Add(1, new TagList { { "limit", limit } });
}
