namespace Remediator.Core.Resources;

/// <summary>The labels by which an alert says of which cluster it is: each shop has a word of its own.</summary>
public static class ClusterLabels
{
    public const string Default = "cluster, cluster_name, k8s_cluster, k8s_cluster_name, kubernetes_cluster, managed_cluster";

    /// <summary>The default, as a list.</summary>
    public static IReadOnlyList<string> Names { get; } = Parse(Default);

    /// <param name="text">With commas.</param>
    public static IReadOnlyList<string> Parse(string text) =>
        text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
}
