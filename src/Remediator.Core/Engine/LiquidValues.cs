using Remediator.Core.Facts;
using Remediator.Core.Incidents;
using Remediator.Core.Worlds;

namespace Remediator.Core.Engine;

/// <summary>What Liquid sees in a playbook: exactly <c>alert</c>, <c>resource</c>, <c>params</c>, <c>evidence</c>.</summary>
internal static class LiquidValues
{
    public static IReadOnlyDictionary<string, object> Of(Incident incident, World world) => new Dictionary<string, object>
    {
        ["alert"] = Alert(incident),
        ["resource"] = world.Resource,
        ["params"] = incident.Run?.With ?? incident.Choice?.With ?? new Dictionary<string, string>(),
        ["evidence"] = incident.EvidenceValues,
    };

    /// <summary>The facts that a rung's <c>when</c> sees: the resource's own and what the evidence returned.</summary>
    public static FactView Facts(Incident incident, World world) =>
        incident.EvidenceFacts.IsEmpty ? world.Scope : world.Scope.With(incident.EvidenceFacts);

    private static IReadOnlyDictionary<string, string> Alert(Incident incident) =>
        incident.Alerts.Values.OrderByDescending(a => a.Firing).ThenBy(a => a.StartsAt).Select(a => a.Labels).FirstOrDefault()
            ?? new Dictionary<string, string>();
}
