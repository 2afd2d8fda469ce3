using Remediator.Core.Events;


namespace Remediator.Core.Tests.Incidents;

/// <summary>An alert is its source's: what another one says is no news of it.</summary>
public sealed class SourcesOfAlertsTests
{
    private const string Eu = "alertmanager/eu";
    private const string Us = "alertmanager/us";

    private readonly Bench _bench = new();

    [Fact]
    public void SameLabels_OfTwoSources_AreOver_OnceBothHaveSaidSo()
    {
        _bench.Rules = alert => Bench.Says(Core.Rules.DecisionKind.None, alert);
        _bench.Fire(source: Eu);
        _bench.Fire(source: Us);

        _bench.Resolve(source: Us);
        Assert.True(Assert.Single(_bench.State.Incidents).IsFiring);
        Assert.Empty(_bench.Happenings<IncidentClosed>());

        _bench.Resolve(source: Eu);
        Assert.Equal(CloseReason.Healed, _bench.Only<IncidentClosed>().Reason);
    }

    [Fact]
    public void EndByAnotherSource_EndsNothing()
    {
        _bench.Fire(source: Eu);

        _bench.Resolve(source: Us);
        _bench.Resolve();

        Assert.True(Assert.Single(_bench.State.Incidents).IsFiring);
    }

    [Fact]
    public void FingerprintThatNamesAnotherSource_IsNotThatOnesAlert()
    {
        _bench.Fire(source: Eu);

        _bench.Resolve("f1@alertmanager/eu", source: "alertmanager");
        Assert.True(Assert.Single(_bench.State.Incidents).IsFiring);

        _bench.Fire("f1@alertmanager/eu", source: "alertmanager");
        _bench.Resolve("f1@alertmanager/eu", source: "alertmanager");
        Assert.True(Assert.Single(_bench.State.Incidents).IsFiring);
    }

    [Fact]
    public void AlertOfBeforeSourcesWereKnown_BecomesThatOfWhoSaysTheSame()
    {
        _bench.Fire();
        var incident = Assert.Single(_bench.State.Incidents);

        _bench.Fire(source: Eu);

        var after = Assert.Single(_bench.State.Incidents);
        Assert.Equal((incident.Id, "f1@alertmanager/eu"), (after.Id, Assert.Single(after.Alerts).Key));
        Assert.Equal(["f1@alertmanager/eu"], _bench.State.Seen.Keys);
        _bench.Resolve();
        Assert.True(Assert.Single(_bench.State.Incidents).IsFiring);
        _bench.Resolve(source: Eu);
        Assert.False(Assert.Single(_bench.State.Incidents).IsFiring);
    }

    [Fact]
    public void AlertOfBeforeSourcesWereKnown_IsEndedByWhoSaysSo()
    {
        _bench.Fire();

        _bench.Resolve(source: Eu);
        _bench.Resolve(source: Eu);

        Assert.False(Assert.Single(_bench.State.Incidents).IsFiring);
        Assert.Equal("f1", _bench.Only<AlertCleared>().Fingerprint);
    }

    [Fact]
    public void HeldPageOfBeforeSourcesWereKnown_StaysHeld()
    {
        _bench.Policy = new() { Pages = [new() { Hold = true, VerifiedRuns = 0 }] };
        _bench.Fire();
        _bench.Planned();
        Assert.Equal(["f1"], Assert.Single(_bench.State.Pages).Alerts.Keys);

        _bench.Fire(source: Eu);

        Assert.Equal(["f1@alertmanager/eu"], Assert.Single(_bench.State.Pages).Alerts.Keys);
        Assert.Empty(_bench.Happenings<PageReleased>());
    }
}
