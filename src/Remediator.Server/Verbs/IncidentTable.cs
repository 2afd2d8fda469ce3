using Remediator.Core.Journal;
using Remediator.Core.Resources;

namespace Remediator.Server.Verbs;

/// <summary>Incidents as <c>audit list</c> and <c>status</c> show them.</summary>
internal static class IncidentTable
{
    public static void Write(TextWriter output, IReadOnlyList<IncidentView> incidents)
    {
        if (incidents.Count == 0)
            output.WriteLine("No incidents.");
        else
            output.WriteTable(["INCIDENT", "OPENED", "STATUS", "RESOURCE", "PROBLEM", "WHY"], incidents.Select(Cells));
    }

    private static string[] Cells(IncidentView i) =>
        [i.Id, $"{i.OpenedAt.UtcDateTime:yyyy-MM-dd HH:mm:ss}Z", i.Status, i.Resource, i.Problem, i.Summary];
}

/// <summary>An incident for scripts, and over the API.</summary>
internal sealed record IncidentView(
    string Id, string Cluster, string Kind, string Namespace, string Name, string Problem, string Status, string Summary, DateTimeOffset OpenedAt, DateTimeOffset? ClosedAt)
{
    /// <summary>For people.</summary>
    public string Resource => new ResourceKey(Cluster, Kind, Namespace, Name).Display;

    public static IncidentView Of(IncidentRow row) => new(
        row.Id, row.Resource.Cluster, row.Resource.Kind, row.Resource.Namespace, row.Resource.Name, row.Problem, row.Status, row.Summary, row.OpenedAt, row.ClosedAt);
}
