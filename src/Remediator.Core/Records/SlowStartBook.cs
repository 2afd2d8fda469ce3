using System.Collections.Immutable;
using Remediator.Core.Actions;
using Remediator.Core.Events;
using Remediator.Core.Resources;

namespace Remediator.Core.Records;

/// <summary>
/// How the repairs of all scopes went, event after event in the order of the journal. Which scopes a repair belongs to is written in its
/// intent, among the permits.
/// </summary>
public sealed record SlowStartBook
{
    public static SlowStartBook Empty { get; } = new();

    /// <summary>The kinds of events that it reads.</summary>
    public static IReadOnlyList<string> Counted { get; } =
    [
        .. new[]
        {
            typeof(ActionIntended), typeof(ActionBegan), typeof(ActionSucceeded), typeof(ActionFailed), typeof(ActionProbed),
            typeof(ActionInDoubt), typeof(RunEnded), typeof(Escalated), typeof(RepairAllowed),
        }.Select(EventCodec.NameOf),
    ];

    public ImmutableDictionary<SlowStartScope, SlowStartRecord> Scopes { get; init; } =
        ImmutableDictionary<SlowStartScope, SlowStartRecord>.Empty;

    /// <summary>Runs that go on and have intended a change, by incident.</summary>
    private ImmutableDictionary<string, Trial> Trials { get; init; } = ImmutableDictionary<string, Trial>.Empty;

    public SlowStartRecord Of(SlowStartScope scope) => Scopes.GetValueOrDefault(scope, SlowStartRecord.None);

    /// <param name="resource">To which it happened.</param>
    public SlowStartBook After(Happened happened, ResourceKey resource) => happened switch
    {
        { Event: RepairAllowed allowed } =>
            this with { Scopes = Scopes.RemoveRange(Scopes.Keys.Where(s => s.Home == resource && s.Problem == allowed.Problem)) },
        { Event: ActionIntended intended, IncidentId: { } id } => Set(id, Intended(Trials.GetValueOrDefault(id), intended, resource)),
        { IncidentId: { } id } when Trials.TryGetValue(id, out var trial) => After(happened, id, trial),
        _ => this,
    };

    /// <summary>Something is promised by what stays: a change for a time only contains the trouble.</summary>
    private static Trial Intended(Trial? before, ActionIntended intended, ResourceKey resource) => new(
        resource,
        [.. intended.Permits.Select(SlowStartScope.Of).OfType<SlowStartScope>()],
        before?.Changed is true || !intended.Temporary,
        before?.Done ?? false,
        before?.Failed ?? false);

    private SlowStartBook After(Happened happened, string id, Trial trial) => happened.Event switch
    {
        ActionBegan { Undo: false } or ActionSucceeded or ActionInDoubt or ActionProbed { Answer: ProbeAnswer.Happened } =>
            Set(id, trial with { Done = true }),
        // certainly nothing was done: it was forbidden, or somebody else was there first
        ActionFailed { Kind: not FailureKind.Unknown } or ActionProbed { Answer: ProbeAnswer.DidNotHappen } when !trial.Done =>
            Set(id, trial with { Changed = false }),
        // people have it, and may still release its next step
        Escalated when trial is { Changed: true, Failed: false } =>
            Set(id, trial with { Failed = true }).Failed(id, trial, happened.At),
        RunEnded ended => (this with { Trials = Trials.Remove(id) }).Ended(ended.Outcome, id, trial, happened.At),
        _ => this,
    };

    private SlowStartBook Ended(RunOutcome outcome, string id, Trial trial, DateTimeOffset at) => (outcome, trial) switch
    {
        (RunOutcome.Verified, { Changed: true }) => Change(trial, (_, record) => record.After(at)),
        (RunOutcome.Escalated, { Changed: true, Failed: false }) => Failed(id, trial, at),
        _ => this,
    };

    private SlowStartBook Failed(string id, Trial trial, DateTimeOffset at)
    {
        var place = trial.Scopes.FirstOrDefault(s => !s.IsRule)?.Key ?? trial.Resource;
        return Change(
            trial, (scope, record) => record.After(new FailedRepair(id, trial.Resource, scope.IsRule ? place : trial.Resource, at)));
    }

    private SlowStartBook Change(Trial trial, Func<SlowStartScope, SlowStartRecord, SlowStartRecord> change) =>
        this with { Scopes = trial.Scopes.Aggregate(Scopes, (scopes, s) => scopes.SetItem(s, change(s, Of(s)))) };

    private SlowStartBook Set(string id, Trial trial) => this with { Trials = Trials.SetItem(id, trial) };

    /// <param name="Changed">It has changed something for good, or may have.</param>
    /// <param name="Done">It is known that it did, or nobody can tell.</param>
    /// <param name="Failed">It is counted as a failure already.</param>
    private sealed record Trial(ResourceKey Resource, ImmutableList<SlowStartScope> Scopes, bool Changed, bool Done, bool Failed);
}
