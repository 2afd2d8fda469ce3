using System.Collections.Immutable;
using Remediator.Core.Actions;
using Remediator.Core.Events;

namespace Remediator.Core.Incidents;

/// <summary>What events do to pages that are held.</summary>
internal static class PageEvolution
{
    public static ResourceState Apply(ResourceState state, Happened happened)
    {
        if (happened is { Event: PageHoldIntended intended, IncidentId: { } id } && state.Find(id) is { } incident)
        {
            return state with { Pages = state.Pages.Add(Of(intended, incident, happened.At)) };
        }

        if (state.Pages.Find(p => p.IncidentId == happened.IncidentId) is not { } pages)
        {
            return state;
        }

        var after = After(pages, happened.Event);
        return state with { Pages = after.Alerts.IsEmpty ? state.Pages.Remove(pages) : state.Pages.Replace(pages, after) };
    }

    private static HeldPages Of(PageHoldIntended intended, Incident incident, DateTimeOffset at) => new()
    {
        IncidentId = incident.Id,
        TraceId = incident.TraceId,
        ActionId = intended.ActionId,
        Doing = incident.Run?.Plan?.Summary ?? incident.Problem,
        Until = intended.Until,
        Since = at,
        Alerts = incident.Alerts.Where(a => intended.Alerts.Contains(a.Key))
            .ToImmutableDictionary(a => a.Key, a => new HeldPage(a.Value.Name, a.Value.Own)),
    };

    private static HeldPages After(HeldPages pages, Event happened) => happened switch
    {
        PageHoldExtended e => pages with { Until = e.Until },
        PageHeld e => With(pages, e.Fingerprint, a => a with { Silence = e.Silence, Until = e.Until }),
        PageNotHeld { MayStand: true, Fingerprint: { } fingerprint } => With(pages, fingerprint, a => a with { MayStand = true }),
        PageNotHeld { Fingerprint: { } fingerprint } => pages with { Alerts = pages.Alerts.Remove(fingerprint) },
        PageReleaseFailed e => With(pages, e.Fingerprint, a => a with { Failing = e.Reason }),
        PageReleased e => pages with { Alerts = pages.Alerts.Remove(e.Fingerprint) },
        VerificationPassed => pages with { Repaired = true },
        RunEnded { Outcome: RunOutcome.Verified } or IncidentClosed { Reason: CloseReason.Verified } => pages,
        _ => pages with { Over = pages.Over ?? WhyOver(happened) },
    };

    private static HeldPages With(HeldPages pages, string fingerprint, Func<HeldPage, HeldPage> change) =>
        pages.Alerts.TryGetValue(fingerprint, out var page)
            ? pages with { Alerts = pages.Alerts.SetItem(fingerprint, change(page)) }
            : pages;

    /// <summary>Whatever ends the step, and doubt too: a page is held for a repair that does what it always did.</summary>
    private static string? WhyOver(Event happened) => happened switch
    {
        VerificationFailed e => $"the step did not help: {e.Observed}",
        ActionFailed e => $"the step failed: {e.Message}",
        ActionProbed { Answer: not ProbeAnswer.Happened } e => $"whether the step was done: {e.Message}",
        CancelIntended e => $"the step is cancelled: {e.Reason}",
        ActionInDoubt e => $"it is unknown whether the step was done: {e.Message}",
        Escalated => "people have it",
        RunEnded e => $"the run ended, {e.Outcome.ToString().ToLowerInvariant()}: {e.Reason}",
        IncidentClosed e => $"the incident is closed: {e.Detail}",
        _ => null,
    };
}
