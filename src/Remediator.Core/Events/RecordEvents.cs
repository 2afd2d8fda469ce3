using System.Text.Json.Serialization;
using Remediator.Core.Playbooks;

namespace Remediator.Core.Events;

/// <summary>
/// A playbook may do less from now on, because of what it did. The three events of records belong to the engine, not to a resource.
/// </summary>
/// <param name="Because">The incident that speaks against it.</param>
public sealed record PlaybookDemoted(string Playbook, Mode From, Mode To, string Because, string Reason) : Event;

/// <summary>A person raised it again.</summary>
public sealed record PlaybookPromoted(string Playbook, Mode To, string Reason) : Event;

/// <summary>A person says what a repair was worth.</summary>
public sealed record RepairJudged(string Playbook, string Incident, Judgement Judgement, string Reason) : Event;

[JsonConverter(typeof(JsonStringEnumConverter<Judgement>))]
public enum Judgement
{
    /// <summary>The engine acted although nothing was wrong.</summary>
    False,
    /// <summary>A person took the repair back.</summary>
    Undone,
}
