using Remediator.Core.Journal;
using Remediator.Core.Resources;

namespace Remediator.Server.Api;

/// <summary>An incident for scripts, and over the API.</summary>
internal sealed record IncidentView(
    string Id, string Cluster, string Kind, string Namespace, string Name, string Problem, string Status, string Summary,
    DateTimeOffset OpenedAt, DateTimeOffset? ClosedAt)
{
    /// <summary>For people.</summary>
    public string Resource => new ResourceKey(Cluster, Kind, Namespace, Name).Display;

    public static IncidentView Of(IncidentRow row) => new(
        row.Id, row.Resource.Cluster, row.Resource.Kind, row.Resource.Namespace, row.Resource.Name, row.Problem, row.Status, row.Summary,
        row.OpenedAt, row.ClosedAt);
}
