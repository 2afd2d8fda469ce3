using System.Collections.Frozen;
using Remediator.Core.Resources;

namespace Remediator.Core.Facts;

/// <summary>The labels by which facts belong to a resource.</summary>
internal sealed record ResourceScope(IndexLabels Labels, JoinKey Key)
{
    private static readonly FrozenDictionary<IReadOnlyList<OwnLabel>, IndexLabels> Known =
        ResourceKinds.All.Select(k => k.Own).Distinct().ToFrozenDictionary(o => o, o => new IndexLabels([.. o.Select(l => l.Label)], []));

    /// <returns>Null for resources that nothing is known of.</returns>
    public static ResourceScope? Of(ResourceKey resource)
    {
        var own = ResourceKinds.Of(resource).Own;
        if (own.Count == 0)
        {
            return null;
        }

        var values = new string[own.Count];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = own[i].Value(resource);
        }

        return new(Known[own], JoinKey.Of(values));
    }

    public Fact[] In(FactBucket bucket) => bucket.Index(Labels).Find(Key, [], JoinKey.HashOf([]));
}
