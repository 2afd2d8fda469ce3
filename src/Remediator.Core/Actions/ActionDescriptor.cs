namespace Remediator.Core.Actions;

public enum ActionClass { Read, Mild, Strong, Destructive }

/// <summary>What a change takes away while it works.</summary>
public enum Disrupts
{
    Nothing,
    /// <summary>One pod, which the playbook chose because it does not work.</summary>
    OnePod,
    /// <summary>All pods in turn, those that work among them.</summary>
    Rollout,
    /// <summary>It ends a rollout that fails: allowed while one is in progress.</summary>
    FailingRollout,
}

/// <summary>What an action declares of itself: everything that can be checked before anything runs.</summary>
public sealed record ActionDescriptor
{
    /// <summary>Target and act, such as <c>kubernetes.evict-pod</c>; never renamed, never reused.</summary>
    public required string Name { get; init; }
    public required ActionClass Class { get; init; }
    /// <summary>A sealed record; playbooks' <c>with</c> binds to it at load.</summary>
    public required Type Input { get; init; }
    /// <summary>One sentence for people.</summary>
    public required string Summary { get; init; }
    /// <summary>Kinds of resources that it works on; empty for any.</summary>
    public IReadOnlyList<string> Kinds { get; init; } = [];
    /// <summary>The most one application may take, waiting and retries included.</summary>
    public TimeSpan Deadline { get; init; } = TimeSpan.FromMinutes(1);
    public Disrupts Disrupts { get; init; } = Disrupts.Nothing;
    /// <summary>It changes what the object's manifest says, which a GitOps tool would revert.</summary>
    public bool ChangesManifest { get; init; }
    /// <summary>It is no repair by itself, and is taken back once the resource is well again; the action must be undoable.</summary>
    public bool Temporary { get; init; }
    /// <summary>Of every kind: what it needs of the API server, of AWS and of hosts.</summary>
    public IReadOnlyList<Permission> Permissions { get; init; } = [];
}
