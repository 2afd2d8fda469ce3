using Remediator.Core.Actions;
using Remediator.Core.Alerts;
using Remediator.Core.Events;
using Remediator.Core.Journal;
using Remediator.Core.Language;
using Remediator.Core.Rules;

namespace Remediator.Server.Audit;

/// <summary>Tells each event in words. Nothing is left out; what this version does not know is shown as it is stored.</summary>
internal static class Narrator
{
    private const int EvidenceLines = 12;

    /// <param name="full">All lines of the evidence, and every condition of every candidate rule.</param>
    public static Chapter Tell(JournalEvent stored, bool full)
    {
        try
        {
            return Tell(EventCodec.Read(stored.Type, stored.Schema, stored.Payload), full) ?? AsStored(stored);
        }
        catch (Exception e) when (e is UnknownEventException or System.Text.Json.JsonException)
        {
            return AsStored(stored);
        }
    }

    private static Chapter? Tell(Event happened, bool full) => happened switch
    {
        AlertObserved e => new(
            "seen",
            $"{e.Alert.Name} is {(e.Alert.Status is AlertStatus.Firing ? "firing" : "resolved")} since "
                + $"{Time(e.Alert.StartsAt)}, says {e.Source}"
                + (e.Source == AlertSource.Grafana ? ", whose silences cannot be asked for" : ""),
            [e.How, Labels(e.Labels)]),
        AlertCleared { Reason: { } why } e => new("cleared", $"{e.Name}, firing since {Time(e.StartsAt)}, is assumed to be over: {why}"),
        AlertCleared e => new("cleared", $"{e.Name}, firing since {Time(e.StartsAt)}, is resolved since {Time(e.EndsAt)}"),
        IncidentOpened e =>
            new("opened", e.RecurrenceOf is { } before ? $"{e.Problem}, again: it was repaired in incident {before}" : e.Problem),
        Decided e => new("decided", Outcome(e.Decision), [.. full ? e.Decision.Explain().Split('\n') : Trace(e.Decision)]),
        ProblemChanged e => new("problem", $"is {e.To}, not {e.From}"),
        Held e => new("held", $"by the guard '{e.Guard}': {e.Reason}", [$"checked again {Time(e.RetryAt)}"]),
        HoldEnded e => new("held no longer", $"the guard '{e.Guard}' has no objection any more, and nothing is to be done now"),
        StormChanged e => new("storm", e.Phase switch
        {
            StormPhase.Raging => $"{e.Observed}; nothing is repaired there until it is over",
            StormPhase.CoolingDown => $"no storm any more, after {e.Observed}; it must stay over for a while",
            _ => $"over: there was none for the whole cool-down, after {e.Observed}",
        }),
        IncidentClosed e => new("closed", $"{e.Reason.ToString().ToLowerInvariant()}: {e.Detail}"),
        _ => OfRun(happened, full)
            ?? OfAction(happened)
                ?? OfPeople(happened) ?? OfPages(happened) ?? OfPauses(happened) ?? OfReplicas(happened) ?? OfRecords(happened),
    };

    private static Chapter? OfRun(Event happened, bool full) => happened switch
    {
        RunStarted e => new("run", $"of playbook {e.Playbook} began, in mode {e.Mode.ToString().ToLowerInvariant()}", Origin(e)),
        EvidenceCollected { Items.Count: 0 } => new("evidence", "the playbook asks for none"),
        EvidenceCollected e => new(
            "evidence",
            $"collected before anything was changed: {string.Join(", ", e.Items.Select(i => i.Use))}",
            [.. e.Items.SelectMany(i => Evidence(i, full ? int.MaxValue : EvidenceLines))]),
        Looked e => new(
            "looked",
            string.Join(
                "; ",
                e.Items.Select(i => i.Failure is { } why
                    ? $"{i.Use} could not see: {why}"
                    : $"{i.Use} saw {Plural.Of(i.Facts.Count, "fact")}, digest {i.Digest}")),
            [.. e.Items.SelectMany(i => i.Facts).Take(full ? int.MaxValue : EvidenceLines).Select(f => f.ToString())]),
        StepPassedOver e => new("skipped", $"{Step(e.Step, e.Name)}: {e.Reason}"),
        StepPlanned e => new(
            "planned", $"{Step(e.Step, e.Name)}: {e.Plan.Summary}",
            [$"{e.Use}, {e.Class.ToString().ToLowerInvariant()}", .. Planned(e.Plan)]),
        StepRefused e => new("refused", $"{Step(e.Step, e.Name)}: {e.Reason}"),
        PlanFailed e => new("no plan", $"{Step(e.Step, e.Name)}: {e.Reason}"),
        VerificationPassed e => new("verified", $"{StepNumber(e.Step)}: {e.Observed}"),
        VerificationFailed e => new("not verified", $"{StepNumber(e.Step)}: {e.Observed}{(e.Undo ? "; it is undone" : "")}"),
        RunEnded e => new("run ended", $"{e.Outcome.ToString().ToLowerInvariant()}: {e.Reason}"),
        _ => null,
    };

    private static Chapter? OfAction(Event happened) => happened switch
    {
        ActionIntended e => new("intended", $"{Step(e.Step, e.Name)}: {e.Plan.Summary}", Intent(e)),
        ActionSucceeded e => new("done", e.Message, [.. (e.Gains ?? []).Select(g => g.Describe()), .. Changes(e.Changes)]),
        ActionBegan e => new(
            e.Undo ? "undo goes on" : "begun", $"{e.Message}; it may take until {Time(e.Until)}",
            [$"looked at every {Core.Language.Duration.Format(e.LookAgain)}, handle {e.Handle}"]),
        ActionProgressed e => new("in progress", $"{e.Seen}{(e.NeedsPush ? "; it does not go on by itself" : "")}"),
        PushIntended e => new("to be pushed", $"{e.What}; attempt {e.Attempt}, no call after {Time(e.NotAfter)}"),
        StopDeferred e =>
            new("not stopped", $"it cannot be cancelled and is brought to its end, though the guard '{e.Guard}' says: {e.Reason}"),
        CancelIntended e => new("to be cancelled", $"{e.Reason}; begun before {Time(e.NotAfter)} or not at all"),
        ActionCancelled e => new("cancelled", e.Message, Changes(e.Changes)),
        CancelFailed e => new("not cancelled", $"it goes on: {e.Message}"),
        ActionFailed e => new("failed", $"{e.Message} ({e.Kind.ToString().ToLowerInvariant()})"),
        Forgotten e => new(
            "forgotten",
            $"{Plural.Of(e.Incidents, "closed incident")}, {Plural.Of(e.DeadLetters, "dead letter")} and "
                + $"{Plural.Of(e.Streams.Count, "resource")} with nothing left to remember, whose entries are archived",
            [.. e.Streams.Select(s => $"{s.Resource}, up to version {s.Version}")]),
        Snapshot e => new("snapshot", $"the state before it, with schema {e.DocumentSchema}, so that older entries can be archived"),
        JournalArchived e =>
            new(
                "archived",
                $"{Plural.Of(e.Entries, "entry", "entries")}, up to sequence {e.Sequence}, {Plural.Are(e.Entries)} moved to {e.File} "
                    + $"with SHA-256 {e.FileHash}"),
        ActionProbed e => new("probed", $"{Answer(e.Answer)}: {e.Message}"),
        ActionInDoubt e => new("in doubt", $"it is unknown whether it happened, so it is not repeated: {e.Message}"),
        UndoIntended e => new("to be undone", $"{e.What}; begun before {e.NotAfter:u} or not at all"),
        ActionUndone e => new("undone", e.Message, Changes(e.Changes)),
        UndoFailed e => new("not undone", e.Message),
        _ => null,
    };

    private static Chapter? OfPeople(Event happened) => happened switch
    {
        WouldAct e => new(
            "would do",
            $"{Step(e.Step, e.Name)}: {e.Plan.Summary}",
            [$"with {e.Use}; nothing was changed, because the mode does not allow it ({e.Under})", .. Planned(e.Plan)]),
        WouldEscalate e => new(
            "would tell", $"people: {e.Message}", [$"because {e.Reason}; nobody was told, because the mode does not allow it ({e.Under})"]),
        ApprovalRequested e => new(
            "asked",
            $"{(e.People > 1 ? $"{e.People} people" : "a person")} to approve {Step(e.Step, e.Name)} until {Time(e.Until)}: "
                + $"{e.Plan.Summary}{(e.Lowered.Length > 0 ? $"; {e.Lowered}" : "")}"),
        ApprovalGiven e => new(
            "approved",
            $"{StepNumber(e.Step)}{(e.Of > 1 ? $" ({e.Of} people have to)" : "")}{(e.Reason.Length > 0 ? $": {e.Reason}" : "")}"),
        RepairsStopped e => new(
            "stopped",
            $"repairs of {e.Problem} do not last (incidents {string.Join(", ", e.Incidents)}); none begins until a person allows it"),
        RepairAllowed e => new("allowed", $"repairs of {e.Problem} again{(e.Reason.Length > 0 ? $": {e.Reason}" : "")}"),
        Escalated e => new("escalated", $"({e.Severity}) {e.Message}", Handover(e)),
        Notified { Waits: true } e => new(
            "told", $"{(e.Closing ? "that no step waits for approval any more" : "people that a step waits for approval")}, by {e.Via}"),
        Notified e => new("told", $"{(e.Closing ? "that it is over" : "people")}, by {e.Via}"),
        NotifyFailed e => new("not told", $"{e.Via}: {e.Reason}"),
        _ => null,
    };

    private static Chapter? OfPages(Event happened) => happened switch
    {
        PageHoldIntended e => new("page", $"will be held until {Time(e.Until)} at the latest, while the step is in progress: {e.Because}"),
        PageHoldExtended e => new("page", $"will be held until {Time(e.Until)} at the latest, longer than was said before: {e.Because}"),
        PageHeld e => new("page held", $"nobody is paged for {e.Alert} until {Time(e.Until)}, by silence {e.Silence}"),
        PageNotHeld e => new(
            "page not held",
            $"{(e.Alert is { } alert ? $"for {alert}: " : "")}{e.Reason}"
                + $"{(e.MayStand ? "; it may be silenced nevertheless, and the silence is removed" : "")}"),
        PageReleased e => new(
            "page released",
            $"{e.Alert} "
                + $"{(e.Silence is { } silence ? $"is not silenced any more (silence {silence})" : "was not found to be silenced")}: "
                + $"{e.Why}"),
        PageReleaseFailed e => new("page released", $"not yet, {e.Alert} may still be silenced: {e.Reason}"),
        _ => null,
    };

    private static Chapter? OfPauses(Event happened) => happened switch
    {
        TokenCreated e => new("token", $"{e.Id} lets {e.Name} in as {e.Role} until {Time(e.ExpiresAt)}"),
        TokenRevoked e => new("token", $"{e.Id} of {e.Name} was revoked{(e.Reason.Length > 0 ? $": {e.Reason}" : "")}"),
        TokenExpired e => new("token", $"{e.Id} of {e.Name} has expired"),
        PauseBegan e => new("paused", $"{e.Scope}{(e.Until is { } until ? $" until {Time(until)}" : "")}: {e.Reason}"),
        PauseEnded e => new("resumed", $"{e.Scope}{(e.Reason.Length > 0 ? $": {e.Reason}" : "")}"),
        _ => null,
    };

    private static Chapter? OfReplicas(Event happened) => happened switch
    {
        ReplicaJoined e => new("joined", $"replica {e.Replica} on {e.Host} shares the work"),
        ReplicaLeft e => new("left", $"replica {e.Replica} on {e.Host} was shut down; last alive {Time(e.AliveAt)}"),
        ReplicaLost e => new(
            "lost",
            $"replica {e.Replica} on {e.Host} was declared "
                + $"dead{(e.DeclaredBy.Count > 0 ? $" by {string.Join(" and ", e.DeclaredBy)}" : "")}, and the others do "
                + $"its work{(e.AliveAt is { } at ? $"; last alive {Time(at)}" : "")}"),
        ReplicaFenced e => new("fenced", $"replica {e.Replica} on {e.Host} stopped acting and ended itself: {e.Refused}"),
        _ => null,
    };

    private static Chapter? OfRecords(Event happened) => happened switch
    {
        ResourceStuck e => new("cannot handle", $"{e.Resource}, since {Time(e.Since)}: {e.Reason}"),
        ResourceWentOn e => new("handles again", $"{e.Resource}: {e.Reason}"),
        RevisionRanWell e => new("ran well", $"revision {e.Revision} of {e.Workload}: it is one to go back to"),
        RevisionStruckOff e => new("struck off", $"revision {e.Revision} of {e.Workload} is not one to go back to: {e.Reason}"),
        PlaybookDemoted e =>
            new("lowered", $"playbook {e.Playbook} may do no more than {Mode(e.To)}, which was {Mode(e.From)}: {e.Reason}"),
        PlaybookPromoted e =>
            new("raised", $"playbook {e.Playbook} may do as much as {Mode(e.To)}{(e.Reason.Length > 0 ? $": {e.Reason}" : "")}"),
        RepairJudged e => new(
            "judged",
            $"the repair of incident {e.Incident} by playbook {e.Playbook}: "
                + $"{(e.Judgement is Judgement.False ? "nothing was wrong" : "it was taken back")}"
                + $"{(e.Reason.Length > 0 ? $", {e.Reason}" : "")}"),
        _ => null,
    };

    private static string Mode(Core.Playbooks.Mode mode) => mode.ToString().ToLowerInvariant();

    private static Chapter AsStored(JournalEvent stored) =>
        new(stored.Type, "this version cannot interpret this entry; it is stored as:", stored.Payload);

    private static string Outcome(Decision decision) => decision.Kind switch
    {
        DecisionKind.Run => $"rule {decision.Rule} says: run playbook {decision.Playbook}",
        DecisionKind.None => decision.Message.Length > 0 ? $"no rule matches: {decision.Message}" : "no rule matches",
        _ => $"rule {decision.Rule} says: {decision.Kind.ToString().ToLowerInvariant()}: {decision.Message}",
    };

    /// <summary>Why the rules that match do, and of each other one the first condition that kept it out.</summary>
    private static IEnumerable<string> Trace(Decision decision)
    {
        yield return $"about {decision.Alert}, rules {decision.RulesRevision}, {View(decision)}";
        foreach (var rule in decision.Trace.OrderByDescending(r => r.Matched))
        {
            yield return $"{(rule.Matched ? "matched" : "not")} {rule.Rule} ({rule.Place})";
            foreach (var condition in rule.Matched ? rule.Conditions : rule.Conditions.Where(c => !c.Ok).Take(1))
                yield return $"  {condition.Clause} {condition.Text}{(condition.Found.Length > 0 ? $": {condition.Found}" : "")}";
        }
    }

    /// <summary>Where no cluster is watched there may still be facts, such as those of hosts, and no time of them.</summary>
    private static string View(Decision decision) =>
        decision.ViewAt <= DateTimeOffset.UnixEpoch ? "no view of a cluster" : $"view {decision.ViewVersion} of {Time(decision.ViewAt)}";

    private static IReadOnlyList<string> Origin(RunStarted e) =>
    [
        $"playbook revision {e.PlaybookRevision}, definitions {e.DefinitionsRevision}"
            + $"{(e.Commit is { } commit ? $", commit {commit}" : "")}",
        .. e.With.Count > 0 ? [$"with {Labels(e.With)}"] : Array.Empty<string>(),
        .. e.DurationScale < 1 ? [$"durations are multiplied by {e.DurationScale}: this is a test"] : Array.Empty<string>(),
    ];

    private static IEnumerable<string> Evidence(EvidenceItem item, int most)
    {
        if (item.Failure is { } failure)
            return [$"{item.Use}: not available: {failure}"];

        var lines = item.Text.TrimEnd().Split('\n');
        return
        [
            $"{item.Use}: {item.Title}{(lines.Length > most ? $", the last {most} of {lines.Length} lines (--full shows all)" : "")}",
            .. lines.TakeLast(most).Select(l => $"  | {l}"),
            .. item.Facts.Select(f => $"  fact {f}"),
        ];
    }

    private static IReadOnlyList<string> Planned(ActionPlan plan) =>
    [
        .. Changes(plan.Changes),
        .. plan.Preconditions.Select(p => $"only if {p.Key} is {p.Value}"),
        .. plan.Takes is { } taken
            ? [$"takes {taken.Key.Display} away for at most {Core.Language.Duration.Format(taken.AtMost)}"]
            : Array.Empty<string>(),
        .. plan.Gains.Select(g => $"expected: {new GainSeen(g.Of, null, g.Amount).Describe()}"),
    ];

    private static IReadOnlyList<string> Intent(ActionIntended e) =>
    [
        $"{e.Use}, action {e.ActionId}, attempt {e.Attempt}, no call after {Time(e.NotAfter)}",
        .. e.Permits.Count > 0 ? [$"holding {string.Join(", ", e.Permits)}"] : Array.Empty<string>(),
        .. Planned(e.Plan),
    ];

    private static IReadOnlyList<string> Changes(IReadOnlyList<Change> changes) =>
        [.. changes.Select(c => $"{c.Target} {c.Field}: {Value(c.Before)} -> {Value(c.After)}")];

    private static IReadOnlyList<string> Handover(Escalated e) =>
    [
        $"because {e.Reason}",
        .. e.Tried.Select(t => $"tried: {t}"),
        .. e.NextStep is { } next ? [$"next step that a person could take: {next}"] : Array.Empty<string>(),
        .. e.Evidence.Length > 0 ? e.Evidence.TrimEnd().Split('\n').Select(l => $"  | {l}") : [],
    ];

    private static string Answer(ProbeAnswer answer) => answer switch
    {
        ProbeAnswer.Happened => "it happened",
        ProbeAnswer.DidNotHappen => "it did not happen",
        _ => "unknown",
    };

    private static string Step(int index, string name) => $"{StepNumber(index)} '{name}'";

    private static string StepNumber(int index) => $"step {index + 1}";

    private static string Value(string text) => text.Length == 0 ? "(nothing)" : text;

    private static string Time(DateTimeOffset time) => $"{time.UtcDateTime:yyyy-MM-dd HH:mm:ss}";

    private static string Labels(IReadOnlyDictionary<string, string> labels) =>
        $"{{{string.Join(", ", labels.OrderBy(l => l.Key, StringComparer.Ordinal).Select(l => $"{l.Key}=\"{l.Value}\""))}}}";
}
