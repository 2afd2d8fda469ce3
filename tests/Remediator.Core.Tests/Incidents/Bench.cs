using System.Text.Json;
using Remediator.Core.Actions;
using Remediator.Core.Alerts;
using Remediator.Core.Commands;
using Remediator.Core.Engine;
using Remediator.Core.Events;
using Remediator.Core.Facts;
using Remediator.Core.Incidents;
using Remediator.Core.Journal;
using Remediator.Core.Pages;
using Remediator.Core.Pauses;
using Remediator.Core.Playbooks;
using Remediator.Core.Policies;
using Remediator.Core.Records;
using Remediator.Core.Resources;
using Remediator.Core.Rules;
using Remediator.Core.Safety;
using Remediator.Core.Tests.Resources;
using Remediator.Core.Worlds;

namespace Remediator.Core.Tests.Incidents;

/// <summary>One resource and its engine without any machinery: alerts, facts, time and results of jobs are what the test says.</summary>
internal sealed class Bench
{
    private int _ids;

    public ResourceKey Resource { get; set; } = new("test", "deployment", "shop", "api");

    public ResourceState State { get; private set; } = ResourceState.Empty;

    public List<Happened> Journal { get; } = [];

    public Settled Last { get; private set; } = new(ResourceState.Empty, [], [], null);

    public List<ActionIntended> Intents => [.. Journal.Select(h => h.Event).OfType<ActionIntended>()];

    public DateTimeOffset Now { get; set; } = new(2026, 11, 23, 12, 0, 0, TimeSpan.Zero);

    public TimeSpan ViewAge { get; set; } = TimeSpan.Zero;

    public string ViewProblem { get; set; } = "";

    public ViewState ViewState { get; set; } = ViewState.Ready;

    /// <summary>What the views of other providers of facts are worth.</summary>
    public IReadOnlyList<Sight> Others { get; set; } = [];

    /// <summary>Kinds of facts that its rules name.</summary>
    public IReadOnlyList<string> RulesName { get; set; } = [];

    /// <summary>Why what its playbook looks at cannot be seen; null where it can.</summary>
    public string? CannotLook { get; set; }

    public bool Crashing { get; set; } = true;

    public bool IsThere { get; set; } = true;

    public bool Unreadable { get; set; }

    public DateTimeOffset? LastHeard { get; set; }

    public string? Paused { get; set; }

    public SilenceReading? Silences { get; set; }

    /// <summary>The silences of one group.</summary>
    public static SilenceReading Read(
        IReadOnlyList<Silence> silences, DateTimeOffset? readAt, string problem, string source = "alertmanager/main") =>
        new([new(source, silences, readAt, problem)]);

    /// <summary>They are read again at each look.</summary>
    public bool ReadsSilences { get; set; }

    public PauseReading Pauses { get; set; } = PauseReading.None;

    public string? PermitDenied { get; set; }

    /// <summary>Guards that are left out.</summary>
    public HashSet<string> Broken { get; } = [];

    /// <summary>Asked before the others.</summary>
    public List<Guard> NewGuards { get; } = [];

    /// <summary>What the engine believes beside the truth, which its guards see all the same.</summary>
    public Action<Bench>? Believes { get; set; }

    /// <summary>Finds the resource of an alert that is delivered with nothing but its own labels.</summary>
    public Func<Alert, Resolution> Resolver { get; set; } = alert => AlertResolver.Resolve(alert, new FakeTopology());

    /// <summary>No end of an alert is heard, and no outcome of an act.</summary>
    public bool Deaf { get; set; }

    /// <summary>Of facts that are not renewed any more; null for those of the moment.</summary>
    public DateTimeOffset? SeenAt { get; set; }

    /// <summary>Whether each turn is also checked against its journal, which takes most of its time.</summary>
    public bool Thorough { get; init; } = true;

    public Standings? Standings { get; set; } = Standings.Empty;

    public List<Permit> Permits { get; } = [];

    public List<Claim> Claims { get; } = [];

    public List<BudgetStart> Starts { get; } = [];

    public SlowStartBook SlowStart { get; set; } = SlowStartBook.Empty;

    public Policy Policy { get; set; } = Policy.Default;

    /// <summary>Of its playbook, oldest first: whether each did what it set out to do.</summary>
    public List<bool> Runs { get; } = [];

    public bool CanHoldPages { get; set; } = true;

    /// <summary>A label of every alert that comes.</summary>
    public string? Severity { get; set; }

    /// <summary>Another one, by which people route.</summary>
    public string? Team { get; set; }

    /// <summary>Besides the workload and its container.</summary>
    public List<Fact> More { get; } = [];

    /// <summary>Facts of the cluster beside those of the resource itself, in the notation of rules' tests.</summary>
    public List<Fact> Cluster { get; set; } = [];

    /// <summary>What other resources have open.</summary>
    public List<IncidentRow> Open { get; } = [];

    /// <summary>Open incidents that name what they wait for.</summary>
    public List<IncidentRow> Waiting { get; } = [];

    /// <summary>The row that the incident list has for an open incident of this resource.</summary>
    public IncidentRow Row(string problem) =>
        IncidentRows.Changed(Resource, ResourceState.Empty, State, []).Single(r => r.Problem == problem);

    public Dictionary<string, string> Workload { get; private set; } = new() { ["desired"] = "3", ["rolling_out"] = "false" };

    public EngineSettings Settings { get; set; } = new() { Mode = Mode.Auto };

    public Func<Fact, Decision>? Rules { get; set; }

    /// <summary>In the place of <see cref="Rules"/>.</summary>
    public IRuleProgram? Program { get; set; }

    /// <summary>Besides <see cref="Playbook"/>.</summary>
    public List<Playbook> Playbooks { get; } = [];

    /// <summary>Runs keep what was in force when they began, by its source.</summary>
    private Dictionary<string, Playbook> _kept = [];

    public Playbook Playbook { get; set; } =
        RestartLoop(Mode.Auto, Step("evict", "kubernetes.evict-pod"), Step("undo", "kubernetes.rollout-undo"));

    public IEnumerable<T> Happenings<T>() => Journal.Select(h => h.Event).OfType<T>();

    public T Only<T>(Func<T, bool>? which = null) => Assert.Single(Happenings<T>(), e => which?.Invoke(e) ?? true);

    public static LadderStep Step(string name, string use, bool undo = false, params string[] when) => new()
    {
        Name = name,
        Use = use,
        With = ActionInputTemplate.Of(new NoInput()),
        When = [.. when.Select(Condition.Parse)],
        Verify = new("kubernetes.workload-ready", ActionInputTemplate.Of(new NoInput()), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(2)),
        UndoOnFailure = undo,
    };

    public static Playbook RestartLoop(Mode mode, params LadderStep[] ladder) => new()
    {
        Name = "restart-loop",
        ResourceKinds = ["deployment"],
        Problem = [Condition.Parse("container{crashing=\"true\"}")],
        Mode = mode,
        Limits = new(2, TimeSpan.FromHours(24), TimeSpan.FromMinutes(30)),
        Evidence = [],
        Ladder = ladder,
        Escalate = new("critical", new LiquidText("{{ resource }} keeps restarting")),
        Revision = "r1",
        Source = "restart-loop",
        Place = "playbooks/workloads/restart-loop.yaml:1",
    };

    public void Fire(
        string fingerprint = "f1", string name = "KubePodCrashLooping", DateTimeOffset? startsAt = null, string? source = null) =>
        Turn(world => Intake.Receive(State, world, [Incoming(fingerprint, name, AlertStatus.Firing, startsAt, source)]));

    public void Resolve(
        string fingerprint = "f1", string name = "KubePodCrashLooping", DateTimeOffset? startsAt = null, string? source = null) =>
        Turn(world => Deaf ? [] : Intake.Receive(State, world, [Incoming(fingerprint, name, AlertStatus.Resolved, startsAt, source)]));

    /// <summary>An alert with its own labels alone: it comes here only if it is found to be about this resource.</summary>
    public void Deliver(Alert alert)
    {
        var found = Resolver(alert);
        Turn(world =>
            found.Resource == Resource ? Intake.Receive(State, world, [new(alert, "alertmanager", "t1", found.How, found.Labels)]) : []);
    }

    /// <summary>Another process goes on with what the journal says.</summary>
    /// <param name="lost">What became of each entry; null for one that is lost.</param>
    public void Restart(Func<Happened, Happened?>? lost = null) =>
        State = ResourceState.Empty.Apply(Journal.Select(h => lost is null ? h : lost(h)).OfType<Happened>());

    public void Wake(TimeSpan after = default)
    {
        Now += after;
        Turn(_ => []);
    }

    public CommandResult Approve(string actor = "ada")
    {
        var answer = new CommandResult(false, "");
        Turn(world =>
        {
            (var events, answer) = Approvals.Approve(State, world, State.Incidents[0].Id, actor, "looks right", "t2");
            return events;
        });
        return answer;
    }

    public CommandResult Allow(string reason)
    {
        var answer = new CommandResult(false, "");
        Turn(world =>
        {
            (var events, answer) = StoppedRepairs.Allow(State, world, State.Incidents[0].Id, "ada", reason, "t3");
            return events;
        });
        return answer;
    }

    public T Job<T>()
        where T : Job =>
        Last.Jobs.OfType<T>().SingleOrDefault()
            ?? throw new InvalidOperationException(
                $"No {typeof(T).Name} is wanted, but: {string.Join(", ", Last.Jobs.Select(j => j.Id))}; events: "
                    + $"{string.Join(", ", Journal.TakeLast(5).Select(h => h.Event))}");

    public ApplyPlan? Act { get; private set; }

    /// <summary>What comes of the act; null where it is done.</summary>
    public JobFailure? Fails { get; set; }

    /// <summary>Who releases what ada has released.</summary>
    public string OtherPerson { get; set; } = "bob";

    /// <summary>What is delivered next.</summary>
    public Alert? Alert { get; set; }

    /// <summary>What is planned next.</summary>
    public ActionPlan NextPlan { get; set; } = new() { Summary = "evict pod shop/api-1" };

    /// <summary>What the verification sees of the resource now.</summary>
    public Func<Bench, bool> Looks { get; set; } = b =>
        b.Cluster.Exists(f => f.Name == "node" && f["node"] == b.Resource.Name && f["ready"] == "true");

    private (string Job, RepairWatch Watch)? _watch;

    /// <summary>Time passes, and what is being verified is looked at.</summary>
    public void Look(TimeSpan after)
    {
        Now += after;
        if (Last.Jobs.OfType<VerifyRepair>().SingleOrDefault() is not { } job)
        {
            Wake();
            return;
        }

        _watch = _watch is { } known && known.Job == job.Id ? known : (job.Id, new(Now, job.Within, job.Stable, TimeSpan.FromMinutes(1)));
        var verdict = _watch.Value.Watch.Add(Now, new(Looks(this), "seen"));
        if (verdict is null)
        {
            Wake();
            return;
        }

        Report(job, new RepairChecked(verdict));
    }

    /// <summary>So often it was wanted that something is taken back.</summary>
    public int Undoings { get; private set; }

    /// <summary>So often it was wanted that an act is ended early.</summary>
    public int Cancellings { get; private set; }

    /// <summary>What looks good still shows its problem in the cluster.</summary>
    public bool StaysSick { get; set; }

    public void Report(Job job, JobOutcome outcome)
    {
        var crashing = Crashing;
        Crashing &= StaysSick || outcome is not RepairChecked { Check.Good: true };
        Turn(world => JobReports.Report(State, world, new(job.Id, job.IncidentId, outcome)));
        // the same trouble is there again when the next alert comes
        Crashing = crashing;
    }

    public void Planned(string summary = "evict pod shop/api-1", params Change[] changes) =>
        Planned(new ActionPlan { Summary = summary, Changes = changes });

    public void Planned(ActionPlan plan) => Report(Job<MakePlan>(), new PlanMade(plan));

    public void Acted() => Report(Act!, new CallReturned(new("done")));

    public void Verified(bool good = true)
    {
        Now += TimeSpan.FromMinutes(1);
        Report(Job<VerifyRepair>(), new RepairChecked(new(good, good ? "3 of 3 ready" : "2 of 3 ready")));
    }

    /// <summary>Plans, acts and looks at the rung at hand.</summary>
    public void Climb(bool good)
    {
        Planned();
        Acted();
        Verified(good);
    }

    /// <summary>What a guard would see of this step now, without any incident's history.</summary>
    public GuardedStep Guarded(LadderStep step)
    {
        var world = World();
        var incident = new Incident { Id = "i", Problem = "restart-loop", OpenedAt = Now, TraceId = "t" };
        return new(world, State, incident, Playbook, step, world.Actions.Get<IAction>(step.Use).Descriptor);
    }

    private void Turn(Func<World, IReadOnlyList<Happened>> incoming)
    {
        var world = World();
        var first = incoming(world);
        Last = IncidentEngine.Settle(State.Apply(first), world);
        Journal.AddRange(first);
        Journal.AddRange(Last.Events);
        State = Last.State;
        var acts = Unreadable ? [] : JobOrders.Acts(State, world, [.. first, .. Last.Events]).ToList();
        Act = acts.OfType<ApplyPlan>().SingleOrDefault() ?? Act;
        Undoings += acts.OfType<UndoPlan>().Count();
        Cancellings += acts.OfType<CancelAct>().Count();
        // begun by who has just committed its intent, as jobs are
        Last = Last with { Jobs = [.. Last.Jobs, .. acts.Where(a => a is UndoPlan or CancelAct)] };
        if (!Thorough)
        {
            return;
        }

        Assert.Equal(Written(Last.State), Written(ResourceState.Empty.Apply(Journal)));
        Assert.Equal(Written(Last.State), Written(JsonSerializer.Deserialize<ResourceState>(Written(Last.State), EventCodec.Json)!));
    }

    private static string Written(ResourceState state) => JsonSerializer.Serialize(state, EventCodec.Json);

    public World World()
    {
        var truth = Truth();
        if (Believes is null)
        {
            return truth;
        }

        var believer = (Bench)MemberwiseClone();
        (believer.Workload, believer._kept) = (new(Workload), new(_kept));
        Believes(believer);
        return believer.Truth() with
        {
            NewId = truth.NewId,
            Guards = [.. truth.Guards.Select(
                g => g with { Check = s => g.Check(s with { World = truth, Playbook = truth.Parse(s.Playbook.Source) }) })],
        };
    }

    private World Truth()
    {
        foreach (var playbook in Playbooks.Append(Playbook))
        {
            _kept[playbook.Source] = playbook;
        }

        return NowWith(Playbooks.Append(Playbook).ToDictionary(p => p.Name));
    }

    private World NowWith(IReadOnlyDictionary<string, Playbook> playbooks) => new()
    {
        Resource = Resource,
        Now = Now,
        View = new FactView(1, Now, [.. Facts(), .. More, .. Cluster]),
        ViewState = ViewState,
        FreshAt = SeenAt ?? Now - ViewAge,
        ViewProblem = ViewProblem,
        Others = Others,
        Definitions = new("d1", null, Program ?? new FakeRules(Rules ?? Run, RulesName), playbooks) { Policy = Policy },
        Parse = source => Unreadable ? throw new FormatException("there is no action of that name") : _kept[source],
        IsForgotten = _ => Now - LastHeard > IncidentEngine.AssumedOverAfter,
        Actions = new ActionRegistry(
        [
            new FakeChange("kubernetes.evict-pod", ActionClass.Mild, disrupts: Disrupts.OnePod),
            new FakeChange("kubernetes.rollout-restart", ActionClass.Mild, disrupts: Disrupts.Rollout),
            new FakeLong("test.replace"),
            new FakeCancellable("test.drain"),
            new FakeChange("kubernetes.cordon", ActionClass.Mild, temporary: true),
            new FakeChange("kubernetes.rollout-undo", ActionClass.Strong, disrupts: Disrupts.FailingRollout, manifest: true),
        ]),
        Settings = Settings,
        Held = new(Permits, Claims, Starts),
        SlowStart = SlowStart,
        Paused = Paused,
        Pauses = Pauses,
        Silences = ReadsSilences ? new([.. Silences!.Groups.Select(g => g with { ReadAt = Now })]) : Silences,
        PermitDenied = PermitDenied,
        Guards = Broken.Count + NewGuards.Count == 0
            ? Guards.Ordered
            : [.. NewGuards, .. Guards.Ordered.Where(g => !Broken.Contains(g.Name))],
        Standing = playbook => Standings?.Of(playbook),
        KnowsStandings = Standings is not null,
        Record = playbook => Runs.Count == 0 ? null : new(playbook)
            { Newest = [.. Runs.Select((good, i) => new RunRecord($"before{i}", Now.AddHours(i - Runs.Count), good))] },
        CanHoldPages = _ => CanHoldPages,
        Open = Open,
        Waiting = Waiting,
        NewId = () => $"id{++_ids:000}",
    };

    private IEnumerable<Fact> Facts()
    {
        if (!IsThere)
        {
            yield break;
        }

        var owner = new Dictionary<string, string> {
            ["namespace"] = Resource.Namespace,
            ["workload"] = Resource.Name,
            ["workload_kind"] = Resource.Kind };
        var workload = new Dictionary<string, string>(owner);
        foreach (var (field, value) in Workload)
        {
            workload[field] = value;
        }

        yield return new("workload", workload, Now);
        yield return new(
            "container", new Dictionary<string, string>(owner) { ["container"] = "api", ["crashing"] = Crashing ? "true" : "false" }, Now);
    }

    private IncomingAlert Incoming(string fingerprint, string name, AlertStatus status, DateTimeOffset? startsAt, string? source)
    {
        var labels = new Dictionary<string, string> {
            ["alertname"] = name,
            ["namespace"] = "shop",
            ["workload"] = "api",
            ["workload_kind"] = "deployment" };
        var own = new Dictionary<string, string> {
            ["alertname"] = name,
            ["namespace"] = "shop",
            ["pod"] = "api-1",
            ["instance"] = "10.0.0.1:8080" };
        if (Severity is not null)
        {
            own["severity"] = Severity;
        }

        if (Team is not null)
        {
            own["team"] = Team;
        }

        var alert = new Alert {
            Name = name,
            Status = status,
            Labels = own,
            StartsAt = startsAt ?? new(2026, 11, 23, 11, 50, 0, TimeSpan.Zero),
            EndsAt = status is AlertStatus.Resolved ? Now : null,
            Fingerprint = fingerprint,
            Source = source };
        return new(alert, "alertmanager", "t1", "pod shop/api-1 belongs to deployment shop/api", labels);
    }

    public static Decision Run(Fact alert) => Says(DecisionKind.Run, alert) with { Rule = "pod-crash", Playbook = "restart-loop" };

    public static Decision Says(DecisionKind kind, Fact alert) => new()
    {
        Kind = kind,
        Rule = kind is DecisionKind.None ? null : "a-rule",
        Message = kind is DecisionKind.Run or DecisionKind.None ? "" : "because",
        Alert = alert.Name,
        RulesRevision = "d1",
        ViewVersion = 1,
        ViewAt = default,
        Trace = [],
    };

    private sealed class FakeRules(Func<Fact, Decision> decide, IReadOnlyList<string> kinds) : IRuleProgram
    {
        public string Revision => "d1";

        public IReadOnlyList<string> FactsFor(string alertName) => kinds;

        public Decision Decide(Fact alert, FactView view) => decide(alert);
    }
}
