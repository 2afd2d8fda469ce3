using Remediator.Actions;
using Remediator.Core.Engine;
using Remediator.Core.Events;
using Remediator.Core.Facts;
using Remediator.Core.Incidents;
using Remediator.Core.Journal;
using Remediator.Core.Policies;
using Remediator.Core.Resources;
using Remediator.Core.Rules;
using Remediator.Core.Worlds;

namespace Remediator.Definitions.Tests.Shipped.Decided;

/// <summary>What the engine is shown of a resource.</summary>
/// <param name="View">What the cluster and the active alerts are at a moment.</param>
/// <param name="Evidence">What a reading action finds.</param>
/// <param name="Plan">What comes of planning a step.</param>
internal sealed record Shown(
    Func<DateTimeOffset, FactView> View, Func<EvidenceCall, DateTimeOffset, EvidenceItem> Evidence,
    Func<MakePlan, DateTimeOffset, JobOutcome> Plan)
{
    /// <summary>What a look sees.</summary>
    public Func<EvidenceCall, IReadOnlyList<Fact>> Look { get; init; } =
        call => throw new InvalidOperationException($"{call.Use} is not arranged.");
}

/// <summary>
/// The real engine with definitions in mode auto before one resource: until it begins an act, asks a person, tells one, or has done nothing
/// for half an hour.
/// </summary>
internal sealed class EngineTrial(DefinitionSet definitions, ResourceKey resource, Shown shown, DateTimeOffset began)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(30);

    private readonly List<Event> _events = [];
    private ResourceState _state = ResourceState.Empty;
    private DateTimeOffset _now;
    private int _ids;

    public IReadOnlyList<Event> Events => _events;

    /// <summary>How often it is woken; a decision does not depend on it.</summary>
    public TimeSpan Turn { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Other incidents that name what they wait for.</summary>
    public IReadOnlyList<IncidentRow> Waiting { get; init; } = [];

    /// <summary>Those that are asked.</summary>
    public IReadOnlyList<Guard> Guards { get; init; } = Core.Safety.Guards.Ordered;

    public (string Decision, string Reason) Run(params IReadOnlyList<IncomingAlert> alerts)
    {
        _now = began;
        Settle(world => Intake.Receive(_state, world, alerts));
        while (_now - began < Patience && Outcome() is null)
        {
            _now += Turn;
            Settle(_ => []);
        }

        return Outcome() ?? Nothing();
    }

    private (string Decision, string Reason)? Outcome() => _events.LastOrDefault(
        e => e is ActionIntended or ApprovalRequested or Escalated) switch
    {
        ActionIntended e => ("**does**", e.Name),
        ApprovalRequested e => ("asks a person", $"{e.Name}{PassedOver()}"),
        Escalated e => ("tells a person", $"{e.Message}{Because(e)}"),
        _ => null,
    };

    private (string Decision, string Reason) Nothing() =>
        _events.OfType<RunEnded>().LastOrDefault() is { } ended ? ("nothing", ended.Reason)
        : _events.OfType<Held>().LastOrDefault() is { } held ? ("waits", $"{held.Guard}: {held.Reason}")
        : _events.OfType<Core.Events.Decided>().LastOrDefault()?.Decision is { } decision
            ? (decision.Kind is DecisionKind.Suppress ? "leaves it" : "nothing", decision.Message)
        : ("nothing", "it was never decided about");

    private string Because(Escalated escalated)
    {
        var refused = _events.OfType<StepRefused>().Select(e => $"'{e.Name}' is refused: {e.Reason}").Distinct().ToList();
        return refused.Count > 0 ? $" ({string.Join("; ", refused)})"
            : escalated.Reason.Length > 0 && !_events.OfType<StepPassedOver>().Any() ? $" ({escalated.Reason})"
            : "";
    }

    private string PassedOver() => string.Concat(_events.OfType<StepRefused>().Select(e => $" ('{e.Name}' is refused: {e.Reason})"));

    /// <summary>One turn of the resource, and what its jobs would bring.</summary>
    private void Settle(Func<World, IReadOnlyList<Happened>> incoming)
    {
        var jobs = Take(incoming);
        for (var answered = 0; answered < 20 && jobs.Select(Answer).FirstOrDefault(a => a is not null) is { } answer; answered++)
            jobs = Take(world => JobReports.Report(_state, world, answer));
    }

    private IReadOnlyList<Job> Take(Func<World, IReadOnlyList<Happened>> incoming)
    {
        var world = World();
        var first = incoming(world);
        var settled = IncidentEngine.Settle(_state.Apply(first), world);
        _events.AddRange(first.Concat(settled.Events).Select(h => h.Event));
        _state = settled.State;
        return Outcome() is null ? settled.Jobs : [];
    }

    private JobResult? Answer(Job job) => job switch
    {
        CollectEvidence e => new(e.Id, e.IncidentId, new EvidenceRead([.. e.Calls.Select(c => shown.Evidence(c, _now))])),
        LookAtResource l => new(
            l.Id, l.IncidentId, new LookMade(new(l.Playbook, _now, [.. l.Calls.Select(c => LookItem.Saw(c.Use, shown.Look(c)))]))),
        MakePlan p => new(p.Id, p.IncidentId, shown.Plan(p, _now)),
        _ => null,
    };

    private World World() => new()
    {
        Resource = resource,
        Now = _now,
        View = shown.View(_now),
        ViewState = ViewState.Ready,
        FreshAt = _now,
        ViewProblem = "",
        Definitions = definitions,
        Parse = source => definitions.Playbooks.Values.Single(p => p.Source == source),
        Actions = ActionCatalogue.All(),
        Settings = new() { Mode = Core.Playbooks.Mode.Auto },
        Held = Holdings.None,
        Waiting = Waiting,
        Guards = Guards,
        NewId = () => $"id{++_ids:000}",
    };
}
