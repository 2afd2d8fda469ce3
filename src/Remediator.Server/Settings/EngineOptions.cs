using Remediator.Core.Playbooks;
using Remediator.Core.Worlds;

namespace Remediator.Server.Settings;

/// <summary>Section <c>Engine</c>: what may be done, how much at once, and how old a view may be.</summary>
internal sealed class EngineOptions
{
    public const string Section = "Engine";

    /// <summary>observe, approve or auto: nothing acts above it, whatever a playbook says.</summary>
    public string Mode { get; set; } = "observe";

    /// <summary>What evaluates the rules: nrules or native.</summary>
    public string Rules { get; set; } = "nrules";

    /// <summary>Multiplies every duration of playbooks, polls and ticks; for tests. Each run journals it.</summary>
    public double DurationScale { get; set; } = 1;

    public TimeSpan MaxViewAge { get; set; } = TimeSpan.FromSeconds(60);

    public TimeSpan TakeoverMargin { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Playbooks are lowered because of what they did; <c>remediator promote</c> raises them again.</summary>
    public bool Demotes { get; set; } = true;

    /// <summary>How long a shutdown waits for the outcome of what changes something.</summary>
    public TimeSpan ShutdownGrace { get; set; } = TimeSpan.FromSeconds(25);

    public int AtOncePerCluster { get; set; } = 5;

    public int AtOncePerNamespace { get; set; } = 2;

    /// <summary>Patterns <c>namespace/kind/name</c> of what is never changed, besides what always is protected.</summary>
    public string[] Protected { get; set; } = [];

    public EngineSettings ToSettings() => new()
    {
        Mode = Enum.Parse<Mode>(Mode, ignoreCase: true),
        DurationScale = DurationScale,
        MaxViewAge = MaxViewAge,
        TakeoverMargin = TakeoverMargin,
        Demotes = Demotes,
        ShutdownGrace = ShutdownGrace,
        AtOncePerCluster = AtOncePerCluster,
        AtOncePerNamespace = AtOncePerNamespace,
        Protected = [.. EngineSettings.DefaultProtected, .. Protected],
    };
}
