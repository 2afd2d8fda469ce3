using Remediator.Core.Resources;

namespace Remediator.Core.Facts;

/// <summary>The labels by which facts belong to a resource.</summary>
internal sealed record ResourceScope(IndexLabels Labels, JoinKey Key)
{
    private static readonly IndexLabels Workload = new(["namespace", "workload", "workload_kind"], []);
    private static readonly IndexLabels Claim = new(["namespace", "persistentvolumeclaim"], []);
    private static readonly IndexLabels Node = new(["node"], []);
    private static readonly IndexLabels Namespace = new(["namespace"], []);

    /// <returns>Null for resources that nothing is known of.</returns>
    public static ResourceScope? Of(ResourceKey resource) => resource.Kind switch
    {
        "node" => new(Node, JoinKey.Of([resource.Name])),
        "pvc" => new(Claim, JoinKey.Of([resource.Namespace, resource.Name])),
        "namespace" => new(Namespace, JoinKey.Of([resource.Name])),
        // Pods may belong to controllers of any kind.
        _ when resource.Namespace.Length > 0 => new(Workload, JoinKey.Of([resource.Namespace, resource.Name, resource.Kind])),
        _ => null,
    };

    public Fact[] In(FactBucket bucket) => bucket.Index(Labels).Find(Key, [], JoinKey.HashOf([]));
}
