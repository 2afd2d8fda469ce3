using Remediator.Server.Api;

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
