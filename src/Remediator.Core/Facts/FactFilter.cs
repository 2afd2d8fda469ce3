namespace Remediator.Core.Facts;

/// <summary>
/// Facts of one name for which something holds, found by some labels: an index that views take over from each other, so that asking costs
/// the same in a cluster of any size.
/// </summary>
/// <param name="Key">Stands for what has to hold.</param>
internal sealed record FactFilter(string Name, string Key, IndexLabels By, Predicate<Fact> Holds)
{
    /// <summary>In one array as long as nothing about them changes.</summary>
    /// <param name="values">Of the labels; none may be empty.</param>
    public Fact[] In(FactView view, params string[] values) =>
        view.Bucket(Name) is { } bucket ? bucket.Index(Key, By, Holds).Find(JoinKey.Of(values), [], JoinKey.HashOf([])) : [];
}
