using Remediator.Core.Actions;
using Remediator.Core.Policies;
using Remediator.Definitions.Yaml;

namespace Remediator.Definitions.Reading;

/// <summary>Reads the key <c>claims</c> of the policy: the claims to volumes that may become larger, and up to what.</summary>
internal sealed class ClaimsReader(FaultList faults, PolicyMatchReader matches)
{
    internal static readonly string[] Keys = ["match", "to"];
    internal static readonly string[] Required = ["to"];

    private static readonly string[] Labels = ["cluster", "namespace", "name"];
    private static readonly Quantity Least = new(1L << 30);

    public IReadOnlyList<GrowingClaim> Read(MapReader policy) =>
    [
        .. policy.Items("claims").Select(i => MapReader.Of(i, faults, "an item of 'claims'", Keys)).OfType<MapReader>()
            .Select(ClaimOf).OfType<GrowingClaim>(),
    ];

    private GrowingClaim? ClaimOf(MapReader item)
    {
        var match = matches.Read(item);
        if (match.Labels.Keys.Except(Labels).Order(StringComparer.Ordinal).FirstOrDefault() is { } label)
            faults.At(item.Find("match")!, $"a claim is not matched by '{label}'; there are {string.Join(", ", Labels)}");
        if (item.RequireScalar("to") is not { } to) return null;
        if (Quantity.TryParse(to.Value, null, out var most) && most.Bytes >= Least.Bytes) return new(match, most.Bytes);
        faults.At(to, $"'to' is '{to.Value}'; expected an amount such as 200Gi, and at least {Least}");
        return null;
    }
}
