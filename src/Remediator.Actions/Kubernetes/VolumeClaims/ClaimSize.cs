using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using k8s.Models;
using Remediator.Actions.Kubernetes.Api;
using Remediator.Core.Actions;

namespace Remediator.Actions.Kubernetes.VolumeClaims;

/// <summary>How large a claim is, and is asked to be.</summary>
internal static class ClaimSize
{
    private const string Storage = "storage";

    /// <summary>What it asks for, as its manifest writes it.</summary>
    public static string Requested(this V1PersistentVolumeClaim claim) => Text(claim.Spec?.Resources?.Requests);

    public static long RequestedBytes(this V1PersistentVolumeClaim claim) => Bytes(claim.Requested());

    /// <summary>What it has: the volume, and the file system on it.</summary>
    public static long CapacityBytes(this V1PersistentVolumeClaim claim) => Bytes(Text(claim.Status?.Capacity));

    public static V1PersistentVolumeClaimCondition? Condition(this V1PersistentVolumeClaim claim, string type) =>
        claim.Status?.Conditions?.FirstOrDefault(c => c.Type == type && c.Status == "True");

    /// <summary>
    /// In a word of Kubernetes, how making it larger goes, such as <c>NodeResizeInfeasible</c>; empty before Kubernetes 1.31.
    /// </summary>
    public static string Resizing(this V1PersistentVolumeClaim claim) =>
        claim.Status?.AllocatedResourceStatuses?.TryGetValue(Storage, out var status) == true ? status : "";

    public static ClaimGrown? Grown(this V1PersistentVolumeClaim claim) =>
        claim.Metadata.Annotations?.TryGetValue(Marks.ClaimGrown, out var mark) == true ? ClaimGrown.Read(mark) : null;

    public static string Show(long bytes) => new Quantity(bytes).ToString();

    internal static string Text(IDictionary<string, ResourceQuantity>? amounts, string name = Storage) =>
        amounts?.TryGetValue(name, out var amount) == true ? amount.ToString() : "";

    /// <summary>0 for what is no amount.</summary>
    internal static long Bytes(string amount) => Quantity.TryParse(amount, null, out var quantity) ? quantity.Bytes : 0;
}

/// <summary>What the mark on a claim keeps of its growth.</summary>
/// <param name="At">The far future where it cannot be read, as doubt means no.</param>
internal sealed record ClaimGrown(DateTimeOffset At, string ActionId, string IncidentId, string From, string To)
{
    public string ToJson() => JsonSerializer.Serialize(this, JsonSerializerOptions.Web);

    [JsonIgnore]
    public string Day => At.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    public static ClaimGrown Read(string mark)
    {
        try
        {
            return JsonSerializer.Deserialize<ClaimGrown>(mark, JsonSerializerOptions.Web) is { ActionId.Length: > 0 } read ? read : Unread;
        }
        catch (JsonException)
        {
            return Unread;
        }
    }

    private static ClaimGrown Unread { get; } = new(DateTimeOffset.MaxValue, "", "", "", "");
}
