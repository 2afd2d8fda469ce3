using Remediator.Core.Resources;

namespace Remediator.Facts.Connection;

/// <summary>Which cluster to look at. Nothing set means: found as kubectl finds it.</summary>
public sealed class ClusterOptions
{
    public const string Section = "Cluster";

    /// <summary>The name in every resource key; the kubeconfig's context when empty.</summary>
    public string Name { get; set; } = "";

    /// <summary>Labels of alerts that say of which cluster they are, with commas; the first that an alert carries decides.</summary>
    public string Labels { get; set; } = ClusterLabels.Default;

    /// <summary>A kubeconfig to use instead of <c>KUBECONFIG</c> and <c>~/.kube/config</c>.</summary>
    public string Kubeconfig { get; set; } = "";

    /// <summary>A context to use instead of the current one.</summary>
    public string Context { get; set; } = "";
}
