using Remediator.Core.Actions;
using Remediator.Core.Facts;
using Remediator.Core.Journal;
using Remediator.Core.Pages;
using Remediator.Core.Pauses;
using Remediator.Core.Playbooks;
using Remediator.Core.Policies;
using Remediator.Core.Records;
using Remediator.Core.Resources;

namespace Remediator.Core.Worlds;

/// <summary>Everything outside the resource that a decision looks at, at one moment.</summary>
public sealed record World
{
    public required ResourceKey Resource { get; init; }
    public required DateTimeOffset Now { get; init; }
    /// <summary>Resources and active alerts.</summary>
    public required FactView View { get; init; }
    public required ViewState ViewState { get; init; }
    public required DateTimeOffset FreshAt { get; init; }
    public required string ViewProblem { get; init; }
    /// <summary>What the views of the providers beside the cluster's are worth.</summary>
    public IReadOnlyList<Sight> Others { get; init; } = [];
    public required DefinitionSet Definitions { get; init; }
    /// <summary>Reads the playbook that a run has kept.</summary>
    public required Func<string, Playbook> Parse { get; init; }
    public required ActionRegistry Actions { get; init; }
    public required EngineSettings Settings { get; init; }
    /// <summary>What is in flight everywhere, this resource among it.</summary>
    public required Holdings Held { get; init; }
    /// <summary>How repairs went where bursts of them begin slowly; as new as what is in flight.</summary>
    public SlowStartBook SlowStart { get; init; } = SlowStartBook.Empty;
    /// <summary>Why everything is paused; null when nothing is.</summary>
    public string? Paused { get; init; }
    /// <summary>What people have paused by command.</summary>
    public PauseReading Pauses { get; init; } = PauseReading.None;
    /// <summary>What people have silenced, by group; null where no Alertmanager is configured.</summary>
    public SilenceReading? Silences { get; init; }
    /// <summary>What the transaction said when it last refused the permit, in this turn.</summary>
    public string? PermitDenied { get; init; }
    /// <summary>
    /// Whether an alert, by its id, is of a source that repeats what fires, and has not been repeated for
    /// <c>IncidentEngine.AssumedOverAfter</c>.
    /// </summary>
    public Func<string, bool> IsForgotten { get; init; } = _ => false;
    /// <summary>How far a playbook was lowered because of its record; null if it was not.</summary>
    public Func<string, Standing?> Standing { get; init; } = _ => null;
    /// <summary>What a playbook did, counted from the journal; null where nothing is known of it.</summary>
    public Func<string, PlaybookRecord?> Record { get; init; } = _ => null;
    /// <summary>Whether there is an Alertmanager that can be told to page nobody for the alerts of a source.</summary>
    public Func<string?, bool> CanHoldPages { get; init; } = _ => false;
    /// <summary>False until that has been read: until then nothing is changed.</summary>
    public bool KnowsStandings { get; init; } = true;
    /// <summary>All of them; a test that leaves one out shows what it is good for.</summary>
    public required IReadOnlyList<Guard> Guards { get; init; }
    /// <summary>Makes ids; grows in time.</summary>
    public required Func<string> NewId { get; init; }
    /// <summary>
    /// Open incidents of nodes, zones and the cluster: what may be the cause of what is wrong here. A moment old at most.
    /// </summary>
    public IReadOnlyList<IncidentRow> Open { get; init; } = [];

    /// <summary>Open incidents whose evidence names what they wait for. A moment old at most.</summary>
    public IReadOnlyList<IncidentRow> Waiting { get; init; } = [];

    /// <summary>A view from the future is none: the clock was set back, and how old the view is cannot be told.</summary>
    public bool IsFresh => (Now - FreshAt).Duration() <= Settings.MaxViewAge;

    public IncidentRow? OpenIncident(ResourceKey resource, string problem) =>
        Open.FirstOrDefault(i => i.Resource == resource && i.Problem == problem);

    /// <summary>What the view of a provider of facts is worth; null where there is no such provider.</summary>
    public Sight? SightOf(string provider) =>
        provider == FactSchema.Kubernetes
            ? new(provider, ViewState, FreshAt, ViewProblem)
            : Others.FirstOrDefault(s => s.Provider == provider);

    /// <summary>The resource is known to belong to no cluster, so that what the cluster does is nothing to it.</summary>
    public bool IsOutside =>
        ResourceKinds.Of(Resource) is { MayBeOutside: true, Own: [var host, ..] } && Hosts.IsOutside(View, host.Value(Resource));

    /// <summary>Facts show the resource, or this playbook sees for itself whether it is there.</summary>
    public bool IsShown(Playbook playbook) =>
        Scope.All.Any(f => FactSchema.IsKind(f.Name)) || (playbook.Looks.Count > 0 && ResourceKinds.Of(Resource).MayBeOutside);

    private FactView? _scope;

    /// <summary>The facts of the resource and of what belongs to it.</summary>
    public FactView Scope => _scope ??= View.Scope(Resource);

    /// <summary>The fact that says how the resource itself is; null where none is known.</summary>
    public Fact? Own => Scope.Named(ResourceKinds.Of(Resource).Fact) is [var own, ..] ? own : null;

    private PolicyLabels? _labels;

    /// <summary>By what the policy selects this resource.</summary>
    /// <param name="playbook">Empty where none is at hand.</param>
    public PolicyLabels Labels(string playbook) => _labels?.Playbook == playbook ? _labels : _labels = new(Resource, View, playbook);
}
