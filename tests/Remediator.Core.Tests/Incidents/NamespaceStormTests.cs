using Remediator.Core.Engine;
using Remediator.Core.Events;
using Remediator.Core.Journal;
using Remediator.Core.Resources;
using Remediator.Core.Safety;
using Remediator.Core.Tests.Safety;

namespace Remediator.Core.Tests.Incidents;

/// <summary>A burst inside one namespace is a storm there, and nowhere else.</summary>
public sealed class NamespaceStormTests
{
    private readonly Bench _bench = new();
    private readonly Bench _space = new() { Resource = Storms.Namespace("test", "shop"), IsThere = false };

    [Fact]
    public void Workload_InTheNamespace_IsHeld_AndAsksTheNamespaceToLook()
    {
        Storm("shop", 200);
        _bench.Fire();
        Assert.Equal(("storm", true), (_bench.Only<Held>().Guard, _bench.Only<Held>().Reason.Contains(
            "workloads of namespace shop crash or are not available: the cause is elsewhere", StringComparison.Ordinal)));
        Assert.Empty(_bench.Happenings<RunStarted>());
        Assert.Equal([_space.Resource], StormWatch.Unheard(_bench.State, _bench.World()));
    }

    [Fact]
    public void Workload_InAnotherNamespace_IsRepaired()
    {
        Storm("other", 200);
        _bench.Fire();
        Assert.Single(_bench.Happenings<RunStarted>());
        Assert.Empty(StormWatch.Unheard(_bench.State, _bench.World()));
    }

    [Fact]
    public void ZoneOfTheSameName_IsAnotherPlace()
    {
        _bench.Cluster = [Fleet.Pod("b1", "shop")];
        _bench.Open.Add(Row(IncidentStatus.Storm, Storms.Namespace("test", "b")));
        _bench.Open.Add(Row(IncidentStatus.Storm, Storms.Zone("test", "other")));
        _bench.Fire();
        Assert.Single(_bench.Happenings<RunStarted>());
    }

    [Fact]
    public void Namespace_OpensOneIncident_TellsOnce_AndLetsGoAfterItsCoolDown()
    {
        Storm("shop", 200);
        _space.Wake();
        Tell();
        _space.Wake(TimeSpan.FromMinutes(20));
        Assert.Equal(Storms.Problem, _space.Only<IncidentOpened>().Problem);
        Assert.Contains("workloads of namespace shop", _space.Only<Escalated>().Message, StringComparison.Ordinal);

        Storm("shop", 2);
        _space.Wake(TimeSpan.FromMinutes(1));
        _bench.Open.Add(_space.Row(Storms.Problem));
        _bench.Fire();
        Assert.Equal("storm", _bench.Only<Held>().Guard);
        _bench.Open.Clear();
        _space.Wake(TimeSpan.FromMinutes(11));
        Tell();
        Assert.Single(_space.Happenings<IncidentClosed>());
        _bench.Wake(TimeSpan.FromMinutes(11));
        Assert.Single(_bench.Happenings<RunStarted>());
    }

    private void Tell() => _space.Report(_space.Job<TellPeople>(), new PeopleTold([new("notify.alertmanager", null)]));

    private void Storm(string space, int sick)
    {
        _bench.Cluster = [.. Fleet.Workloads(20, sick, space), .. Fleet.Workloads(1000, 0, "large")];
        _space.Cluster = _bench.Cluster;
    }

    private IncidentRow Row(IncidentStatus status, ResourceKey scope)
    {
        Storm("shop", 200);
        _space.Wake();
        var row = _space.Row(Storms.Problem) with { Resource = scope, Status = status.Word() };
        Storm("none", 0);
        return row;
    }
}
