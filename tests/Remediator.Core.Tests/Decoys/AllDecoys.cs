namespace Remediator.Core.Tests.Decoys;

/// <summary>The ways in which other engines have done harm, and those in which ours could.</summary>
internal static class AllDecoys
{
    public static IReadOnlyList<Decoy> List { get; } = [.. DecoysOfPeople.List, .. DecoysOfTheCluster.List, .. DecoysOfAlerts.List];
}
