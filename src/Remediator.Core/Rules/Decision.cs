using System.Collections.Frozen;
using System.Text.Json.Serialization;

namespace Remediator.Core.Rules;

[JsonConverter(typeof(JsonStringEnumConverter<DecisionKind>))]
public enum DecisionKind { None, Run, Suppress, Escalate }

/// <summary>What the rules say about one alert on one view, and the whole reason for it. Stored with the incident.</summary>
public sealed record Decision
{
    public required DecisionKind Kind { get; init; }
    /// <summary>Name of the rule that won; null for <see cref="DecisionKind.None"/>.</summary>
    public string? Rule { get; init; }
    /// <summary>For <see cref="DecisionKind.Run"/>.</summary>
    public string? Playbook { get; init; }
    /// <summary>The rule's <c>with</c>, rendered.</summary>
    public IReadOnlyDictionary<string, string> With { get; init; } = FrozenDictionary<string, string>.Empty;
    /// <summary>For suppress and escalate: the message, rendered. For none, where it was about an incident: why.</summary>
    public string Message { get; init; } = "";
    /// <summary>For escalate: labels and values that share one incident; empty for an incident of its own.</summary>
    public IReadOnlyDictionary<string, string> Group { get; init; } = FrozenDictionary<string, string>.Empty;
    /// <summary>The rule must win continuously for so long before it is followed.</summary>
    public TimeSpan For { get; init; }
    /// <summary>The alert as the rules saw it: with the labels of its resource.</summary>
    public required string Alert { get; init; }
    public required string RulesRevision { get; init; }
    public required long ViewVersion { get; init; }
    public required DateTimeOffset ViewAt { get; init; }
    /// <summary>Every rule for this alertname, in the order of their names, with every condition answered.</summary>
    public required IReadOnlyList<CandidateTrace> Trace { get; init; }

    /// <summary>Whether the alert is one that some rule asks for, whatever the facts say.</summary>
    public bool SomeRuleAsksForTheAlert() => Trace.Any(c => !c.Conditions.Any(t => t is { Clause: "alert", Ok: false }));

    /// <summary>The whole decision as lines for people.</summary>
    public string Explain() => Explanation.Of(this);
}

public sealed record CandidateTrace(string Rule, string Place, bool Matched, IReadOnlyList<ConditionTrace> Conditions);
