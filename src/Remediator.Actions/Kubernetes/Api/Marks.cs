namespace Remediator.Actions.Kubernetes.Api;

/// <summary>What the engine writes on objects, so that everybody can see who did it.</summary>
internal static class Marks
{
    public const string FieldManager = "remediator";
    public const string ActionId = "remediator.io/action-id";

    /// <summary>The value of <see cref="ActionId"/> once the action was taken back.</summary>
    public static string Undone(string actionId) => $"{actionId}-undone";

    /// <summary>On a node that we have cordoned: the action that did it.</summary>
    public const string Cordoned = "remediator.io/cordoned";

    /// <summary>On a node that we drain: the action that does it.</summary>
    public const string Draining = "remediator.io/draining";

    /// <summary>On a node that we drain, from before the first eviction: the action that does it.</summary>
    public const string Evicting = "remediator.io/evicting";

    /// <summary>On a node whose pods we have evicted, while their volumes are waited for: the action, and since when.</summary>
    public const string Emptied = "remediator.io/emptied";

    /// <summary>On a node that we drain and that we had cordoned before: the action that drains it.</summary>
    public const string CordonedBefore = "remediator.io/cordoned-before";

    /// <summary>On a node that we have taken out of load balancers: the action that did it.</summary>
    public const string OutOfLoadBalancers = "remediator.io/out-of-load-balancers";
    public const string RestartedAt = "remediator.io/restarted-at";
    /// <summary>Set by a user where going back would break something, such as after a migration of data.</summary>
    public const string NoUndo = "remediator.io/no-undo";
    /// <summary>Set to <c>safe</c> by a user where going back is safe even after an init container has changed data.</summary>
    public const string Undo = "remediator.io/undo";

    public static bool IsUndoSafe(IReadOnlyDictionary<string, string> annotations) => annotations.GetValueOrDefault(Undo) == "safe";

    /// <summary>Set by a user to allow raising the memory limit; the value is the ceiling.</summary>
    public const string RaiseMemoryLimit = "remediator.io/raise-memory-limit";
    public const string MemoryLimitRaised = "remediator.io/memory-limit-raised";

    /// <summary>On a claim that we have made larger: when, from what, and by which action.</summary>
    public const string ClaimGrown = "remediator.io/claim-grown";
    public const string ChangeCause = "kubernetes.io/change-cause";
}
