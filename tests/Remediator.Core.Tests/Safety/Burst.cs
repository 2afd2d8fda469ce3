using Remediator.Core.Actions;
using Remediator.Core.Events;
using Remediator.Core.Facts;
using Remediator.Core.Incidents;
using Remediator.Core.Journal;
using Remediator.Core.Policies;
using Remediator.Core.Records;
using Remediator.Core.Resources;
using Remediator.Core.Rules;
using Remediator.Core.Safety;
using Remediator.Core.Tests.Incidents;
using Remediator.Core.Worlds;

namespace Remediator.Core.Tests.Safety;

/// <summary>Many resources that are to be repaired, with the places that the transaction would give them.</summary>
internal sealed class Burst
{
    private readonly Dictionary<string, ResourceKey> _resources = [];

    public DateTimeOffset Now { get; set; } = new(2026, 11, 26, 12, 0, 0, TimeSpan.Zero);

    public SlowStartPolicy Policy { get; set; } = new();

    public SlowStartBook Book { get; private set; } = SlowStartBook.Empty;

    public List<Permit> Permits { get; } = [];

    public List<Fact> Cluster { get; } = [];

    public List<IncidentRow> Open { get; } = [];

    public static ResourceKey Workload(string space, string name) => new("test", ResourceKinds.Deployment, space, name);

    public ResourceKey Node(string name, string zone, string group, string ready)
    {
        Cluster.Add(new(
            "node", new Dictionary<string, string> { ["node"] = name, ["zone"] = zone, ["node_group"] = group, ["ready"] = ready }, Now));
        return new("test", ResourceKinds.Node, "", name);
    }

    /// <summary>Asks the guard; where it lets it pass, the repair is in flight.</summary>
    /// <returns>Its incident; null where it has to wait.</returns>
    public string? Try(ResourceKey resource, string rule = "crash-loop", bool temporary = false)
    {
        var id = $"{resource.Namespace}-{resource.Name}-{rule}";
        if (Why(resource, rule) is not null)
        {
            return null;
        }

        var limits = SlowStart.Limits(World(resource), Incident(id, rule));
        Assert.All(limits, l => Assert.True(
            l.CountWith(resource, Permits.Where(p => p.Budget == l.Budget && p.IncidentId != id).Select(p => p.Resource)) <= l.AtOnce,
            $"the transaction would deny what the guard allows: {l}"));
        Permits.RemoveAll(p => p.IncidentId == id);
        Permits.AddRange(limits.Select(l => new Permit(id, l.Budget, Now, (l.Takes ?? resource).ToString())));
        _resources[id] = resource;
        Say(id, Intended(limits, temporary), new ActionSucceeded("a", "done", []));
        return id;
    }

    /// <summary>Why it has to wait; null where it has not.</summary>
    public string? Why(ResourceKey resource, string rule = "crash-loop", bool begins = false, bool approved = false)
    {
        var step = Bench.Step("evict", "kubernetes.evict-pod");
        var incident = Incident($"{resource.Namespace}-{resource.Name}-{rule}", rule);
        if (approved)
        {
            incident = incident with { Run = Approved() };
        }

        return SlowStart.Guard.Check(
            new(World(resource), ResourceState.Empty, incident, Bench.RestartLoop(Playbooks.Mode.Auto, step), begins ? null : step, null))
                .Refusal;
    }

    public void Proven(string? id) => End(id, new RunEnded(RunOutcome.Verified, ""));

    public void Fails(string? id) => End(id, new RunEnded(RunOutcome.Escalated, "every step was tried"), Escalated());

    public void End(string? id, params Event[] events)
    {
        Say(id!, events);
        Permits.RemoveAll(p => p.IncidentId == id);
    }

    public void Say(string id, params Event[] events)
    {
        foreach (var e in events)
        {
            Book = Book.After(new(e, id, Now, "t", Happened.Engine), _resources.GetValueOrDefault(id));
        }
    }

    public void Allow(ResourceKey home, string problem) =>
        Book = Book.After(new(new RepairAllowed(problem, "it is mended"), "s1", Now, "t", "ann"), home);

    public World World(ResourceKey resource) => new Bench { Now = Now }.World() with
    {
        Resource = resource,
        View = new(1, Now, Cluster),
        Held = new(Permits, [], []),
        SlowStart = Book,
        Open = Open,
        Definitions = new("d1", null, null!, new Dictionary<string, Playbooks.Playbook>())
            { Policy = new() { SlowStart = Policy } },
    };

    internal static Escalated Escalated() => new() { Severity = "critical", Message = "m", Reason = "r", Tried = [], Evidence = "" };

    internal ActionIntended Intended(IReadOnlyList<BudgetLimit> limits, bool temporary = false) => new()
    {
        ActionId = "a", Step = 0, Name = "evict", Use = "kubernetes.evict-pod", Plan = new() { Summary = "evict it" }, NotAfter = Now,
        Attempt = 1, Permits = [.. limits.Select(l => l.Budget)], Temporary = temporary,
    };

    private Incident Incident(string id, string rule) => new()
    {
        Id = id,
        Problem = "restart-loop",
        OpenedAt = Now,
        TraceId = "t",
        Choice = new(
            DecisionKind.Run, rule, "restart-loop", new Dictionary<string, string>(), "", new Dictionary<string, string>(), TimeSpan.Zero,
            Now),
        Unlisted = ["f1"],
    };

    private Run Approved() => new()
    {
        Id = "r", Playbook = "restart-loop", Source = "", With = new Dictionary<string, string>(), StartedAt = Now,
        Approved = new ActionPlan { Summary = "evict it" }, ApprovalUntil = Now.AddMinutes(10),
    };
}
