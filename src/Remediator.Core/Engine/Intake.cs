using Remediator.Core.Alerts;
using Remediator.Core.Events;
using Remediator.Core.Incidents;
using Remediator.Core.Rules;
using Remediator.Core.Worlds;

namespace Remediator.Core.Engine;

/// <summary>An alert that was resolved to this resource.</summary>
/// <param name="How">How the resource was found, in words.</param>
/// <param name="Labels">With the labels of the resource.</param>
public sealed record IncomingAlert(Alert Alert, string Source, string TraceId, string How, IReadOnlyDictionary<string, string> Labels);

/// <summary>Turns arriving alerts into events. A repeat, a copy and a replay of what is over are no news.</summary>
public static class Intake
{
    public static IReadOnlyList<Happened> Receive(ResourceState state, World world, IReadOnlyList<IncomingAlert> alerts)
    {
        var happened = new List<Happened>();
        foreach (var incoming in alerts)
        {
            foreach (var next in Receive(state, world, incoming))
            {
                happened.Add(next);
                state = state.Apply(next);
            }
        }

        return happened;
    }

    private static IEnumerable<Happened> Receive(ResourceState state, World world, IncomingAlert incoming)
    {
        var alert = incoming.Alert;
        var isOfNobody = IsOfNobody(state, alert);
        var seen = state.Seen.GetValueOrDefault(isOfNobody ? alert.Fingerprint : alert.Id);
        if (alert.Status is AlertStatus.Resolved)
        {
            // copies of one alert may disagree about its beginning, so its end decides
            var known = seen is { Firing: false } && seen.StartsAt == alert.StartsAt;
            return known || alert.EndsAt < seen?.StartsAt
                ? []
                : [Cleared(state, world, incoming, isOfNobody ? alert.Fingerprint : alert.Id)];
        }

        if (seen is not null && alert.StartsAt < seen.StartsAt)
        {
            return [];
        }

        if (seen is not null && seen.StartsAt == alert.StartsAt && !isOfNobody && !IsNews(state, world, alert, seen)
            && !IsKnownBetter(state, incoming, seen))
        {
            return [];
        }

        return Observed(state, world, incoming);
    }

    /// <summary>It was taken in before sources were written down: whoever says the same of the same labels now is its source.</summary>
    private static bool IsOfNobody(ResourceState state, Alert alert) =>
        alert.Source is not null
            && AlertSource.Of(alert.Fingerprint) is null
            && !state.Seen.ContainsKey(alert.Id)
            && state.Incidents.Exists(i => AlertsOfIncident.Knows(i, alert.Fingerprint));

    /// <summary>
    /// An alert goes on firing after its incident was closed, or after its end was told: for some time that is a lag or an old copy, later
    /// it is a problem again. Alertmanager tells an end when Prometheus falls silent, and then the same beginning once more.
    /// </summary>
    private static bool IsNews(ResourceState state, World world, Alert alert, SeenAlert seen) =>
        state.Incidents.TrueForAll(i => !AlertsOfIncident.Knows(i, alert.Id))
        && world.Now - (seen.ClosedAt ?? seen.At) > world.Settings.Scaled(world.Settings.AlertLag);

    /// <summary>
    /// Its resource was not seen when it first came, and is now: without the labels of the resource no rule could hold. Labels are only
    /// ever added, so this is news as often as there are further ones. Of an alert whose end was told it is a late copy.
    /// </summary>
    private static bool IsKnownBetter(ResourceState state, IncomingAlert incoming, SeenAlert seen) =>
        seen.Firing
            && state.Incidents.Find(i => i.Alerts.ContainsKey(incoming.Alert.Id))?.Alerts[incoming.Alert.Id] is { Firing: true } known
            && incoming.Labels.Count > known.Labels.Count
            && known.Labels.Keys.All(incoming.Labels.ContainsKey);

    private static Happened Cleared(ResourceState state, World world, IncomingAlert incoming, string id)
    {
        var incident = state.Incidents.Find(i => AlertsOfIncident.Knows(i, id));
        var cleared = new AlertCleared(id, incoming.Alert.Name, incoming.Alert.StartsAt, incoming.Alert.EndsAt ?? world.Now);
        return new(cleared, incident?.Id, world.Now, incoming.TraceId, incoming.Source);
    }

    private static IEnumerable<Happened> Observed(ResourceState state, World world, IncomingAlert incoming)
    {
        var alert = incoming.Alert;
        var decision = RuleChoices.Decide(alert.Name, incoming.Labels, alert.StartsAt, world);
        var problem = FurtherProblems.Of(state, decision.Kind is DecisionKind.Run ? decision.Playbook! : alert.Name);
        var known = IsOfNobody(state, alert) ? alert.Fingerprint : alert.Id;
        var incident = state.Incidents.Find(i => AlertsOfIncident.Knows(i, known)) ?? state.OfProblem(problem);
        var id = incident?.Id ?? world.NewId();
        if (incident is null)
        {
            yield return new(
                new IncidentOpened(problem, alert.Id, Recurrence(state, world, problem)), id, world.Now, incoming.TraceId, incoming.Source);
        }

        yield return new(
            new AlertObserved(alert, incoming.Source, incoming.How, incoming.Labels), id, world.Now, incoming.TraceId, incoming.Source);
    }

    private static string? Recurrence(ResourceState state, World world, string problem) =>
        state.History.TryGetValue(problem, out var history)
            && history.VerifiedAt is { } verified
            && world.Now - verified <= world.Settings.RecurrenceWatch
            ? history.VerifiedIncident
            : null;
}
