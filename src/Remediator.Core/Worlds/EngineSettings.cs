using Remediator.Core.Playbooks;

namespace Remediator.Core.Worlds;

/// <summary>
/// The settings that decisions depend on. Durations are in force as they stand here; those of playbooks are multiplied by
/// <see cref="DurationScale"/>.
/// </summary>
public sealed record EngineSettings
{
    /// <summary>Nothing acts above this, whatever a playbook says.</summary>
    public Mode Mode { get; init; } = Mode.Observe;

    /// <summary>1 in production. Tests shorten every playbook, poll and tick with it; each run journals it.</summary>
    public double DurationScale { get; init; } = 1;

    /// <summary>A view whose oldest watch was last proven longer ago decides nothing.</summary>
    public TimeSpan MaxViewAge { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>After an act's deadline, so long before anybody else may touch it: the most that two clocks may differ.</summary>
    public TimeSpan TakeoverMargin { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>A problem that comes back so soon after it was verified is a recurrence.</summary>
    public TimeSpan RecurrenceWatch { get; init; } = TimeSpan.FromHours(24);

    /// <summary>A repeat of an alert whose incident was closed is news only after this long: alerts lag behind repairs.</summary>
    public TimeSpan AlertLag { get; init; } = TimeSpan.FromMinutes(20);

    /// <summary>Changes in flight at once in the cluster.</summary>
    public int AtOncePerCluster { get; init; } = 5;

    /// <summary>Changes in flight at once in one namespace.</summary>
    public int AtOncePerNamespace { get; init; } = 2;

    /// <summary>Playbooks are lowered because of what they did. Off only in tests, whose repairs fail on purpose.</summary>
    public bool Demotes { get; init; } = true;

    /// <summary>Where people reach this server; empty where nobody has said.</summary>
    public string ExternalUrl { get; init; } = "";

    /// <summary>
    /// How long a shutdown waits for the outcome of what changes something; what is not done by then is left with its intent.
    /// </summary>
    public TimeSpan ShutdownGrace { get; init; } = TimeSpan.FromSeconds(25);

    /// <summary>Patterns <c>namespace/kind/name</c> with <c>*</c>; what matches is never changed.</summary>
    public IReadOnlyList<string> Protected { get; init; } = DefaultProtected;

    public static IReadOnlyList<string> DefaultProtected { get; } =
        ["kube-*/*/*", "*/*/*prometheus*", "*/*/*alertmanager*", "*/*/*remediator*", "*/*/kube-state-metrics*"];

    public TimeSpan Scaled(TimeSpan duration) => duration * DurationScale;

    /// <summary>How soon a refusal or a waiting decision is looked at again.</summary>
    public TimeSpan Tick => Scaled(TimeSpan.FromSeconds(15));
}
