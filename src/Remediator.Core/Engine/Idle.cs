using Remediator.Core.Incidents;
using Remediator.Core.Rules;
using Remediator.Core.Worlds;

namespace Remediator.Core.Engine;

/// <summary>An open incident without a run, and what the rules say of it now.</summary>
internal sealed record Idle(ResourceState State, Incident Incident, World World)
{
    private Decision? _decision;

    public Decision Decision => _decision ??= RuleChoices.Decide(Incident, World);

    /// <summary>The same as it is journalled.</summary>
    public RuleChoice Choice => Incident.Choice!;

    /// <summary>When to look again at the latest.</summary>
    public DateTimeOffset Tick => World.Now + World.Settings.Tick;
}
