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

    /// <summary>
    /// The facts that a playbook's conditions see: the resource's own, what the evidence returned, what was looked at, and what was done.
    /// </summary>
    public static FactView Facts(Incident incident, World world) =>
        Added(incident) is { Count: > 0 } added ? world.Scope.With(added) : world.Scope;

    /// <summary>What no view holds.</summary>
    public static IReadOnlyList<Fact> Added(Incident incident) =>
        [.. incident.EvidenceFacts, .. incident.Looked?.Facts ?? [], .. incident.Done.Select(d => d.Use).Distinct().Select(Done)];

    private static Fact Done(string use) => new("done", new Dictionary<string, string> { ["use"] = use }, DateTimeOffset.UnixEpoch);

    private static IReadOnlyDictionary<string, string> Alert(Incident incident) =>
        incident.Alerts.Values.OrderByDescending(a => a.Firing).ThenBy(a => a.StartsAt).Select(a => a.Labels).FirstOrDefault()
            ?? new Dictionary<string, string>();
}
