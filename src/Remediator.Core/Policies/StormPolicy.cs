namespace Remediator.Core.Policies;

/// <summary>When so much is broken at the same time that the cause is elsewhere, and single repairs would only do harm.</summary>
public sealed record StormPolicy
{
    /// <summary>
    /// Nodes of one zone that are not ready. node-healthcheck-operator stops below <c>minHealthy: 51%</c>, and Kubernetes itself takes a
    /// zone for disrupted from 55 % on (<c>unhealthyZoneThreshold</c>) and slows down; what acts more strongly than Kubernetes has to stop
    /// before it. Kubernetes wants three sick nodes at least; two are enough here, because a zone of three that has lost two must not lose
    /// the last one.
    /// </summary>
    public StormThreshold ZoneNodes { get; init; } = new(0.49, 2);

    /// <summary>
    /// Nodes of the whole cluster that are not ready: the <c>maxUnhealthy: 40%</c> that Cluster API's documentation sets for a
    /// MachineHealthCheck. Two zones in a storm are one of the cluster, whatever their share.
    /// </summary>
    public StormThreshold ClusterNodes { get; init; } = new(0.40, 3);

    /// <summary>
    /// Workloads of the whole cluster that crash or are not available. They share causes (DNS, a registry, a database) more than nodes do,
    /// so the share is lower; the floor is twice what the engine changes at once in a cluster, so that a few broken ones of a small cluster
    /// are repaired.
    /// </summary>
    public StormThreshold ClusterWorkloads { get; init; } = new(0.30, 10);

    /// <summary>
    /// Workloads of one namespace that crash or are not available. Those of a namespace belong together, and a single one takes those that
    /// call it along: hence the larger share. The floor is one more than twice what the engine changes at once in a namespace.
    /// </summary>
    public StormThreshold NamespaceWorkloads { get; init; } = new(0.50, 5);

    /// <summary>
    /// A storm is told to people once it has lasted so long; until then it only holds. A node that joins is not ready for most of a minute.
    /// </summary>
    public TimeSpan ToldAfter { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>
    /// How long there must be no storm before anything is changed again. node-healthcheck-operator calls it <c>stormCooldownDuration</c>;
    /// ten minutes is how long a node has to be ready before it is regarded as repaired.
    /// </summary>
    public TimeSpan Cooldown { get; init; } = TimeSpan.FromMinutes(10);
}

/// <param name="Share">A storm is more than this share, from 0 to 1.</param>
/// <param name="AtLeast">And no fewer than so many.</param>
public sealed record StormThreshold(double Share, int AtLeast)
{
    /// <summary>False for an empty set.</summary>
    public bool IsExceededBy(int sick, int total) => total > 0 && sick >= AtLeast && sick > Share * total;
}
