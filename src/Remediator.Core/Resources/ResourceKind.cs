namespace Remediator.Core.Resources;

/// <summary>
/// One kind of resource: a row of <see cref="ResourceKinds"/>. What a row does not say is as it is for a thing that is only named.
/// </summary>
/// <param name="Name">As keys write it.</param>
public sealed record ResourceKind(string Name)
{
    /// <summary>What Kubernetes calls it; empty where it is no object there.</summary>
    public string ApiKind { get; init; } = "";

    /// <summary>The kind of fact that shows one; empty where none does.</summary>
    public string Fact { get; init; } = "";

    /// <summary>Pods belong to it, or it is a bare pod.</summary>
    public bool IsWorkload { get; init; }

    /// <summary>It has a pod template, and its controller brings changes of it to the pods.</summary>
    public bool RollsOut { get; init; }

    /// <summary>Its controller replaces a lost pod.</summary>
    public bool ReplacesPods { get; init; }

    public PodNames PodNames { get; init; }

    /// <summary>A playbook can be for it.</summary>
    public bool IsRepairable { get; init; }

    /// <summary>Facts show all of them and which of them are unhealthy, so that a limit can be a share of them.</summary>
    public bool IsCounted { get; init; }

    /// <summary>Others depend on it: while one has an open incident, others may wait for it.</summary>
    public bool IsCause { get; init; }

    /// <summary>A machine or a part of one: nothing that has a namespace.</summary>
    public bool IsOnMachine { get; init; }

    /// <summary>There are some that belong to no cluster.</summary>
    public bool MayBeOutside { get; init; }

    /// <summary>An address may be all that is known of it, so that its alerts keep the labels that tell who serves it.</summary>
    public bool IsByAddress { get; init; }

    /// <summary>Labels of alerts that name one outright.</summary>
    public IReadOnlyList<SubjectLabel> Labels { get; init; } = [];

    /// <summary>The labels by which facts belong to one, and what they say.</summary>
    public IReadOnlyList<OwnLabel> Own { get; init; } = [];

    /// <summary>What nobody else may work on meanwhile: what is above and below it.</summary>
    public IReadOnlyList<Relation> SharedWith { get; init; } = [];

    /// <summary>The key of one by the labels of a fact that shows it.</summary>
    public ResourceKey KeyOf(string cluster, Func<string, string> label) => IsWorkload
        ? new(cluster, label("workload_kind"), label("namespace"), label("workload"))
        : new(cluster, Name, "", label(Fact));
}

/// <summary>How the pods of a workload are called: its own name, and then what.</summary>
public enum PodNames
{
    None,
    /// <summary>A number.</summary>
    Ordinal,
    /// <summary>Random letters.</summary>
    Random,
    /// <summary>The hash of a template, and random letters.</summary>
    HashAndRandom,
    /// <summary>A number that tells the time, and random letters.</summary>
    TimeAndRandom,
}

/// <param name="InNamespace">The alert's label <c>namespace</c> is a part of the name.</param>
/// <param name="Beside">Another label without which this one may mean anything.</param>
public sealed record SubjectLabel(string Label, bool InNamespace = true, string Beside = "");

public sealed record OwnLabel(string Label, Func<ResourceKey, string> Value);

/// <summary>How the key of another resource follows from what is known of one.</summary>
/// <param name="Fact">The kind of facts of the resource whose labels tell it; empty where its own labels do.</param>
/// <param name="Key">From labels; the cluster is filled in later.</param>
public sealed record Relation(string Fact, Func<Func<string, string>, ResourceKey> Key);
