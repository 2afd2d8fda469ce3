using System.Text.Json;
using Remediator.Core.Actions;

namespace Remediator.Actions.Kubernetes.GrowVolumeClaim;

/// <summary>One claim of a plan.</summary>
/// <param name="From">What it asked for, as its manifest wrote it: the patch tests that it still does.</param>
/// <param name="Bytes">What it has.</param>
internal sealed record PlannedClaim(string Name, string Uid, string From, long Bytes)
{
    private const string Claims = "claims";

    public static KeyValuePair<string, string> Parameter(IReadOnlyList<PlannedClaim> claims) =>
        new(Claims, JsonSerializer.Serialize(claims, JsonSerializerOptions.Web));

    /// <summary>The one that is full first.</summary>
    public static IReadOnlyList<PlannedClaim> Of(ActionPlan plan) =>
        JsonSerializer.Deserialize<List<PlannedClaim>>(plan.Parameters[Claims], JsonSerializerOptions.Web) ?? [];
}
