using Remediator.Core.Engine;
using Remediator.Core.Events;
using Remediator.Core.Incidents;
using Remediator.Core.Rules;

namespace Remediator.Core.Tests.Incidents;

/// <summary>Each name of an alert may be a problem of its own, and names are whatever rules say.</summary>
public sealed class ManyProblemsTests
{
    private const int Most = 100;
    private const string Further = "too-many-problems";

    private readonly Bench _bench = new() { Thorough = false, Rules = a => Bench.Says(DecisionKind.None, a) };

    [Fact]
    public void MoreProblemsThanAreDecidedOn_AreHandedToPeopleAsOne_AndTheResourceGoesOn()
    {
        // all of them are decided on at once
        _bench.ViewAge = TimeSpan.FromMinutes(10);
        Fire(600);
        _bench.ViewAge = TimeSpan.Zero;
        _bench.Wake();

        Assert.Equal(Most + 1, _bench.State.Incidents.Count);
        var further = _bench.State.OfProblem(Further)!;
        Assert.Equal(
            $"more than {Most} problems of this resource are open, so its further alerts are handed over together; "
                + $"'remediator audit show' lists them",
            _bench.Only<Escalated>().Message);
        Assert.Equal(further.Id, _bench.Journal.Single(h => h.Event is Escalated).IncidentId);
        Assert.All(
            Enumerable.Range(0, 600), i => Assert.Single(_bench.State.Incidents, n => AlertsOfIncident.Knows(n, $"f{i}")));

        Told();
        for (var i = 0; i < 600; i++)
            _bench.Resolve($"f{i}", $"Alert{i}");
        Told();
        Assert.Empty(_bench.State.Incidents);
    }

    [Fact]
    public void ProblemThatComesOnceThereIsRoom_IsOneOfItsOwn()
    {
        Fire(Most + 2);
        Assert.Equal(2, _bench.State.OfProblem(Further)!.Alerts.Count);
        _bench.Resolve("f0", "Alert0");
        _bench.Fire("g", "AnotherAlert");
        Assert.NotNull(_bench.State.OfProblem("AnotherAlert"));
        // what is there already stays where it is, and a further one of a problem that is open goes to that
        _bench.Fire("h", "Alert5");
        Assert.Equal(2, _bench.State.OfProblem("Alert5")!.Alerts.Count);
        Assert.Equal(Most + 1, _bench.State.Incidents.Count);
    }

    [Fact]
    public void AlertsThatNobodyRepeatsForADay_AreOver_HoweverManyTheyAre()
    {
        for (var i = 0; i < 600; i++)
            _bench.Fire($"f{i}");
        Told();
        _bench.LastHeard = _bench.Now;
        _bench.Wake(TimeSpan.FromHours(25));
        Assert.Equal(600, _bench.Happenings<AlertCleared>().Count());
        Told();
        Assert.Empty(_bench.State.Incidents);
    }

    [Fact]
    public void DecisionThatNeverComesToRest_IsAnError()
    {
        var asked = 0;
        _bench.Rules = a => Bench.Says(asked++ % 2 == 0 ? DecisionKind.Suppress : DecisionKind.None, a);
        var e = Assert.Throws<InvalidOperationException>(() => _bench.Fire());
        Assert.Contains("does not come to rest", e.Message, StringComparison.Ordinal);
    }

    private void Fire(int problems)
    {
        for (var i = 0; i < problems; i++)
            _bench.Fire($"f{i}", $"Alert{i}");
    }

    private void Told() => _bench.Report(_bench.Job<TellPeople>(), new PeopleTold([new("a", null)]));
}
