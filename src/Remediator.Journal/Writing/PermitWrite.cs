using Remediator.Core.Journal;

namespace Remediator.Journal.Writing;

/// <summary>Permits and claims: what the commit releases first, then all that it asks for, or nothing.</summary>
internal static class PermitWrite
{
    private const int NamedHolders = 5;

    public static void Ask(Image image, Commit commit)
    {
        if (commit.Acquire is not { } request)
            return;
        foreach (var limit in request.Budgets)
            image.Holders.Want(StoredText.Of(limit.Budget));
        foreach (var resource in request.Claims)
            image.Claims.Want(resource.ToString());
    }

    /// <returns>Why the permit is denied, in words; null where it is not.</returns>
    public static string? Refusal(Image image, Commit commit)
    {
        if (commit.Acquire is not { } request)
            return null;
        var free = commit.Release.ToHashSet(StringComparer.Ordinal);
        foreach (var limit in request.Budgets)
        {
            var holders = (image.Holders[StoredText.Of(limit.Budget)] ?? []).Where(holder => !free.Contains(holder)).ToList();
            if (!holders.Contains(request.IncidentId) && holders.Count >= limit.AtOnce)
                return Denied(limit, holders);
        }

        foreach (var resource in request.Claims)
        {
            if (image.Claims[resource.ToString()] is { } holder && holder != request.IncidentId && !free.Contains(holder))
                return $"Resource {resource.Display} is claimed by incident {holder}.";
        }

        return null;
    }

    public static void Apply(Image image, Commit commit)
    {
        foreach (var incident in commit.Release)
            Release(image, incident);
        if (commit.Acquire is not { } request)
            return;
        var since = StoredTime.Text(commit.At);
        foreach (var budget in request.Budgets.Select(limit => StoredText.Of(limit.Budget)))
        {
            var holders = image.Holders[budget] ??= [];
            if (holders.Contains(request.IncidentId))
                continue;
            holders.Add(request.IncidentId);
            image.Changes.Put(Table.Permit, budget, request.IncidentId, since);
        }

        foreach (var resource in request.Claims.Select(claim => claim.ToString()).Where(resource => !image.Claims.Has(resource)))
        {
            image.Claims[resource] = request.IncidentId;
            image.Changes.Put(Table.Claim, resource, request.IncidentId, since);
        }
    }

    private static void Release(Image image, string incident)
    {
        foreach (var (_, holders) in image.Holders.Rows)
            holders.Remove(incident);
        foreach (var (resource, _) in image.Claims.Rows.Where(claim => claim.Value == incident).ToArray())
            image.Claims.Remove(resource);
        image.Changes.Delete(Table.Permit, "incident_id", incident);
        image.Changes.Delete(Table.Claim, "incident_id", incident);
    }

    private static string Denied(BudgetLimit limit, List<string> holders)
    {
        if (holders.Count == 0)
            return $"Budget '{limit.Budget}' allows {limit.AtOnce} at once.";
        var named = string.Join(", ", holders.Take(NamedHolders));
        var rest = holders.Count > NamedHolders ? $" and {holders.Count - NamedHolders} more" : "";
        return $"Budget '{limit.Budget}' is used up: {holders.Count} of {limit.AtOnce} in flight, by {(holders.Count == 1 ? "incident" : "incidents")} {named}{rest}.";
    }
}
