using Microsoft.Extensions.Logging;
using Orleans.Placement;
using Orleans.Storage;
using Remediator.Core.Commands;
using Remediator.Core.Engine;
using Remediator.Core.Events;
using Remediator.Core.Incidents;
using Remediator.Core.Journal;
using Remediator.Core.Resources;
using Remediator.Core.Safety;
using Remediator.Core.Worlds;
using Remediator.Grains.Calls;
using Remediator.Grains.Metrics;
using Remediator.Grains.Views;
using Remediator.Grains.Work;

namespace Remediator.Grains.Turn;

/// <summary>One resource: load, ask Core, commit, act. A turn takes milliseconds; whatever takes longer is the runner's.</summary>
[GrainType("resource"), RandomPlacement]
internal sealed partial class ResourceGrain(
    ResourceStore store, Worlds worlds, ActiveAlerts alerts, StormCalls storms, ActionRunner runner, StuckResources stuck,
    EngineMetrics metrics, ILogger<ResourceGrain> logger) : Grain,
    IResourceGrain
{
    /// <summary>The budget guard reads permits; a transaction that was refused one is decided again with its answer.</summary>
    private const int MaxDenials = 3;

    private ResourceKey _resource;
    private ResourceState _state = ResourceState.Empty;
    private long _version;
    private long _heard;

    /// <summary>
    /// When it is woken at the latest, by its row in the store or by the pump, which was told; null where that is not known.
    /// </summary>
    private DateTimeOffset? _due;
    private bool _mayBeDue = true;

    /// <summary>Alerts were refused, and there is no room for them yet.</summary>
    private bool _isFull;

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        await alerts.Loaded.WaitAsync(cancellationToken);
        _resource = ResourceKey.Parse(this.GetPrimaryKeyString());
        try
        {
            (_version, _state) = await store.LoadAsync(_resource, cancellationToken);
        }
        catch (Exception e) when (!Failure.IsOfTheMoment(e) || e is UnreadableStreamException)
        {
            stuck.Failed(_resource, e);
            throw;
        }

        _mayBeDue = _version > 0;
        // where it lived before, alerts may have been refused
        _isFull = !_state.Incidents.IsEmpty && ResourceState.Stream.Write(_state).Length >= DocumentLimit.RoomAgain;
    }

    public async Task IngestAsync(string delivery)
    {
        var came = Messages.Read<Delivery>(delivery);
        _heard = alerts.Change(came.Active, came.Gone);
        await alerts.GatherAsync(_heard);
        var news = await store.WithoutThoseThatCameBackAsync(_resource, came.Alerts);
        await TurnAsync((state, world) => Intake.Receive(state, world, news), came);
    }

    public async Task<string?> WakeAsync()
    {
        if (await TurnAsync((_, _) => [], null) is not { } again)
        {
            return null;
        }

        _due = again;
        return Messages.Write(new Woken(again));
    }

    public Task UnseenAsync(string message) => TurnAsync((state, world) => UnseenCluster.Tell(state, world, message), null);

    public Task JobDoneAsync(string result)
    {
        var done = Messages.Read<JobMessage>(result).Read();
        return TurnAsync((state, world) => done is null ? [] : JobReports.Report(state, world, done), null);
    }

    public Task<string> ApproveAsync(string approval) => CommandAsync(approval, Approvals.Approve);

    public Task<string> AllowRepairAsync(string approval) => CommandAsync(approval, StoppedRepairs.Allow);

    private async Task<string> CommandAsync(
        string approval,
        Func<ResourceState, World, string, string, string, string, (IReadOnlyList<Happened> Events, CommandResult Result)> command)
    {
        var asked = Messages.Read<Approval>(approval);
        var answer = new CommandResult(false, "");
        await TurnAsync(
            (state, world) =>
            {
                (var events, answer) = command(state, world, asked.IncidentId, asked.Actor, asked.Reason, asked.TraceId);
                return events;
            },
            null);
        return Messages.Write(answer);
    }

    /// <returns>When to look again, where nothing happened and nothing was written; null where the wake-up in the store says it.</returns>
    private async Task<DateTimeOffset?> TurnAsync(Func<ResourceState, World, IReadOnlyList<Happened>> incoming, Delivery? delivery)
    {
        try
        {
            var again = await DecideAsync(incoming, delivery);
            if (!_isFull)
            {
                stuck.WentOn(_resource);
            }

            return again;
        }
        catch (Exception e) when (!Failure.IsOfTheMoment(e))
        {
            // of several alerts there may be room for some: each is tried by itself
            if (e is not ResourceFullException || delivery is { Rows.Count: 1 })
            {
                stuck.Failed(_resource, e);
            }

            throw;
        }
    }

    private async Task<DateTimeOffset?> DecideAsync(Func<ResourceState, World, IReadOnlyList<Happened>> incoming, Delivery? delivery)
    {
        string? denied = null;
        for (var denials = 0; ; denials++)
        {
            var world = worlds.For(
                _resource, _heard, await store.InFlightAsync(), await store.PausedAsync(), await store.OpenAsync(), denied);
            var first = incoming(_state, world);
            // what a person has just allowed is allowed at once
            world = world with { SlowStart = first.Aggregate(world.SlowStart, (book, h) => book.After(h, _resource)) };
            var settled = IncidentEngine.Settle(_state.Apply(first), world);
            IReadOnlyList<Happened> events = [.. first, .. settled.Events];
            TellOfStorms(settled.State, world);
            if (events.Count == 0 && delivery is null)
            {
                // what is wanted stays wanted while the store is away; people must hear of an open incident all the same
                runner.Ensure(settled.Jobs);
                if (settled.Due is { } again && !(again < _due))
                {
                    // the wake-up in the store is earlier, and may stay so: a resource that waits costs no write
                    return again;
                }

                if (settled.Due is not null || _mayBeDue)
                {
                    await store.PutDueAsync(_resource, _version, settled.Due);
                    (_due, _mayBeDue) = (settled.Due, settled.Due is not null);
                }

                return null;
            }

            if (events.Any(h => h.Event is UndoIntended))
            {
                Failpoint.Hit("before-undo-intent-commit");
            }

            var order = Order(world, settled, events, delivery);
            if (DocumentLimit.Refuses(_resource, _state, first, order.Document?.Length ?? 0) is { } full)
            {
                _isFull |= delivery is { Rows.Count: 1 };
                throw new ResourceFullException(full);
            }

            var result = await store.CommitAsync(order);
            if (result is CommitResult.PermitDenied refused && denials < MaxDenials)
            {
                denied = refused.Reason;
                continue;
            }

            if (result is not CommitResult.Committed committed)
            {
                throw new InconsistentStateException($"{_resource} was written by somebody else after version {_version}: {result}.");
            }

            _state = settled.State;
            _version = committed.Version;
            (_due, _mayBeDue) = (settled.Due, settled.Due is not null);
            _isFull = _isFull && !(order.Document?.Length < DocumentLimit.RoomAgain);
            AfterCommit(world, settled, events);
            return null;
        }
    }

    /// <summary>
    /// Who is held by a storm or by what others wait for too, or where repairs are stopped, sees to it that this has its incident.
    /// </summary>
    private void TellOfStorms(ResourceState state, World world)
    {
        foreach (var scope in StormWatch.Unheard(state, world)
            .Concat(SlowStartWatch.Unheard(state, world)).Concat(SharedCauseWatch.Unheard(state, world)))
        {
            storms.Tell(scope);
        }
    }

    private Commit Order(World world, Settled settled, IReadOnlyList<Happened> events, Delivery? delivery)
    {
        return new()
        {
            Resource = _resource,
            ExpectedVersion = _version,
            At = world.Now,
            Events = [.. events.Select(h => h.ToNewEvent())],
            Document = events.Count == 0 ? null : ResourceState.Stream.Write(settled.State),
            DocumentSchema = ResourceState.Stream.Schema,
            Incidents = IncidentRows.Changed(_resource, _state, settled.State, events),
            Due = settled.Due,
            Consumed = delivery?.Rows ?? [],
            AlertsNow = delivery?.Active ?? [],
            AlertsGone = Gone(events, delivery),
            Acquire = Wanted(world, settled.State, events),
            Release = [.. events.Where(h => h.Event is RunEnded or IncidentClosed || WaitsOn(h, settled.State))
                .Select(h => h.IncidentId!).Distinct()],
        };
    }

    /// <summary>A step that nobody has released in time waits without a place in the budgets; released later, it takes one then.</summary>
    private static bool WaitsOn(Happened happened, ResourceState after) =>
        happened is { Event: Escalated, IncidentId: { } id } && after.Find(id)?.Run is { Phase: RunPhase.AwaitingApproval };

    private static PermitRequest? Wanted(World world, ResourceState after, IReadOnlyList<Happened> events) =>
        events.FirstOrDefault(h => h.Event is ActionIntended) is { } act ? Permits.Wanted(after.Find(act.IncidentId!)!, world)
        : events.FirstOrDefault(h => h.Event is UndoIntended or PushIntended) is { } other ? Permits.ToGoOn(other.IncidentId!, world)
        : null;

    private static List<string> Gone(IReadOnlyList<Happened> events, Delivery? delivery) =>
        [.. (delivery?.Gone ?? []).Union(
            events.Select(h => h.Event).OfType<AlertCleared>().Where(c => c.Reason is not null).Select(c => c.Fingerprint))];

    private void AfterCommit(World world, Settled settled, IReadOnlyList<Happened> events)
    {
        foreach (var happened in events)
        {
            metrics.Count(happened);
            Log.Happened(logger, EventCodec.NameOf(happened.Event), _resource.Display, happened.IncidentId, happened.TraceId);
        }

        if (events.Count > 0)
        {
            Failpoint.Hit("after-decision-commit");
        }

        if (events.Any(h => h.Event is ActionIntended))
        {
            Failpoint.Hit("after-intent-commit");
        }

        if (events.Any(h => h.Event is UndoIntended))
        {
            Failpoint.Hit("after-undo-intent-commit");
        }

        if (events.Any(h => h.Event is ActionBegan))
        {
            Failpoint.Hit("after-began-commit");
        }

        if (events.Any(h => h.Event is PushIntended))
        {
            Failpoint.Hit("after-push-intent-commit");
        }

        if (events.Any(h => h.Event is CancelIntended))
        {
            Failpoint.Hit("after-cancel-intent-commit");
        }

        alerts.Change([], Gone(events, null));
        runner.Ensure(JobOrders.Acts(settled.State, world, events));
        runner.Ensure(settled.Jobs);
    }

    private static partial class Log
    {
        [LoggerMessage(
            EventId = 2001, Level = LogLevel.Information, Message = "{Event} on {Resource}, incident {Incident}, trace {traceid}")]
        public static partial void Happened(ILogger logger, string @event, string resource, string? incident, string traceid);
    }
}
