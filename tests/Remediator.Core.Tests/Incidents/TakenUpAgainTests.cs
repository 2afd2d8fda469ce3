using Remediator.Core.Actions;
using Remediator.Core.Engine;
using Remediator.Core.Events;
using Remediator.Core.Facts;
using Remediator.Core.Playbooks;
using Remediator.Core.Rules;
using Remediator.Core.Worlds;

namespace Remediator.Core.Tests.Incidents;

/// <summary>People were told what was found, and now the same alerts are about something else.</summary>
public sealed class TakenUpAgainTests
{
    private static readonly Playbook Cleanup =
        Bench.RestartLoop(Mode.Auto, Bench.Step("clean up", "kubernetes.evict-pod")) with
        {
            Name = "cleanup", Source = "cleanup", Problem = [Condition.Parse("container{crashing=\"false\"}")],
        };

    private readonly Bench _bench = new() { Playbook = Bench.RestartLoop(Mode.Auto) };

    public TakenUpAgainTests() => _bench.Playbooks.Add(Cleanup);

    [Fact]
    public void WhatWasOnlyToldOf_IsOver_AndTheOtherProblemIsRepaired()
    {
        Escalate();
        ItIsAnotherNow();
        _bench.Wake(TimeSpan.FromMinutes(1));
        Assert.True(_bench.Job<TellPeople>().Closing);
        Told();
        Assert.Contains("about another one now", _bench.Only<IncidentClosed>().Detail, StringComparison.Ordinal);

        _bench.Now += _bench.Settings.AlertLag + TimeSpan.FromMinutes(1);
        _bench.Fire();
        _bench.Planned();
        Assert.Equal("clean up", Assert.Single(_bench.Intents).Name);
    }

    [Fact]
    public void WhileItsProblemShows_ItStaysWithPeople()
    {
        Escalate();
        ItIsAnotherNow();
        _bench.Crashing = true;
        _bench.Wake(TimeSpan.FromMinutes(1));
        Assert.False(_bench.Job<TellPeople>().Closing);
    }

    [Fact]
    public void WhereNoRuleIsForTheAlert_ItStaysWithPeople()
    {
        Escalate();
        _bench.Crashing = false;
        _bench.Rules = a => Bench.Says(DecisionKind.None, a);
        _bench.Wake(TimeSpan.FromMinutes(1));
        Assert.False(_bench.Job<TellPeople>().Closing);
    }

    [Fact]
    public void WhatWasRepairedInVain_StaysWithPeople()
    {
        _bench.Playbook = Bench.RestartLoop(Mode.Auto, Bench.Step("evict", "kubernetes.evict-pod"));
        _bench.Fire();
        _bench.Planned();
        _bench.Acted();
        _bench.Verified(good: false);
        Told();
        ItIsAnotherNow();
        _bench.Wake(TimeSpan.FromMinutes(1));
        Assert.False(_bench.Job<TellPeople>().Closing);
    }

    /// <summary>What anybody would see first is not what the playbook keeps.</summary>
    [Fact]
    public void EvidenceOfThePlaybook_IsKept_ThoughSomethingWasKeptBeforeARuleAsked()
    {
        _bench.Playbook = _bench.Playbook with { Evidence = [new("kubernetes.logs", ActionInputTemplate.Of(new NoInput()))] };
        _bench.NewGuards.Add(new("never", GuardStage.Sight, _ => Verdict.NeedsPerson("the test never lets it begin")));
        _bench.Rules = a => Bench.Says(DecisionKind.None, a);
        _bench.Fire();
        var incident = _bench.State.Incidents[0];
        var first = new CollectEvidence([], FactView.Empty)
            { Id = $"{incident.Id}/evidence", IncidentId = incident.Id, Resource = _bench.Resource, TraceId = incident.TraceId };
        _bench.Report(first, new EvidenceRead([]));
        Assert.True(_bench.State.Incidents[0].EvidenceKept);

        _bench.Rules = null;
        _bench.Wake(TimeSpan.FromMinutes(1));
        Assert.Equal("kubernetes.logs", Assert.Single(_bench.Job<CollectEvidence>().Calls).Use);
        Assert.Empty(_bench.Happenings<Escalated>());
        _bench.Report(_bench.Job<CollectEvidence>(), new EvidenceRead([]));
        Assert.Equal(2, _bench.Happenings<EvidenceCollected>().Count());
        _bench.Only<Escalated>();
    }

    private void Escalate()
    {
        _bench.Fire();
        _bench.Only<Escalated>();
        Told();
    }

    private void ItIsAnotherNow()
    {
        _bench.Crashing = false;
        _bench.Rules = a => Bench.Run(a) with { Playbook = Cleanup.Name };
    }

    private void Told() => _bench.Report(_bench.Job<TellPeople>(), new PeopleTold([new("notify.webhook", null)]));
}
