using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Remediator.Sources.Intake;

internal sealed class IntakeMetrics(IMeterFactory meters)
{
    private readonly Counter<long> _rejected = meters.Create("Remediator.Sources").CreateCounter<long>(
        "remediator.intake.rejected", "{alert}",
        "Alerts of deliveries that became dead letters, by the limit they exceed; 'none' if they are not alerts, 'store' if "
            + "the store cannot keep them.");

    public void Rejected(string limit) => _rejected.Add(1, new TagList { { "limit", limit } });
}
