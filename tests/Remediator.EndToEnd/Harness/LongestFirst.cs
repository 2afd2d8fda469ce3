using Remediator.EndToEnd.Scenarios;
using Xunit.Sdk;
using Xunit.v3;

[assembly: TestCollectionOrderer(typeof(Remediator.EndToEnd.Harness.LongestFirst))]

namespace Remediator.EndToEnd.Harness;

/// <summary>What takes minutes begins first, so that the end does not wait for it alone.</summary>
public sealed class LongestFirst : ITestCollectionOrderer
{
    private static readonly string[] Long =
    [
        nameof(Installation), nameof(PinnedStatefulSet), nameof(EarlyAlerts), nameof(KilledAfterTheEffect), nameof(LeakingService),
        nameof(LeakingPod), nameof(HeldByPeople), nameof(SickMachine), nameof(SickInstance), nameof(NothingHelps),
        nameof(ReleasedByPeople), nameof(FullDisk),
    ];

    public IReadOnlyCollection<TTestCollection> OrderTestCollections<TTestCollection>(IReadOnlyCollection<TTestCollection> testCollections)
        where TTestCollection : ITestCollection =>
        [.. testCollections.OrderBy(c => Array.FindIndex(Long, l => IsOf(c, l)) is var at and >= 0 ? at : Long.Length)];

    private static bool IsOf(ITestCollection collection, string name) =>
        collection.TestCollectionDisplayName.Split('.', ' ').Contains(name, StringComparer.Ordinal);
}
