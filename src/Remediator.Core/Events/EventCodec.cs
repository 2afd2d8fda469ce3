using System.Text.Json;
using System.Text.Json.Serialization;

namespace Remediator.Core.Events;

/// <summary>Stored names of events. A name is never reused; a new shape of one raises its schema and adds an upcaster here.</summary>
public static class EventCodec
{
    public static JsonSerializerOptions Json { get; } = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new JsonStringEnumConverter() },
    };

    private static readonly Dictionary<string, Type> Types = new(StringComparer.Ordinal)
    {
        ["alert-observed"] = typeof(AlertObserved),
        ["alert-cleared"] = typeof(AlertCleared),
        ["incident-opened"] = typeof(IncidentOpened),
        ["decided"] = typeof(Decided),
        ["problem-changed"] = typeof(ProblemChanged),
        ["held"] = typeof(Held),
        ["hold-ended"] = typeof(HoldEnded),
        ["storm-changed"] = typeof(StormChanged),
        ["run-started"] = typeof(RunStarted),
        ["evidence-collected"] = typeof(EvidenceCollected),
        ["looked"] = typeof(Looked),
        ["step-passed-over"] = typeof(StepPassedOver),
        ["step-planned"] = typeof(StepPlanned),
        ["step-refused"] = typeof(StepRefused),
        ["plan-failed"] = typeof(PlanFailed),
        ["would-act"] = typeof(WouldAct),
        ["would-escalate"] = typeof(WouldEscalate),
        ["approval-requested"] = typeof(ApprovalRequested),
        ["approval-given"] = typeof(ApprovalGiven),
        ["action-intended"] = typeof(ActionIntended),
        ["action-succeeded"] = typeof(ActionSucceeded),
        ["action-began"] = typeof(ActionBegan),
        ["action-progressed"] = typeof(ActionProgressed),
        ["push-intended"] = typeof(PushIntended),
        ["stop-deferred"] = typeof(StopDeferred),
        ["cancel-intended"] = typeof(CancelIntended),
        ["action-cancelled"] = typeof(ActionCancelled),
        ["cancel-failed"] = typeof(CancelFailed),
        ["action-failed"] = typeof(ActionFailed),
        ["action-probed"] = typeof(ActionProbed),
        ["action-in-doubt"] = typeof(ActionInDoubt),
        ["verification-passed"] = typeof(VerificationPassed),
        ["verification-failed"] = typeof(VerificationFailed),
        ["undo-intended"] = typeof(UndoIntended),
        ["action-undone"] = typeof(ActionUndone),
        ["undo-failed"] = typeof(UndoFailed),
        ["run-ended"] = typeof(RunEnded),
        ["page-hold-intended"] = typeof(PageHoldIntended),
        ["page-hold-extended"] = typeof(PageHoldExtended),
        ["page-held"] = typeof(PageHeld),
        ["page-rings"] = typeof(PageNotHeld),
        ["page-released"] = typeof(PageReleased),
        ["page-release-failed"] = typeof(PageReleaseFailed),
        ["repairs-stopped"] = typeof(RepairsStopped),
        ["repair-allowed"] = typeof(RepairAllowed),
        ["escalated"] = typeof(Escalated),
        ["notified"] = typeof(Notified),
        ["notify-failed"] = typeof(NotifyFailed),
        ["incident-closed"] = typeof(IncidentClosed),
        ["journal-archived"] = typeof(JournalArchived),
        [Snapshot.Type] = typeof(Snapshot),
        [Forgotten.Type] = typeof(Forgotten),
        ["paused"] = typeof(PauseBegan),
        ["resumed"] = typeof(PauseEnded),
        ["replica-joined"] = typeof(ReplicaJoined),
        ["replica-left"] = typeof(ReplicaLeft),
        ["replica-lost"] = typeof(ReplicaLost),
        ["replica-fenced"] = typeof(ReplicaFenced),
        ["playbook-demoted"] = typeof(PlaybookDemoted),
        ["playbook-promoted"] = typeof(PlaybookPromoted),
        ["repair-judged"] = typeof(RepairJudged),
        ["resource-stuck"] = typeof(ResourceStuck),
        ["resource-went-on"] = typeof(ResourceWentOn),
        ["revision-ran-well"] = typeof(RevisionRanWell),
        ["revision-struck-off"] = typeof(RevisionStruckOff),
        ["token-created"] = typeof(TokenCreated),
        ["token-revoked"] = typeof(TokenRevoked),
        ["token-expired"] = typeof(TokenExpired),
    };

    private static readonly Dictionary<Type, string> Names = Types.ToDictionary(p => p.Value, p => p.Key);

    public static IReadOnlyCollection<string> KnownTypes => Types.Keys;

    public static int Schema => 1;

    public static string NameOf(Event happened) => NameOf(happened.GetType());

    public static string NameOf(Type happened) => Names[happened];

    public static string Write(Event happened) => JsonSerializer.Serialize(happened, happened.GetType(), Json);

    /// <exception cref="UnknownEventException">Written by a newer program: this one must not act on the resource.</exception>
    public static Event Read(string type, int schema, string payload) =>
        Types.TryGetValue(type, out var clr) && schema <= Schema
            ? (Event)JsonSerializer.Deserialize(payload, clr, Json)!
            : throw new UnknownEventException(type, schema);
}

public sealed class UnknownEventException(string type, int schema)
    : UnreadableStreamException(
        $"The journal holds an event '{type}' of schema {schema} that this version cannot read; run the version that wrote it.");
