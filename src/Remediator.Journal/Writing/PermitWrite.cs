using Remediator.Core.Journal;
using Remediator.Journal.Format;

namespace Remediator.Journal.Writing;

/// <summary>Permits and claims: what the commit releases first, then all that it asks for, or nothing.</summary>
internal static class PermitWrite
{
    public static void Ask(Image image, Commit commit)
    {
        if (commit.Acquire is not { } request)
            return;
        foreach (var limit in request.Budgets)
        {
            image.Holders.Want(StoredText.Of(limit.Budget));
            if (limit.Rate is not null)
                image.Starts.Want(StoredText.Of(limit.Budget));
        }

        if (request.Seen is { } seen)
            image.Heads.Want(seen.Resource.ToString());
        ClaimWrite.Ask(image, request);
    }

    /// <returns>Why the permit is denied, in words; null where it is not.</returns>
    public static string? Refusal(Image image, Commit commit)
    {
        if (commit.Acquire is not { } request)
            return null;
        if (request.Seen is { } seen && (image.Heads[seen.Resource.ToString()]?.Version ?? 0) != seen.Version)
            return $"Meanwhile {seen.What} changed; it is decided again.";
        var free = commit.Release.ToHashSet(StringComparer.Ordinal);
        foreach (var limit in request.Budgets)
        {
            var others = (image.Holders[StoredText.Of(limit.Budget)] ?? [])
                .Where(holder => holder.Incident != request.IncidentId && !free.Contains(holder.Incident))
                .ToList();
            if (limit.CountWith(commit.Resource, others.Select(other => other.Resource)) > limit.AtOnce)
                return BudgetWords.Full(limit, others);
            if (limit.Rate is { } rate && Recent(image, limit.Budget, commit.At - rate.Within) >= rate.Most)
                return BudgetWords.TooOften(limit.Budget, rate);
        }

        return ClaimWrite.Refusal(image, request, free);
    }

    public static void Apply(Image image, Commit commit)
    {
        foreach (var incident in commit.Release)
            Release(image, incident);
        if (commit.Acquire is not { } request)
            return;
        var since = StoredTime.Text(commit.At);
        foreach (var limit in request.Budgets.DistinctBy(limit => limit.Budget))
            Take(image, commit, request, limit, since);
        ClaimWrite.Apply(image, request, since);
    }

    private static void Take(Image image, Commit commit, PermitRequest request, BudgetLimit limit, string since)
    {
        var budget = StoredText.Of(limit.Budget);
        if (request.Budgets.Any(other => other.Budget == limit.Budget && other.Rate is not null))
        {
            (image.Starts[budget] ??= []).Add(commit.At);
            image.StartedAt = commit.At;
            image.Changes.Put(Table.BudgetStart, budget, since);
        }

        var holders = image.Holders[budget] ??= [];
        if (holders.Exists(holder => holder.Incident == request.IncidentId))
            return;
        var takes = (limit.Takes ?? commit.Resource).ToString();
        holders.Add(new Holder(request.IncidentId, takes));
        image.Changes.Put(Table.Permit, budget, request.IncidentId, since, takes);
    }

    private static int Recent(Image image, string budget, DateTimeOffset since) =>
        (image.Starts[StoredText.Of(budget)] ?? []).Count(at => at > since);

    private static void Release(Image image, string incident)
    {
        foreach (var (_, holders) in image.Holders.Rows)
            holders.RemoveAll(holder => holder.Incident == incident);
        image.Changes.Delete(Table.Permit, "incident_id", incident);
        ClaimWrite.Release(image, incident);
    }
}
