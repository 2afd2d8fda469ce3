using System.Collections.Concurrent;
using Remediator.Core.Actions;
using Remediator.Core.Alerts;
using Remediator.Core.Facts;
using Remediator.Core.Pauses;
using Remediator.Core.Playbooks;
using Remediator.Core.Policies;
using Remediator.Core.Resources;
using Remediator.Core.Rules;

namespace Remediator.Grains.Tests;

public sealed record NoInput;

/// <summary>
/// Workloads that crash until somebody evicts their pod. It outlives the engines that work on it, and counts what was done to it.
/// </summary>
internal sealed class FakeCluster : IFactViews, IResourceResolver, IDefinitions, IPauseSwitch
{
    private readonly ConcurrentDictionary<string, bool> _healthy = new();

    public ConcurrentDictionary<string, int> EffectsById { get; } = new();

    /// <summary>Called before an act has its effect.</summary>
    public Func<ActionRequest, Task> BeforeEffect { get; set; } = _ => Task.CompletedTask;

    /// <summary>Called before an act is planned.</summary>
    public Func<ActionRequest, CancellationToken, Task> BeforePlan { get; set; } = (_, _) => Task.CompletedTask;

    /// <summary>Called when the effect is there and nobody knows yet.</summary>
    public Func<ActionRequest, Task> AfterEffect { get; set; } = _ => Task.CompletedTask;

    /// <summary>By whom each act was done.</summary>
    public ConcurrentDictionary<string, string> DoneBy { get; } = new();

    public int Probes { get; set; }

    public TimeProvider Time { get; set; } = TimeProvider.System;

    public string? Reason { get; set; }

    public ViewState State { get; set; } = ViewState.Ready;

    /// <summary>Null for a view that is always new.</summary>
    public DateTimeOffset? FreshAt { get; set; }

    /// <summary>Facts beside those of the workloads.</summary>
    public IReadOnlyList<Fact> Beside { get; set; } = [];

    private long _version;

    public ViewStatus Current
    {
        get
        {
            var now = Time.GetUtcNow();
            var facts = _healthy.SelectMany(w => new[]
            {
                new Fact("workload", Labels(w.Key), now),
                new Fact("container", new Dictionary<string, string>(Labels(w.Key)) { ["crashing"] = w.Value ? "false" : "true" }, now),
            });
            return new(State, new FactView(Interlocked.Increment(ref _version), now, [.. facts, .. Beside]), FreshAt ?? now, "");
        }
    }

    public Task<ViewStatus> NextAsync(long afterVersion, CancellationToken cancellationToken) => Task.FromResult(Current);

    /// <summary>Beside those that repair it.</summary>
    public IReadOnlyList<IAction> Actions { get; set; } = [];

    /// <summary>Pods that the view does not show.</summary>
    public string[] Unseen { get; set; } = [];

    /// <summary>Pods whose ReplicaSet is seen, and not whom that belongs to.</summary>
    public string[] Ownerless { get; set; } = [];

    /// <summary>What alerts are about that are not about workloads.</summary>
    public Func<Alert, Resolution?> Beyond { get; set; } = _ => null;

    public Resolution Resolve(Alert alert) => Beyond(alert) ?? ResolveReplicaSet(alert);

    private Resolution ResolveReplicaSet(Alert alert) => alert.Labels.TryGetValue("pod", out var owned) && Ownerless.Contains(owned)
        ? new(Key(alert.Labels["workload"]) with { Kind = "replicaset", Name = "api-7c9f8d6b5" }, true, alert.Labels, "by its pod")
        : ResolveOwned(alert);

    private Resolution ResolveOwned(Alert alert) => alert.Labels.TryGetValue("pod", out var pod) && Unseen.Contains(pod)
        ? new(Key(pod), false, alert.Labels, "not known")
        : new(Key(alert.Labels["workload"]), true, alert.Labels, "by its label");

    public DefinitionSet Definitions { get; set; } =
        new("d1", null, new AlwaysRun(), new Dictionary<string, Playbook> { [RestartLoop.Name] = RestartLoop });

    DefinitionSet IDefinitions.Current => Definitions;

    public Playbook Parse(string source) => Definitions.Playbooks.Values.Single(p => p.Source == source);

    public static ResourceKey Key(string workload) => new("test", "deployment", SpaceOf(workload), workload);

    /// <summary>What comes before a dot; without one, <c>shop</c>.</summary>
    public static string SpaceOf(string workload) => workload.Split('.') is [var space, _] ? space : "shop";

    public void Break(string workload) => _healthy[workload] = false;

    public void Repair(string workload) => _healthy[workload] = true;

    /// <summary>Something was done to it.</summary>
    public bool IsTouched(string name) => _healthy.ContainsKey(name);

    public bool IsHealthy(string workload) => _healthy.GetValueOrDefault(workload);

    /// <summary>What a look at a repair sees.</summary>
    public Func<ActionRequest, CheckResult>? Looks { get; set; }

    public Task<CheckResult> CheckAsync(ActionRequest request, CancellationToken cancellationToken) => Task.FromResult(
        Looks?.Invoke(request) ?? new(IsHealthy(request.Resource.Name), IsHealthy(request.Resource.Name) ? "ready" : "crashing"));

    private static Dictionary<string, string> Labels(string workload) =>
        new() { ["namespace"] = SpaceOf(workload), ["workload"] = workload, ["workload_kind"] = "deployment" };

    public static Playbook RestartLoop { get; } = new()
    {
        Name = "restart-loop",
        ResourceKinds = ["deployment"],
        Problem = [Condition.Parse("container{crashing=\"true\"}")],
        Mode = Mode.Auto,
        Limits = new(2, TimeSpan.FromHours(24), TimeSpan.FromMinutes(30)),
        Ladder =
        [
            new()
            {
                Name = "evict",
                Use = "fake.evict",
                With = ActionInputTemplate.Of(new NoInput()),
                Verify = new("fake.ready", ActionInputTemplate.Of(new NoInput()), TimeSpan.FromMinutes(1), TimeSpan.FromSeconds(10)),
            },
        ],
        Escalate = new("critical", new LiquidText("help")),
        Revision = "r1",
        Source = "restart-loop",
        Place = "here:1",
    };

    private sealed class AlwaysRun : IRuleProgram
    {
        public string Revision => "d1";

        public IReadOnlyList<string> FactsFor(string alertName) => [];

        public Decision Decide(Fact alert, FactView view) => new()
        {
            Kind = DecisionKind.Run,
            Rule = "always",
            Playbook = "restart-loop",
            Alert = alert.Name,
            RulesRevision = "d1",
            ViewVersion = view.Version,
            ViewAt = view.At,
            Trace = [],
        };
    }
}

/// <summary>The act that repairs the cluster, as one engine has it.</summary>
internal sealed class FakeEvict(FakeCluster cluster, string by) : IChangeAction
{
    public ActionDescriptor Descriptor { get; } = new()
        { Name = "fake.evict", Class = ActionClass.Mild, Input = typeof(NoInput), Summary = "evict", Deadline = TimeSpan.FromSeconds(5) };

    public async Task<PlanResult> PlanAsync(ActionRequest request, CancellationToken cancellationToken)
    {
        await cluster.BeforePlan(request, cancellationToken);
        return PlanResult.Planned(new() { Summary = $"evict the pod of {request.Resource.Name}", Preconditions = Uid(request) });
    }

    public async Task<ActionOutcome> ApplyAsync(ActionRequest request, ActionPlan plan, CancellationToken cancellationToken)
    {
        await cluster.BeforeEffect(request);
        cluster.EffectsById.AddOrUpdate(request.ActionId, 1, (_, n) => n + 1);
        cluster.DoneBy[request.ActionId] = by;
        cluster.Repair(request.Resource.Name);
        await cluster.AfterEffect(request);
        return new("evicted");
    }

    public Task<IReadOnlyDictionary<string, string>?> IdentifyAsync(
        ActionRequest request, ActionPlan plan, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyDictionary<string, string>?>(Uid(request));

    private static Dictionary<string, string> Uid(ActionRequest request) => new() { ["uid"] = request.Resource.Name };

    public Task<ProbeResult> ProbeAsync(ActionRequest request, ActionPlan plan, CancellationToken cancellationToken)
    {
        cluster.Probes++;
        return Task.FromResult(new ProbeResult(
            cluster.EffectsById.ContainsKey(request.ActionId) ? ProbeAnswer.Happened : ProbeAnswer.DidNotHappen, "asked the cluster"));
    }
}

/// <summary>The same cluster under the name of its verification.</summary>
internal sealed class FakeReady(FakeCluster cluster) : IVerifyAction
{
    public ActionDescriptor Descriptor { get; } = new()
        { Name = "fake.ready", Class = ActionClass.Read, Input = typeof(NoInput), Summary = "ready" };

    public Task<CheckResult> CheckAsync(ActionRequest request, CancellationToken cancellationToken) =>
        cluster.CheckAsync(request, cancellationToken);
}
