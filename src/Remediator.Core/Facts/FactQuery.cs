namespace Remediator.Core.Facts;

/// <summary>
/// The facts that are looked through, and the labels that they are found by. A view looks its indexes up once for each query object.
/// </summary>
/// <param name="name">Kind or alertname; null for alerts of all names that <paramref name="means"/> accepts.</param>
internal sealed class FactQuery(string? name, Predicate<string> means, IndexLabels labels)
{
    public IndexedBucket[] In(FactView view) => name is null
        ? [.. view.Alerts.Where(b => means(b.Name)).Select(Indexed)]
        : view.Bucket(name) is { } bucket ? [Indexed(bucket)] : [];

    private IndexedBucket Indexed(FactBucket bucket) => new(bucket, bucket.Index(labels));
}

internal readonly record struct IndexedBucket(FactBucket Bucket, FactIndex Index);
