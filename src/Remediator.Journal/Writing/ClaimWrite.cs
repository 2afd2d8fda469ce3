using Remediator.Core.Journal;
using Remediator.Core.Language;
using Remediator.Core.Resources;

namespace Remediator.Journal.Writing;

/// <summary>
/// Claims, as of readers and writers: what one incident holds alone nobody else holds at all; what is shared, any number may hold.
/// </summary>
internal static class ClaimWrite
{
    public static void Ask(Image image, PermitRequest request)
    {
        foreach (var resource in request.Claims.Concat(request.Shared).Select(resource => resource.ToString()))
        {
            image.Claims.Want(resource);
            image.Shared.Want(resource);
        }
    }

    public static string? Refusal(Image image, PermitRequest request, HashSet<string> free)
    {
        bool IsOther(string holder) => holder != request.IncidentId && !free.Contains(holder);
        foreach (var resource in request.Claims.Concat(request.Shared))
        {
            if (image.Claims[resource.ToString()] is { } holder && IsOther(holder))
                return Claimed(resource, holder);
        }

        foreach (var resource in request.Claims)
        {
            if (image.Shared[resource.ToString()]?.Find(IsOther) is { } holder)
                return HeldReason.Of($"Resource {resource.Display} is shared with work above or below it", $"incident {holder}");
        }

        return null;
    }

    public static void Apply(Image image, PermitRequest request, string since)
    {
        foreach (var resource in request.Claims.Select(claim => claim.ToString()).Where(resource => !image.Claims.Has(resource)))
        {
            image.Claims[resource] = request.IncidentId;
            image.Changes.Put(Table.Claim, resource, request.IncidentId, since);
        }

        foreach (var resource in request.Shared.Select(claim => claim.ToString()))
        {
            var holders = image.Shared[resource] ??= [];
            if (holders.Contains(request.IncidentId))
                continue;
            holders.Add(request.IncidentId);
            image.Changes.Put(Table.SharedClaim, resource, request.IncidentId, since);
        }
    }

    public static void Release(Image image, string incident)
    {
        foreach (var (resource, _) in image.Claims.Rows.Where(claim => claim.Value == incident).ToArray())
            image.Claims.Remove(resource);
        foreach (var (_, holders) in image.Shared.Rows)
            holders.Remove(incident);
        image.Changes.Delete(Table.Claim, "incident_id", incident);
        image.Changes.Delete(Table.SharedClaim, "incident_id", incident);
    }

    private static string Claimed(ResourceKey resource, string holder) =>
        HeldReason.Of($"Resource {resource.Display} is claimed", $"incident {holder}");
}
