using System.Collections.Immutable;
using Remediator.Core.Alerts;
using Remediator.Core.Events;
using Remediator.Core.Language;
using Remediator.Core.Rules;

namespace Remediator.Core.Incidents;

/// <summary>State + event -> state. Never decides, never fails: what is in the journal did happen.</summary>
public static class Evolution
{
    /// <summary>How long the last word on an alert is remembered.</summary>
    public static readonly TimeSpan SeenFor = TimeSpan.FromHours(48);

    private const int MaxSeen = 500;

    /// <summary>No limit may be higher: of what is forgotten nothing is counted.</summary>
    internal const int MaxRunsKept = 20;

    public static ResourceState Apply(this ResourceState state, Happened happened)
    {
        state = happened.Event is AlertObserved { Alert: { Source: not null } alert } && AlertSource.Of(alert.Fingerprint) is null
            ? Owned(state, alert)
            : state;
        var after = happened.Event switch
        {
            AlertObserved e => state with { Seen = Remember(
                state.Seen, e.Alert.Id, new(e.Alert.StartsAt, e.Alert.Status is AlertStatus.Firing, happened.At), happened.At) },
            AlertCleared e => Cleared(state, e, happened.At),
            IncidentOpened e => state with { Incidents = state.Incidents.Add(Opened(e, happened)) },
            _ => state,
        };
        after = PageEvolution.Apply(after, happened);
        return happened.IncidentId is { } id && after.Find(id) is { } incident ? Apply(after, incident, happened) : after;
    }

    public static ResourceState Apply(this ResourceState state, IEnumerable<Happened> happened) => happened.Aggregate(state, Apply);

    private static ResourceState Apply(ResourceState state, Incident incident, Happened happened)
    {
        switch (happened.Event)
        {
            case IncidentClosed closed:
                return Closed(state, incident, closed, happened.At);
            case RunStarted:
                state = WithHistory(state, incident.Problem, h => h with { Runs = Last(h.Runs.Add(happened.At)) });
                break;
            case RepairsStopped stopped:
                state = WithHistory(state, stopped.Problem, h => h with { Stopped = true });
                break;
            case RepairAllowed allowed:
                state = WithHistory(state, allowed.Problem, h => h with { Stopped = false, Verified = [], Runs = [] });
                break;
            case RunEnded ended:
                state = WithHistory(state, incident.Problem, h => AfterRun(h, incident, ended, happened.At));
                break;
        }

        var changed = RunEvolution.Apply(Incidental(incident, happened), happened);
        return state with { Incidents = state.Incidents.Replace(incident, changed) };
    }

    private static Incident Incidental(Incident incident, Happened happened) => happened.Event switch
    {
        AlertObserved e => AlertsOfIncident.Observe(
            incident, e.Alert.Id, new(e.Alert.Name, e.Labels, e.Alert.StartsAt, e.Alert.Status is AlertStatus.Firing, e.Alert.Labels)),
        Decided e => incident with { Choice = Chosen(e.Decision, incident.Choice, happened.At), Hold = null, ObservedUnder = null },
        ProblemChanged e => incident with { Problem = e.To, Hold = null, ObservedUnder = null },
        Held e =>
            incident with { Hold = new(e.Guard, e.Reason, incident.Hold?.Guard == e.Guard ? incident.Hold.Since : happened.At, e.RetryAt) },
        HoldEnded => incident with { Hold = null },
        EvidenceCollected e => incident with
        {
            EvidenceKept = true,
            EvidenceFacts = [.. e.Items.SelectMany(i => i.Facts).Take(Kept.MostFacts)],
            EvidenceValues = e.Items.SelectMany(i => i.Values)
                .Concat(Missing(e.Items))
                .Concat(For(incident.Choice))
                .Aggregate(
                    ImmutableDictionary<string, string>.Empty, (all, v) => all.SetItem(v.Key, Excerpt.EndOf(v.Value, Kept.LongestValue))),
        },
        Looked e => incident with { Looked = Saw(e, incident.Looked) },
        VerificationPassed when incident.Temporary is { } temporary => incident with { Temporary = temporary with { Recovered = true } },
        ActionUndone e when incident.Temporary?.Run.ActionId == e.ActionId =>
            incident with {
                Temporary = incident.Temporary.Before is { } before ? before with { Recovered = incident.Temporary.Recovered } : null,
                Hold = null,
                Tried = incident.Run is null ? incident.Tried.With($"undone: {e.Message}") : incident.Tried },
        UndoIntended e when incident.Run is null && incident.Temporary is { } temporary =>
            incident with {
                Hold = null,
                Temporary = temporary with { Run = temporary.Run with {
                    NotAfter = e.NotAfter,
                    InProgress = RunEvolution.Act(temporary.Run, a => a with { NeedsPush = false }) } } },
        ActionBegan { Undo: true } e when incident.Run is null && incident.Temporary is { } temporary =>
            incident with { Temporary = temporary with { Run = RunEvolution.UndoBegan(temporary.Run, e) } },
        ActionProgressed e when incident.Run is null && incident.Temporary is { Run.InProgress: { } act } temporary =>
            incident with { Temporary = temporary with { Run = temporary.Run with { InProgress = act with {
                Seen = e.Seen,
                NeedsPush = e.NeedsPush } } } },
        UndoFailed e when incident.Run is null && incident.Temporary is { } temporary =>
            incident with {
                Temporary = temporary with {
                    UndoFailures = temporary.UndoFailures + 1,
                    Run = temporary.Run with { NotAfter = default, InProgress = null } },
                Tried = incident.Tried.With($"not undone: {e.Message}") },
        StormChanged e => incident with { Storm = new(e.Phase, happened.At, e.Observed) },
        PageHoldIntended or PageNotHeld => incident with { IsPageDecided = true },
        WouldAct e => incident with { ObservedUnder = e.Under, Hold = null },
        RepairAllowed => incident with { Escalation = null, Hold = null, ObservedUnder = null },
        WouldEscalate e => incident with { ObservedUnder = e.Under, Hold = null },
        Escalated e => incident with { Escalation = new(e, happened.At, [], ImmutableDictionary<string, string>.Empty), Hold = null },
        ApprovalRequested => incident with { Waits = new(
            incident.Waits?.At ?? happened.At, SeverityOf.Alerts(incident), RouteLabels.Of(incident), incident.Waits?.ToldVia ?? [],
            incident.Waits?.Failing ?? ImmutableDictionary<string, string>.Empty) },
        Notified { Waits: true, Closing: true } => incident with { Waits = null },
        Notified { Waits: true } e when incident.Waits is { } waits =>
            incident with { Waits = waits with {
                ToldVia = waits.ToldVia.Remove(e.Via).Add(e.Via),
                Failing = waits.Failing.Remove(e.Via) } },
        NotifyFailed { Waits: true } e when incident.Waits is { } waits =>
            incident with { Waits = waits with { Failing = waits.Failing.SetItem(e.Via, e.Reason) } },
        Notified { Waits: false } e when incident.Escalation is { } escalation =>
            incident with { Escalation = escalation with {
                ToldVia = escalation.ToldVia.Remove(e.Via).Add(e.Via),
                Failing = escalation.Failing.Remove(e.Via) } },
        NotifyFailed { Waits: false } e when incident.Escalation is { } escalation =>
            incident with { Escalation = escalation with {
                Failing = escalation.Failing.SetItem(e.Via, e.Reason),
                SaidFailing = (escalation.SaidFailing ?? ImmutableDictionary<string, DateTimeOffset>.Empty).SetItem(e.Via, happened.At) } },
        _ => incident,
    };

    private static LookState Saw(Looked looked, LookState? before)
    {
        var failure = string.Join("; ", looked.Items.Select(i => i.Failure).OfType<string>());
        return new(
            looked.Playbook,
            looked.At,
            [.. looked.Items.SelectMany(i => i.Facts)],
            failure.Length > 0 ? failure : null,
            failure.Length == 0 ? 0 : (before?.Playbook == looked.Playbook ? before.Failures : 0) + 1);
    }

    /// <summary>What could not be collected, and why.</summary>
    private static IEnumerable<KeyValuePair<string, string>> Missing(IEnumerable<EvidenceItem> items) =>
        string.Join("; ", items.Where(i => i.Failure is not null).Select(i => $"{i.Use}: {i.Failure}")) is { Length: > 0 } missing
            ? [new("missing", missing)]
            : [];

    /// <summary>For which playbook it was collected; nothing where for none.</summary>
    private static IEnumerable<KeyValuePair<string, string>> For(RuleChoice? choice) =>
        choice is { Kind: DecisionKind.Run, Playbook: { } playbook } ? [new(Incident.EvidenceOf, playbook)] : [];

    private static RuleChoice Chosen(Decision d, RuleChoice? before, DateTimeOffset at) =>
        new(d.Kind, d.Rule, d.Playbook, d.With, d.Message, d.Group, d.For, before is not null && before.SameAs(d) ? before.Since : at);

    private static Incident Opened(IncidentOpened opened, Happened happened) => new()
    {
        Id = happened.IncidentId!,
        Problem = opened.Problem,
        OpenedAt = happened.At,
        TraceId = happened.TraceId,
        RecurrenceOf = opened.RecurrenceOf,
    };

    /// <summary>An alert that was taken in before sources were written down has one now.</summary>
    private static ResourceState Owned(ResourceState state, Alert alert)
    {
        return !state.Seen.ContainsKey(alert.Fingerprint) ? state : state with
        {
            Seen = Renamed(state.Seen),
            Incidents = state.Incidents.ConvertAll(i => i with {
                Alerts = Renamed(i.Alerts),
                Unlisted = i.Unlisted.Contains(alert.Fingerprint) ? i.Unlisted.Replace(alert.Fingerprint, alert.Id) : i.Unlisted }),
            Pages = state.Pages.ConvertAll(p => p with { Alerts = Renamed(p.Alerts) }),
        };

        ImmutableDictionary<string, T> Renamed<T>(ImmutableDictionary<string, T> alerts) =>
            alerts.TryGetValue(alert.Fingerprint, out var known) ? alerts.Remove(alert.Fingerprint).SetItem(alert.Id, known) : alerts;
    }

    private static ResourceState Cleared(ResourceState state, AlertCleared cleared, DateTimeOffset at) => state with
    {
        Seen = Remember(state.Seen, cleared.Fingerprint, new(cleared.StartsAt, false, at), at),
        Incidents = state.Incidents.ConvertAll(i => AlertsOfIncident.Clear(i, cleared.Fingerprint)),
    };

    private static ResourceState Closed(ResourceState state, Incident incident, IncidentClosed closed, DateTimeOffset at)
    {
        var seen = incident.Alerts
            .Where(a => a.Value.Firing && state.Seen.ContainsKey(a.Key))
            .Aggregate(state.Seen, (all, a) => all.SetItem(a.Key, all[a.Key] with { ClosedAt = at }));
        var after = state with { Incidents = state.Incidents.Remove(incident), Seen = seen };
        return closed.Reason is CloseReason.Merged && after.Incidents.Find(i => i.Id == closed.Detail) is { } other
            ? after with { Incidents = after.Incidents.Replace(other, AlertsOfIncident.Merge(other, incident)) }
            : after;
    }

    private static ResourceState WithHistory(ResourceState state, string problem, Func<ProblemHistory, ProblemHistory> change) =>
        state with { History = state.History.SetItem(problem, change(state.History.GetValueOrDefault(problem, ProblemHistory.None))) };

    private static ProblemHistory AfterRun(ProblemHistory history, Incident incident, RunEnded ended, DateTimeOffset at) =>
        ended.Outcome switch
        {
            RunOutcome.Verified => history with {
                LastEnded = at,
                VerifiedAt = at,
                VerifiedIncident = incident.Id,
                Verified = Last(history.Verified.Add(new(incident.Id, incident.OpenedAt, at, incident.Run?.Plan?.Summary ?? ""))) },
            _ when incident.Run?.ChangedAt is null => history with { Runs = history.Runs.RemoveAt(history.Runs.Count - 1) },
            _ => history with { LastEnded = at },
        };

    private static ImmutableList<T> Last<T>(ImmutableList<T> runs) =>
        runs.Count > MaxRunsKept ? runs.RemoveRange(0, runs.Count - MaxRunsKept) : runs;

    private static ImmutableDictionary<string, SeenAlert> Remember(
        ImmutableDictionary<string, SeenAlert> seen, string id, SeenAlert alert, DateTimeOffset now)
    {
        var with = seen.SetItem(id, alert);
        return with.Count <= MaxSeen && seen.ContainsKey(id) ? with : Prune(with, now);
    }

    private static ImmutableDictionary<string, SeenAlert> Prune(ImmutableDictionary<string, SeenAlert> seen, DateTimeOffset now)
    {
        var kept = seen.RemoveRange(seen.Where(s => !s.Value.Firing && now - s.Value.At > SeenFor).Select(s => s.Key));
        return kept.Count <= MaxSeen ? kept : kept.RemoveRange(kept.OrderBy(s => s.Value.At).Take(kept.Count - MaxSeen).Select(s => s.Key));
    }
}
