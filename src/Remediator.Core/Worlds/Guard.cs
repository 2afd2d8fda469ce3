using Remediator.Core.Actions;
using Remediator.Core.Incidents;
using Remediator.Core.Playbooks;

namespace Remediator.Core.Worlds;

/// <summary>One safety check before a step that changes something. What becomes of its refusal depends on this data alone.</summary>
/// <param name="Name">As it is journalled, counted and shown; nothing is decided by it.</param>
public sealed record Guard(string Name, GuardStage Stage, Func<GuardedStep, Verdict> Check)
{
    /// <summary>
    /// It says what people have decided: that also stops an undo, an act in progress and the holding of pages, for as long as people say.
    /// </summary>
    public bool IsOfPeople { get; init; }

    /// <summary>
    /// Whether the incident is only the symptom of a larger problem, asked where there is no playbook too: then it waits for that, however
    /// long it takes, and nobody is told of it. Null for a guard that sees no larger problems.
    /// </summary>
    public Func<World, Incident, Verdict>? LargerProblem { get; init; }

    /// <summary>Whatever it holds is told to people once, by an incident of its own.</summary>
    public bool IsToldOnce { get; init; }

    /// <summary>A refusal is no reason to call a person, however long it lasts.</summary>
    public bool MayLast => IsOfPeople || IsToldOnce || LargerProblem is not null;

    /// <summary>What this guard holds the incident with; null where it does not.</summary>
    public HoldState? HoldOf(Incident incident) => incident.Hold is { } hold && hold.Guard == Name ? hold : null;
}

/// <summary>When in the decision about a step a refusal is answered, and how.</summary>
public enum GuardStage
{
    /// <summary>First of all: while it refuses, nothing is concluded from the facts.</summary>
    Sight,
    /// <summary>Once the run is known to be needed still: the resource waits, and nobody looks at it.</summary>
    Hold,
    /// <summary>The engine looks at the resource, where nothing else is in the way.</summary>
    Look,
    /// <summary>The step is passed over before a person is asked to release it: a later one may do without what it does.</summary>
    Owner,
    /// <summary>Once the step's own conditions hold: it waits until there is room for it.</summary>
    Room,
    /// <summary>Once the step is planned: a person may release it, or reads what would have been done.</summary>
    Release,
}

/// <summary>What the guards look at.</summary>
/// <param name="Step">Null while it is decided whether a run may begin at all.</param>
public sealed record GuardedStep(
    World World, ResourceState State, Incident Incident, Playbook Playbook, LadderStep? Step, ActionDescriptor? Action);

/// <summary>A guard that refuses.</summary>
public sealed record GuardRefusal(Guard Guard, Verdict Verdict)
{
    public string Reason => Verdict.Refusal!;

    /// <summary>The guard and its reason, as people read them.</summary>
    public string Message => $"{Guard.Name}: {Reason}";
}
