namespace Remediator.Facts.Connection;

/// <summary>Which cluster to look at. Nothing set means: found as kubectl finds it.</summary>
public sealed class ClusterOptions
{
    public const string Section = "Cluster";

    /// <summary>The name in every resource key; the kubeconfig's context when empty.</summary>
    public string Name { get; set; } = "";

    /// <summary>A kubeconfig to use instead of <c>KUBECONFIG</c> and <c>~/.kube/config</c>.</summary>
    public string Kubeconfig { get; set; } = "";

    /// <summary>A context to use instead of the current one.</summary>
    public string Context { get; set; } = "";
}
