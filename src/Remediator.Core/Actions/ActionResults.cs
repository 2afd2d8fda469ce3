using System.Text.Json.Serialization;
using Remediator.Core.Facts;
using Remediator.Core.Resources;

namespace Remediator.Core.Actions;

/// <summary>One field of one object, before and after.</summary>
public sealed record Change(string Target, string Field, string Before, string After);

/// <summary>
/// What an action would do. Stored in the intent: with it alone the action can be applied, probed and undone after a restart.
/// </summary>
public sealed record ActionPlan
{
    /// <summary>One sentence for people: <c>evict pod shop/api-7c9f-x2x1z on node-1, which restarted 7 times</c>.</summary>
    public required string Summary { get; init; }
    public IReadOnlyList<Change> Changes { get; init; } = [];
    /// <summary>What has to be true at the target when the change is made: uid, resourceVersion, the old value.</summary>
    public IReadOnlyDictionary<string, string> Preconditions { get; init; } = new Dictionary<string, string>();
    /// <summary>What the action itself needs again later.</summary>
    public IReadOnlyDictionary<string, string> Parameters { get; init; } = new Dictionary<string, string>();
    /// <summary>
    /// What is missing elsewhere while it is done: the node that goes away with its machine. Null where that is the resource itself, or
    /// nothing.
    /// </summary>
    public Taken? Takes { get; init; }
    /// <summary>What should be won, each amount once: bytes, inodes, descriptors. Empty where that cannot be said.</summary>
    public IReadOnlyList<Gain> Gains { get; init; } = [];
}

/// <summary>
/// A resource that cannot be counted on while an act goes on. Its budgets have to have room for it, and nobody else may work on it.
/// </summary>
/// <param name="Resource">Its key: <c>prod/node//n1</c>.</param>
/// <param name="AtMost">How long it is missing.</param>
public sealed record Taken(string Resource, TimeSpan AtMost)
{
    [JsonIgnore]
    public ResourceKey Key => ResourceKey.Parse(Resource);
}

/// <summary>So much of something.</summary>
/// <param name="Of">In words, with the unit where it has one: <c>bytes on /var</c>, <c>descriptors</c>.</param>
public sealed record Gain(string Of, long Amount);

/// <summary>Either a plan, or the reason why nothing should be done.</summary>
public sealed record PlanResult
{
    public ActionPlan? Plan { get; private init; }
    public string? Refusal { get; private init; }
    public static PlanResult Planned(ActionPlan plan) => new() { Plan = plan };
    public static PlanResult Refused(string reason) => new() { Refusal = reason };
}

/// <summary>What an applied or undone action did, as seen at the target.</summary>
public sealed record ActionOutcome(string Message)
{
    public IReadOnlyList<Change> Changes { get; init; } = [];
    /// <summary>Where it goes on after the call.</summary>
    public Began? Began { get; init; }
    /// <summary>What was measured afterwards, named as in the plan.</summary>
    public IReadOnlyList<Gain> Gains { get; init; } = [];
}

[JsonConverter(typeof(JsonStringEnumConverter<ProbeAnswer>))]
public enum ProbeAnswer { Happened, DidNotHappen, Unknown }

public sealed record ProbeResult(ProbeAnswer Answer, string Message)
{
    /// <summary>It was begun, and what to ask for it with.</summary>
    public Began? Began { get; init; }
}

/// <summary>An act that goes on: its progress is in the journal, and any replica can look at it.</summary>
/// <param name="Handle">All that a look needs besides the plan: an activity's id, or the name of what was made. No secrets.</param>
/// <param name="LookAgain">How long between two looks; scaled as a playbook's durations are.</param>
/// <param name="Within">The most that it may take; scaled likewise. A later <see cref="Began"/> of the same act does not extend it.</param>
public sealed record Began(string Handle, TimeSpan LookAgain, TimeSpan Within);

[JsonConverter(typeof(JsonStringEnumConverter<ActState>))]
public enum ActState
{
    InProgress,
    Done,
    Failed,
    /// <summary>Nobody can tell; it is never done again, and a person has to look.</summary>
    Unknown,
}

/// <summary>One look at an act that goes on.</summary>
/// <param name="Seen">In words. It is journalled whenever it changes, so it holds no times.</param>
public sealed record ActStatus(ActState State, string Seen)
{
    /// <summary>It does not go on by itself: it has to be applied again, under the same id, with what is left to do.</summary>
    public bool NeedsPush { get; init; }
    public IReadOnlyList<Change> Changes { get; init; } = [];
    /// <summary>What was measured once it was done, named as in the plan.</summary>
    public IReadOnlyList<Gain> Gains { get; init; } = [];
}

/// <summary>
/// One look at a repair. There are three answers: good, bad, and <see cref="Open"/>: not to be seen yet.
/// </summary>
/// <param name="Stability">
/// Has to stay the same while <paramref name="Good"/> holds; a change (a reboot) begins the stable time again.
/// </param>
public sealed record CheckResult(bool Good, string Observed, string Stability = "")
{
    /// <summary>
    /// Nothing speaks against the repair, and not enough for it: something is still being started. Never set where it is good.
    /// </summary>
    public bool Open { get; init; }

    /// <summary>
    /// Nothing is there that could be judged, and nothing should be: it is scaled to 0. Set with <see cref="Open"/> only.
    /// </summary>
    public bool Nothing { get; init; }

    /// <summary>The resource looks good, and what was wrong with it still shows. Set with <see cref="Open"/> only.</summary>
    public bool ProblemShows { get; init; }

    /// <summary>
    /// How far a rollout or a start has come; more than ever before is progress, and time does not run while there is some.
    /// </summary>
    public long Progress { get; init; }

    /// <summary>How long the resource itself allows until it can be seen whether it is good.</summary>
    public TimeSpan Needs { get; init; }

    /// <summary>How long it has to be good at the least, where what was seen of the trouble says that it comes slowly.</summary>
    public TimeSpan StableFor { get; init; }

    /// <summary>How often that pod of it has restarted that restarted least; null where it has none.</summary>
    public int? LeastRestarts { get; init; }

    /// <summary>When a container of it last ended that should run, by the cluster's clock; null where none has. A later one begins the
    /// stable time again, and what comes or goes does not.</summary>
    public DateTimeOffset? EndedAt { get; init; }
}

/// <summary>What was read before anything was touched. Text is bounded and masked already.</summary>
public sealed record Evidence(string Title, string Text)
{
    /// <summary>Facts that a rung's <c>when</c> may use: <c>evidence{killed_by_probe="true"}</c>.</summary>
    public IReadOnlyList<Fact> Facts { get; init; } = [];
    /// <summary>Values for messages: <c>{{ evidence.reason }}</c>.</summary>
    public IReadOnlyDictionary<string, string> Values { get; init; } = new Dictionary<string, string>();
}

/// <summary>What people are told of an incident.</summary>
public sealed record Notification
{
    public required string IncidentId { get; init; }
    public required string Resource { get; init; }
    public required IReadOnlyDictionary<string, string> Labels { get; init; }
    public required string Problem { get; init; }
    public required string Severity { get; init; }
    public required string Message { get; init; }
    /// <summary>Why the engine stopped.</summary>
    public required string Reason { get; init; }
    public required IReadOnlyList<string> Tried { get; init; }
    public string? NextStep { get; init; }
    /// <summary>The last lines that tell the most, masked.</summary>
    public required string Evidence { get; init; }
    public required DateTimeOffset StartsAt { get; init; }
    /// <summary>
    /// In the future while the incident is open: the receiver forgets it then unless it is told again. In the past once it is closed.
    /// </summary>
    public required DateTimeOffset EndsAt { get; init; }
    public string TraceId { get; init; } = "";
    /// <summary>What a person is asked to release; null where nobody is asked.</summary>
    public WaitsForApproval? Waits { get; init; }
}

/// <summary>A step that a person has to release.</summary>
/// <param name="Until">When it is handed to people as one that nobody has released; it can still be released after that.</param>
/// <param name="Command">What releases it, to be copied.</param>
public sealed record WaitsForApproval(string Step, ActionPlan Plan, DateTimeOffset Until, string Command);

[JsonConverter(typeof(JsonStringEnumConverter<FailureKind>))]
public enum FailureKind
{
    /// <summary>The same attempt may succeed later.</summary>
    Transient,
    /// <summary>Trying again cannot help.</summary>
    Permanent,
    /// <summary>A write may have happened: look before anything else.</summary>
    Unknown,
}

public sealed class ActionFailedException(FailureKind kind, string message, Exception? inner = null) : Exception(message, inner)
{
    public FailureKind Kind { get; } = kind;
}
