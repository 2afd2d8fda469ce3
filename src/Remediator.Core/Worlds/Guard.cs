using Remediator.Core.Actions;
using Remediator.Core.Incidents;
using Remediator.Core.Playbooks;

namespace Remediator.Core.Worlds;

/// <summary>One safety check before a step that changes something.</summary>
/// <param name="Name">As it is journalled, counted and shown.</param>
public sealed record Guard(string Name, Func<GuardedStep, Verdict> Check);

/// <summary>What the guards look at.</summary>
/// <param name="Step">Null while it is decided whether a run may begin at all.</param>
public sealed record GuardedStep(
    World World, ResourceState State, Incident Incident, Playbook Playbook, LadderStep? Step, ActionDescriptor? Action);
