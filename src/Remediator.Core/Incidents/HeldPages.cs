using System.Collections.Immutable;

namespace Remediator.Core.Incidents;

/// <summary>
/// The pages that are held for one step, or are about to be, until each is released. They outlive their incident, which closes when its
/// repair is verified.
/// </summary>
public sealed record HeldPages
{
    public required string IncidentId { get; init; }
    public required string TraceId { get; init; }
    public required string ActionId { get; init; }
    /// <summary>What is being done meanwhile, in words.</summary>
    public required string Doing { get; init; }
    public required DateTimeOffset Until { get; init; }
    /// <summary>When it was decided: the policy's <c>at_most</c> counts from here. The beginning of time where that is not known.</summary>
    public DateTimeOffset Since { get; init; }
    /// <summary>Why there is no reason to hold them any more; null while the repair goes on.</summary>
    public string? Over { get; init; }
    /// <summary>The step is verified; its alerts have until the deadline to end.</summary>
    public bool Repaired { get; init; }
    /// <summary>By <see cref="Core.Alerts.Alert.Id"/>, which says whose alert it is.</summary>
    public ImmutableDictionary<string, HeldPage> Alerts { get; init; } = ImmutableDictionary<string, HeldPage>.Empty;

    /// <summary>Until when somebody is kept from being paged; null where nobody is.</summary>
    public static DateTimeOffset? HeldUntil(ResourceState state, string incidentId) =>
        state.Pages.Find(p => p.IncidentId == incidentId) is { } pages
            ? pages.Alerts.Values.Where(a => a.Silence is not null).Max(a => (DateTimeOffset?)(a.Until ?? pages.Until))
            : null;
}

/// <param name="Labels">As the alert came: the silence matches them all.</param>
/// <param name="Silence">Null until one is known.</param>
/// <param name="MayStand">Nobody knows whether there is one.</param>
/// <param name="Failing">Why it could not be removed when that was last tried.</param>
/// <param name="Until">When the silence that is known ends by itself; null until one is known.</param>
public sealed record HeldPage(
    string Name, IReadOnlyDictionary<string, string> Labels, string? Silence = null, bool MayStand = false, string? Failing = null,
    DateTimeOffset? Until = null);
