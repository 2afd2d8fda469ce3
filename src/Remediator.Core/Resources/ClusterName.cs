namespace Remediator.Core.Resources;

/// <summary>What the cluster is called in every resource key.</summary>
public sealed record ClusterName(string Name);
