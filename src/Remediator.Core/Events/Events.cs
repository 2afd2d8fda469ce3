using System.Text.Json;
using Remediator.Core.Actions;
using Remediator.Core.Alerts;
using Remediator.Core.Facts;
using Remediator.Core.Playbooks;
using Remediator.Core.Rules;

namespace Remediator.Core.Events;

/// <summary>
/// What happened to a resource. Stored for ever: fields are added, never changed; see <see cref="EventCodec"/> for the names.
/// </summary>
public abstract record Event;

public sealed record AlertObserved(Alert Alert, string Source, string How, IReadOnlyDictionary<string, string> Labels) : Event;

/// <param name="Fingerprint">The alert's id: with its source since 2026-11-25. So in all events that name an alert.</param>
/// <param name="Reason">Why it is held for over though nobody said so; null when its source did.</param>
public sealed record AlertCleared(
    string Fingerprint, string Name, DateTimeOffset StartsAt, DateTimeOffset EndsAt, string? Reason = null) : Event;

/// <param name="RecurrenceOf">The incident of the same problem that was verified within the last day.</param>
public sealed record IncidentOpened(string Problem, string Fingerprint, string? RecurrenceOf) : Event;

/// <summary>What the rules say now; written when it differs from what they said before.</summary>
public sealed record Decided(Decision Decision) : Event;

/// <summary>Facts that came later showed another problem behind the same alerts.</summary>
public sealed record ProblemChanged(string From, string To) : Event;

/// <summary>A guard said no. Written when guard or reason differ from the last refusal.</summary>
public sealed record Held(string Guard, string Reason, DateTimeOffset RetryAt) : Event;

/// <summary>What held it is over, and nothing else is to be done now; written where no other event says so.</summary>
public sealed record HoldEnded(string Guard) : Event;

/// <summary>Of the storm that a zone or the cluster has an incident for.</summary>
/// <param name="Observed">What was sick at the beginning of the phase, in words.</param>
public sealed record StormChanged(StormPhase Phase, string Observed) : Event;

public sealed record RunStarted : Event
{
    public required string RunId { get; init; }
    public required string Playbook { get; init; }
    public required string PlaybookRevision { get; init; }
    /// <summary>The whole playbook as it was: the run ends as it began, and an auditor sees it.</summary>
    public required string Source { get; init; }
    public required IReadOnlyDictionary<string, string> With { get; init; }
    public required Mode Mode { get; init; }
    public required string DefinitionsRevision { get; init; }
    public string? Commit { get; init; }
    /// <summary>Below 1 only in tests: every duration of the playbook is multiplied by it.</summary>
    public required double DurationScale { get; init; }
}

/// <param name="Failure">Why this evidence could not be had; null otherwise.</param>
public sealed record EvidenceItem(
    string Use, string Title, string Text, IReadOnlyList<Fact> Facts, IReadOnlyDictionary<string, string> Values, string? Failure);

public sealed record EvidenceCollected(IReadOnlyList<EvidenceItem> Items) : Event;

public sealed record StepPassedOver(int Step, string Name, string Reason) : Event;

public sealed record StepPlanned(int Step, string Name, string Use, ActionClass Class, ActionPlan Plan) : Event;

public sealed record StepRefused(int Step, string Name, string Use, string Reason) : Event;

/// <summary>The plan could not be made; tried again a few times.</summary>
public sealed record PlanFailed(int Step, string Name, string Use, string Reason) : Event;

/// <summary>Observe mode: what would have been done, and nothing more.</summary>
/// <param name="Under">The modes that forbid it; said again only when they change.</param>
public sealed record WouldAct(int Step, string Name, string Use, ActionPlan Plan, string Under) : Event;

public sealed record WouldEscalate(string Reason, string Message, string Under) : Event;

/// <param name="People">So many different ones have to release it.</param>
/// <param name="Lowered">Why its record lowered the playbook; empty where it did not.</param>
public sealed record ApprovalRequested(
    int Step, string Name, string Use, ActionPlan Plan, DateTimeOffset Until, int People = 1, string Lowered = "") : Event;

/// <param name="Of">So many people have to release it; the actor is one of them.</param>
public sealed record ApprovalGiven(int Step, string Reason, int Of = 1) : Event;

public sealed record ActionIntended : Event
{
    public required string ActionId { get; init; }
    public required int Step { get; init; }
    public required string Name { get; init; }
    public required string Use { get; init; }
    public required ActionPlan Plan { get; init; }
    /// <summary>No call starts after it; nobody else touches the action before it and a margin have passed.</summary>
    public required DateTimeOffset NotAfter { get; init; }
    public required int Attempt { get; init; }
    public required IReadOnlyList<string> Permits { get; init; }
    /// <summary>It will be taken back once the resource is well again.</summary>
    public bool Temporary { get; init; }
}

/// <param name="Gains">What was won, beside what its plan expected; null where neither says it.</param>
public sealed record ActionSucceeded(
    string ActionId, string Message, IReadOnlyList<Change> Changes, IReadOnlyList<GainSeen>? Gains = null) : Event;

/// <summary>It goes on after the call that began it. Not written where the call's outcome is the act's.</summary>
/// <param name="Handle">What a look asks with.</param>
/// <param name="Until">When its time is over.</param>
/// <param name="Undo">It is the taking back that goes on.</param>
public sealed record ActionBegan(
    string ActionId, string Handle, string Message, TimeSpan LookAgain, DateTimeOffset Until, bool Undo = false) : Event;

/// <summary>A look saw something else than the one before.</summary>
/// <param name="NeedsPush">It does not go on by itself.</param>
public sealed record ActionProgressed(string ActionId, string Seen, bool NeedsPush = false) : Event;

/// <summary>
/// An act in progress is applied again with what is left of it. It holds its permits already, and no pause may have come since it was
/// decided.
/// </summary>
/// <param name="NotAfter">No call starts after it.</param>
public sealed record PushIntended(string ActionId, string What, int Attempt, DateTimeOffset NotAfter) : Event;

/// <summary>People have stopped changes, and an act in progress goes on all the same: it cannot be cancelled.</summary>
public sealed record StopDeferred(string ActionId, string Guard, string Reason) : Event;

/// <summary>An act in progress is going to be ended early.</summary>
/// <param name="NotAfter">No call starts after it; nobody else cancels it before it and a margin have passed.</param>
public sealed record CancelIntended(string ActionId, string Reason, DateTimeOffset NotAfter) : Event;

public sealed record ActionCancelled(string ActionId, string Message, IReadOnlyList<Change> Changes) : Event;

/// <summary>It goes on, and is looked at to its end.</summary>
public sealed record CancelFailed(string ActionId, string Message) : Event;

public sealed record ActionFailed(string ActionId, FailureKind Kind, string Message) : Event;

/// <summary>After a crash or a lost answer: what the target says about the action.</summary>
public sealed record ActionProbed(string ActionId, ProbeAnswer Answer, string Message) : Event;

/// <summary>Nobody can tell whether it happened: it is never done again; a person has to look.</summary>
public sealed record ActionInDoubt(string ActionId, string Message) : Event;

public sealed record VerificationPassed(int Step, string Observed) : Event;

/// <param name="Undo">The step says that it is to be taken back now.</param>
public sealed record VerificationFailed(int Step, string Observed, bool Undo) : Event;

/// <summary>
/// What this action has changed is going to be taken back. That needs no permit, but no pause may have come since it was decided.
/// </summary>
/// <param name="What">What was done, as its plan says it.</param>
/// <param name="NotAfter">No call starts after it; nobody else takes it back before it and a margin have passed.</param>
public sealed record UndoIntended(string ActionId, string What, DateTimeOffset NotAfter) : Event;

public sealed record ActionUndone(string ActionId, string Message, IReadOnlyList<Change> Changes) : Event;

public sealed record UndoFailed(string ActionId, string Message) : Event;

public sealed record RunEnded(RunOutcome Outcome, string Reason) : Event;

/// <summary>Repairs that were verified did not last: no run of this problem begins before a person allows it.</summary>
/// <param name="Incidents">Of the repairs, oldest first; their entries say what was seen and done.</param>
public sealed record RepairsStopped(string Problem, IReadOnlyList<string> Incidents) : Event;

public sealed record RepairAllowed(string Problem, string Reason) : Event;

public sealed record Escalated : Event
{
    public required string Severity { get; init; }
    public required string Message { get; init; }
    public required string Reason { get; init; }
    public required IReadOnlyList<string> Tried { get; init; }
    public string? NextStep { get; init; }
    public required string Evidence { get; init; }
    /// <summary>Of the alerts, those that people route by; null in older entries.</summary>
    public IReadOnlyDictionary<string, string>? Labels { get; init; }
}

/// <summary>People were told, or told that it is over; written once for each way and each of the two.</summary>
/// <param name="Waits">Told of was a step that waits for a person.</param>
public sealed record Notified(string Via, bool Closing, bool Waits = false) : Event;

/// <summary>A way of telling people does not work; tried again.</summary>
public sealed record NotifyFailed(string Via, string Reason, bool Waits = false) : Event;

public sealed record IncidentClosed(CloseReason Reason, string Detail) : Event;

/// <summary>Entries are moved out of the store to an archive file, whose signed stub stays. Belongs to the engine itself.</summary>
/// <param name="Sequence">The newest that is moved.</param>
/// <param name="Entries">How many there were up to it, since the beginning.</param>
/// <param name="FileHash">SHA-256, lower-case hexadecimal.</param>
public sealed record JournalArchived(long Sequence, long Entries, string File, string FileHash) : Event;

/// <summary>
/// What had had its time is deleted: rows of the lists, and streams whose entries are all archived and which have nothing to remember.
/// Belongs to the engine itself.
/// </summary>
/// <param name="Incidents">How many rows of closed incidents.</param>
/// <param name="DeadLetters">How many of them.</param>
/// <param name="Streams">Their chains end here: news of such a resource begins a new one.</param>
public sealed record Forgotten(int Incidents, int DeadLetters, IReadOnlyList<ForgottenStream> Streams) : Event
{
    /// <summary>Its stored name.</summary>
    public const string Type = "forgotten";
}

/// <param name="Version">Its newest, with the hash of that entry.</param>
public sealed record ForgottenStream(string Resource, long Version, string Hash);

/// <summary>
/// The document of a stream's head as it was after the event before this one, so that the events before can be archived. Changes nothing.
/// </summary>
/// <param name="DocumentSchema">Of the program that wrote the document.</param>
public sealed record Snapshot(int DocumentSchema, JsonElement Document) : Event
{
    /// <summary>Its stored name.</summary>
    public const string Type = "snapshot";
}

/// <summary>Somebody has stopped changes. The two events of pauses belong to the engine, and their actor is who said it.</summary>
/// <param name="Scope">As <c>PauseScope</c> writes it.</param>
/// <param name="Until">Null where it lasts until it is resumed.</param>
public sealed record PauseBegan(string Scope, string Reason, DateTimeOffset? Until) : Event;

public sealed record PauseEnded(string Scope, string Reason) : Event;

/// <summary>A replica began to share the work. The four events of replicas belong to the engine, not to a resource.</summary>
/// <param name="Replica">Address and generation of its silo: another one after every start.</param>
public sealed record ReplicaJoined(string Replica, string Host) : Event;

/// <summary>It was shut down, and had said so to the others.</summary>
public sealed record ReplicaLeft(string Replica, string Host, DateTimeOffset AliveAt) : Event;

/// <summary>The others declared it dead and took its work over.</summary>
/// <param name="AliveAt">Null where its row was gone before anybody told of it.</param>
public sealed record ReplicaLost(string Replica, string Host, DateTimeOffset? AliveAt, IReadOnlyList<string> DeclaredBy) : Event;

/// <summary>It learnt that it had been declared dead, or its silo broke: it stopped acting and ended itself.</summary>
/// <param name="Refused">What told it.</param>
public sealed record ReplicaFenced(string Replica, string Host, string Refused) : Event;
