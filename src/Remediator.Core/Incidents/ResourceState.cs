using System.Collections.Immutable;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Remediator.Core.Actions;
using Remediator.Core.Events;
using Remediator.Core.Facts;
using Remediator.Core.Rules;

namespace Remediator.Core.Incidents;

/// <summary>All that the engine knows of one resource: the sum of its events, see <see cref="Evolution"/>.</summary>
public sealed record ResourceState
{
    public const int Schema = 9;

    public static ResourceState Empty { get; } = new();

    /// <summary>The stream of one resource.</summary>
    public static StreamShape<ResourceState> Stream { get; } = new(Schema, Empty, Evolution.Apply)
    {
        Upgrades = new Dictionary<int, Action<JsonObject>>
        {
            [1] = _ => { },
            [2] = OwnLabels,
            // what came with 4 is empty where nothing was left out yet
            [3] = _ => { },
            // nothing that goes on after its call could be begun before 5
            [4] = _ => { },
            // nothing was looked at before a step before 6
            [5] = _ => { },
            // a page that was held before 7 ends when it was said to
            [6] = _ => { },
            // nobody was told of what waits for a person before 8
            [7] = _ => { },
            // an incident took back one change alone before 9
            [8] = _ => { },
        },
    };

    /// <summary>Open incidents in the order in which they were opened.</summary>
    public ImmutableList<Incident> Incidents { get; init; } = [];

    /// <summary>By problem: what was tried before.</summary>
    public ImmutableDictionary<string, ProblemHistory> History { get; init; } = ImmutableDictionary<string, ProblemHistory>.Empty;

    /// <summary>By <see cref="Alerts.Alert.Id"/>: the last word on each alert, so that repeats and replays are known as such.</summary>
    public ImmutableDictionary<string, SeenAlert> Seen { get; init; } = ImmutableDictionary<string, SeenAlert>.Empty;

    /// <summary>Pages that are held, those of closed incidents too.</summary>
    public ImmutableList<HeldPages> Pages { get; init; } = [];

    public Incident? Find(string incidentId) => Incidents.Find(i => i.Id == incidentId);

    public Incident? OfProblem(string problem) => Incidents.Find(i => i.Problem == problem);

    /// <summary>Nothing is going on, and no person has still to say something: what else is here loses its meaning with time.</summary>
    public bool HasNothingOpen() => Incidents.IsEmpty && Pages.IsEmpty && History.Values.All(h => !h.Stopped);

    /// <summary>What a silence matches was not stored apart from the labels of the resource.</summary>
    private static void OwnLabels(JsonObject document)
    {
        foreach (var alert in document["incidents"]!.AsArray().SelectMany(i => i!["alerts"]!.AsObject()).Select(a => a.Value!.AsObject()))
            alert.TryAdd("own", alert["labels"]!.DeepClone());
    }
}

/// <param name="ClosedAt">When the alert's incident was closed while it still fired.</param>
public sealed record SeenAlert(DateTimeOffset StartsAt, bool Firing, DateTimeOffset At, DateTimeOffset? ClosedAt = null);

/// <param name="Runs">Start times of runs that could have changed something, newest last, at most 20.</param>
public sealed record ProblemHistory(
    ImmutableList<DateTimeOffset> Runs, DateTimeOffset? LastEnded, DateTimeOffset? VerifiedAt, string? VerifiedIncident)
{
    public static ProblemHistory None { get; } = new([], null, null, null);

    /// <summary>Repairs that were verified, newest last, at most 20.</summary>
    public ImmutableList<VerifiedRepair> Verified { get; init; } = [];

    /// <summary>They did not last, and no person has said yet that more may be tried.</summary>
    public bool Stopped { get; init; }
}

/// <param name="OpenedAt">When the problem was there.</param>
/// <param name="At">When it was seen to be gone.</param>
public sealed record VerifiedRepair(string Incident, DateTimeOffset OpenedAt, DateTimeOffset At, string What);

/// <summary>One problem on one resource, from the first alert until it is closed.</summary>
public sealed record Incident
{
    public required string Id { get; init; }
    public required string Problem { get; init; }
    public required DateTimeOffset OpenedAt { get; init; }
    public required string TraceId { get; init; }
    public string? RecurrenceOf { get; init; }
    /// <summary>By <see cref="Alerts.Alert.Id"/>.</summary>
    public ImmutableDictionary<string, OpenAlert> Alerts { get; init; } = ImmutableDictionary<string, OpenAlert>.Empty;
    public RuleChoice? Choice { get; init; }
    public HoldState? Hold { get; init; }
    public Run? Run { get; init; }
    /// <summary>What was tried by runs of this incident, in words.</summary>
    public ImmutableList<string> Tried { get; init; } = [];
    public ImmutableList<Fact> EvidenceFacts { get; init; } = [];
    public ImmutableDictionary<string, string> EvidenceValues { get; init; } = ImmutableDictionary<string, string>.Empty;
    /// <summary>What the playbook's looks saw last; null while none was made.</summary>
    public LookState? Looked { get; init; }
    /// <summary>What its evidence names as what it waits for, and others may wait for too; null where it names nothing.</summary>
    [JsonIgnore]
    public string? WaitsFor => EvidenceValues.GetValueOrDefault("waits_for");
    /// <summary>True once evidence was collected or could not be.</summary>
    public bool EvidenceKept { get; init; }
    /// <summary>A value of the evidence: for which playbook it was collected; missing where it is what anybody would see first.</summary>
    public const string EvidenceOf = "playbook";
    public bool HasEvidenceOf(string playbook) => EvidenceKept && EvidenceValues.GetValueOrDefault(EvidenceOf) == playbook;
    /// <summary>What acted on this resource for this incident.</summary>
    public ImmutableList<DoneStep> Done { get; init; } = [];
    /// <summary>
    /// The modes under which it was said what would be done; null while nothing was said, or the decision has changed since.
    /// </summary>
    public string? ObservedUnder { get; init; }
    public EscalationState? Escalation { get; init; }
    /// <summary>Who was told that a step waits for a person, until they were told that it does no more.</summary>
    public WaitState? Waits { get; init; }
    /// <summary>Set where the incident is a storm's.</summary>
    public StormState? Storm { get; init; }
    /// <summary>What was changed for a time only and is to be taken back.</summary>
    public TemporaryChange? Temporary { get; init; }
    /// <summary>Whether people are paged while it is repaired is decided once.</summary>
    public bool IsPageDecided { get; init; }

    /// <summary>Ids of further alerts that fire: too many for all to be looked at.</summary>
    public ImmutableList<string> Unlisted { get; init; } = [];
    /// <summary>How many more alerts it had that are over and not kept.</summary>
    public int Gone { get; init; }

    public bool IsFiring => !Unlisted.IsEmpty || Alerts.Values.Any(a => a.Firing);
}

/// <param name="Labels">With those of the resource.</param>
/// <param name="Own">As they came: what a silence of Alertmanager matches.</param>
public sealed record OpenAlert(
    string Name, IReadOnlyDictionary<string, string> Labels, DateTimeOffset StartsAt, bool Firing, IReadOnlyDictionary<string, string> Own);

/// <summary>The decision in force.</summary>
/// <param name="Since">How long it has been the same, for a rule's <c>for</c>.</param>
public sealed record RuleChoice(
    DecisionKind Kind,
    string? Rule,
    string? Playbook,
    IReadOnlyDictionary<string, string> With,
    string Message,
    IReadOnlyDictionary<string, string> Group,
    TimeSpan For,
    DateTimeOffset Since)
{
    public bool SameAs(Decision decision) =>
        Kind == decision.Kind && Rule == decision.Rule && Playbook == decision.Playbook && Message == decision.Message;
}

/// <param name="At">When the looking began.</param>
/// <param name="Failure">What could not be seen, and why; null where all was.</param>
/// <param name="Failures">So often in a row.</param>
public sealed record LookState(string Playbook, DateTimeOffset At, ImmutableList<Fact> Facts, string? Failure, int Failures);

public sealed record HoldState(string Guard, string Reason, DateTimeOffset Since, DateTimeOffset RetryAt);

/// <param name="Since">When this phase began.</param>
public sealed record StormState(StormPhase Phase, DateTimeOffset Since, string Seen);

public enum RunPhase { Evidence, Choosing, AwaitingApproval, Acting, Probing, Verifying, Undoing, Watching, Cancelling }

/// <summary>One execution of a playbook.</summary>
public sealed record Run
{
    /// <summary>A plan says what was true when it was made; an older one is made again.</summary>
    private static readonly TimeSpan PlanIsGoodFor = TimeSpan.FromSeconds(10);

    /// <summary>So often may one step be tried.</summary>
    public const int MaxAttempts = 2;

    /// <summary>At the least: what a person has released is done within this time, or asked for again.</summary>
    public static readonly TimeSpan ReleaseIsGoodFor = TimeSpan.FromMinutes(10);

    public required string Id { get; init; }
    public required string Playbook { get; init; }
    public required string Source { get; init; }
    public required IReadOnlyDictionary<string, string> With { get; init; }
    public required DateTimeOffset StartedAt { get; init; }
    public RunPhase Phase { get; init; } = RunPhase.Evidence;
    /// <summary>Index of the rung at hand.</summary>
    public int Step { get; init; }
    /// <summary>The plan of that rung, while it is good.</summary>
    public ActionPlan? Plan { get; init; }
    public DateTimeOffset PlannedAt { get; init; }
    public int PlanFailures { get; init; }
    /// <summary>The plan that a person has released.</summary>
    public ActionPlan? Approved { get; init; }
    public DateTimeOffset? ApprovalUntil { get; init; }
    /// <summary>Who has released the plan at hand, while more have to.</summary>
    public ImmutableList<string> Approvers { get; init; } = [];
    public string? ActionId { get; init; }
    /// <summary>The action of the last intent.</summary>
    public string Use { get; init; } = "";
    public int Attempt { get; init; }
    /// <summary>
    /// Until when the last intent may be acted on: of the act, and once that is to be taken back, of that. The beginning of time where
    /// there is none.
    /// </summary>
    public DateTimeOffset NotAfter { get; init; }
    /// <summary>When the phase began that is going on.</summary>
    public DateTimeOffset PhaseSince { get; init; }
    /// <summary>When something was last changed by this run: facts older than that decide nothing.</summary>
    public DateTimeOffset? ChangedAt { get; init; }
    /// <summary>The same before the act at hand, for the case that it did not happen.</summary>
    public DateTimeOffset? ChangedBefore { get; init; }
    /// <summary>The last intent is to be taken back once the resource is well again.</summary>
    public bool IsTemporary { get; init; }

    /// <summary>Of what goes on after its call: the act, and once that is to be taken back, that.</summary>
    public ActInProgress? InProgress { get; init; }

    public bool IsApproved(DateTimeOffset now) => Approved is not null && now < ApprovalUntil;

    /// <summary>Null where there is none, or one that has to be made again.</summary>
    public ActionPlan? FreshPlan(DateTimeOffset now) => (now - PlannedAt).Duration() <= PlanIsGoodFor ? Plan : null;
}

/// <param name="Until">When its time is over.</param>
/// <param name="Seen">By the last look.</param>
/// <param name="NeedsPush">It waits for being applied again.</param>
/// <param name="IsStopAnswered">Whether it was decided what becomes of it since people have stopped changes or its time is over.</param>
public sealed record ActInProgress(
    string Handle, TimeSpan LookAgain, DateTimeOffset Until, string Seen, bool NeedsPush = false, bool IsStopAnswered = false);

/// <param name="Run">The run as it was when it made the change.</param>
/// <param name="Recovered">The resource was seen to be well for its stable time.</param>
public sealed record TemporaryChange(Run Run, bool Recovered, int UndoFailures)
{
    public const int MaxUndoFailures = 3;

    /// <summary>What was changed before it, and is taken back after it; null where nothing was.</summary>
    public TemporaryChange? Before { get; init; }

    public bool IsGivenUp => UndoFailures >= MaxUndoFailures;
}

public sealed record DoneStep(string Run, string Use);

/// <param name="Labels">Of the alerts as they were then, so that what people are told keeps its labels.</param>
public sealed record WaitState(
    DateTimeOffset At, string Severity, IReadOnlyDictionary<string, string> Labels, ImmutableList<string> ToldVia,
    ImmutableDictionary<string, string> Failing);

/// <param name="Failing">Why a way failed when that was last said, as long as it fails.</param>
/// <param name="SaidFailing">When it was last said that a way fails; null where it never was.</param>
public sealed record EscalationState(
    Escalated Escalated, DateTimeOffset At, ImmutableList<string> ToldVia, ImmutableDictionary<string, string> Failing,
    ImmutableDictionary<string, DateTimeOffset>? SaidFailing = null);
