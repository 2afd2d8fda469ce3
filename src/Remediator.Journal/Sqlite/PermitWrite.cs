using Remediator.Core.Journal;
using Remediator.Core.Resources;

namespace Remediator.Journal.Sqlite;

/// <summary>Permits and claims: what the commit releases first, then all that it asks for, or nothing.</summary>
internal static class PermitWrite
{
    private const int NamedHolders = 5;

    /// <returns>Why the permit is denied, in words; null where it is not.</returns>
    public static string? Apply(WriteTransaction transaction, Commit commit)
    {
        foreach (var incident in commit.Release)
        {
            transaction.Execute("DELETE FROM permit WHERE incident_id = $1", incident);
            transaction.Execute("DELETE FROM claim WHERE incident_id = $1", incident);
        }

        if (commit.Acquire is not { } request)
            return null;
        var since = StoredTime.Text(commit.At);
        foreach (var limit in request.Budgets)
        {
            if (TakePlace(transaction, request.IncidentId, limit, since) is { } denied)
                return denied;
        }

        foreach (var resource in request.Claims)
        {
            if (Claim(transaction, request.IncidentId, resource, since) is { } denied)
                return denied;
        }

        return null;
    }

    private static string? TakePlace(WriteTransaction transaction, string incident, BudgetLimit limit, string since)
    {
        var holders = Holders(transaction, limit.Budget);
        if (holders.Contains(incident))
            return null;
        if (holders.Count >= limit.AtOnce)
            return Denied(limit, holders);
        transaction.Execute("INSERT INTO permit (budget, incident_id, since) VALUES ($1, $2, $3)", limit.Budget, incident, since);
        return null;
    }

    private static List<string> Holders(WriteTransaction transaction, string budget)
    {
        var holders = new List<string>();
        using var reader = transaction.Query("SELECT incident_id FROM permit WHERE budget = $1 ORDER BY since, incident_id", budget);
        while (reader.Read())
            holders.Add(reader.GetString(0));
        return holders;
    }

    private static string Denied(BudgetLimit limit, List<string> holders)
    {
        if (holders.Count == 0)
            return $"Budget '{limit.Budget}' allows {limit.AtOnce} at once.";
        var named = string.Join(", ", holders.Take(NamedHolders));
        var rest = holders.Count > NamedHolders ? $" and {holders.Count - NamedHolders} more" : "";
        return $"Budget '{limit.Budget}' is used up: {holders.Count} of {limit.AtOnce} in flight, by {(holders.Count == 1 ? "incident" : "incidents")} {named}{rest}.";
    }

    private static string? Claim(WriteTransaction transaction, string incident, ResourceKey resource, string since)
    {
        var key = resource.ToString();
        var holder = (string?)transaction.Scalar("SELECT incident_id FROM claim WHERE resource = $1", key);
        if (holder == incident)
            return null;
        if (holder is not null)
            return $"Resource {resource.Display} is claimed by incident {holder}.";
        transaction.Execute("INSERT INTO claim (resource, incident_id, since) VALUES ($1, $2, $3)", key, incident, since);
        return null;
    }
}
