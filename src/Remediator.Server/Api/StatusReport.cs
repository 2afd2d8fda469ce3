using Remediator.Core.Facts;
using Remediator.Core.Journal;
using Remediator.Core.Pauses;
using Remediator.Definitions.Live;

namespace Remediator.Server.Api;

/// <summary>How the server is, for people and scripts.</summary>
internal sealed record StatusReport
{
    public required string Version { get; init; }
    public required string Mode { get; init; }
    /// <summary>Why nothing is changed now; null when nothing is paused.</summary>
    public string? Paused { get; init; }
    /// <summary>Playbooks that may do less because of what they did, each with the reason.</summary>
    public IReadOnlyDictionary<string, string> Lowered { get; init; } = new Dictionary<string, string>();
    /// <summary>Where the policy holds pages: how many verified runs in a row each playbook has.</summary>
    public IReadOnlyDictionary<string, int> VerifiedRuns { get; init; } = new Dictionary<string, int>();
    /// <summary>What people have paused by command.</summary>
    public IReadOnlyList<Pause> Pauses { get; init; } = [];
    /// <summary>Resources that the engine cannot handle, each with the reason.</summary>
    public IReadOnlyDictionary<string, string> Stuck { get; init; } = new Dictionary<string, string>();
    public required DateTimeOffset StartedAt { get; init; }
    public required TimeSpan Uptime { get; init; }
    public required ClusterStatus Cluster { get; init; }
    /// <summary>Alerts that fire and name another cluster than this one, in words; null where there are none.</summary>
    public string? OtherClusters { get; init; }
    /// <summary>What the views of the providers of facts beside the cluster's are worth.</summary>
    public IReadOnlyList<ProviderStatus> Providers { get; init; } = [];
    /// <summary>The groups of Alertmanagers that are configured with addresses.</summary>
    public IReadOnlyList<AlertmanagersStatus> Alertmanagers { get; init; } = [];
    public required DefinitionsStatus Definitions { get; init; }
    public required StoreStatus Store { get; init; }
    public required IReadOnlyList<Permit> Permits { get; init; }
    /// <summary>The newest that are not closed.</summary>
    public required IReadOnlyList<IncidentView> OpenIncidents { get; init; }
}

/// <summary>A group of Alertmanagers, as this replica last read its silences.</summary>
/// <param name="Problem">Why none of its replicas answered; empty where one did.</param>
/// <param name="Unreadable">
/// Silences with a pattern that cannot be read here, each with the reason: they hold whatever their other matchers match.
/// </param>
/// <param name="Routes">Why its alerts do not come here; null where nothing is known against it.</param>
/// <param name="Holds">Nothing that its alerts are about is changed, since its silences are not known.</param>
/// <param name="Lost">Silences that it lists no more although nobody has ended them, each with the time until which they hold.</param>
internal sealed record AlertmanagersStatus(
    string Source, DateTimeOffset? ReadAt, string Problem, int Silences, IReadOnlyList<string> Unreadable, IReadOnlyList<string> Lost,
    string? Routes = null, bool Holds = false);

/// <param name="FreshAt">Null where there is no view yet.</param>
/// <param name="Problem">Why it cannot see; empty when all is well.</param>
internal sealed record ProviderStatus(string Name, ViewState State, DateTimeOffset? FreshAt, string Problem);

/// <param name="Origin">Where the configuration came from.</param>
/// <param name="FreshAt">The time up to which every watch is known to be complete.</param>
/// <param name="Problem">Which watch has stalled and why, or why there is no cluster.</param>
internal sealed record ClusterStatus(string Name, string Origin, ViewState State, DateTimeOffset? FreshAt, string Problem);
