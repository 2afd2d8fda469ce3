using Microsoft.Extensions.Logging.Abstractions;
using Remediator.Core.Alerts;
using Remediator.Core.Journal;
using Remediator.Core.Resources;
using Remediator.Grains.Inbox;
using Remediator.Grains.Views;

namespace Remediator.Grains.Tests;

public sealed class AlertRouterTests : IResourceResolver
{
    private const string Eu = "alertmanager/eu";

    private static readonly DateTimeOffset Noon = new(2026, 11, 25, 12, 0, 0, TimeSpan.Zero);
    private static readonly ResourceKey Api = new("test", "deployment", "shop", "api");

    private readonly ActiveAlerts _active = new(TimeProvider.System, []);
    private readonly AlertRouter _router;

    public AlertRouterTests() => _router = new(this, _active, new("test"), TimeProvider.System, NullLogger<AlertRouter>.Instance);

    public Resolution Resolve(Alert alert) => new(Api, true, alert.Labels, "");

    [Fact]
    public void AlertOfAGroup_TakesThePlaceOfTheSameOneWithoutSource_AlsoWhenItIsPackedAgain()
    {
        _active.Begin([new("f", Api, "A", new Dictionary<string, string>(), Noon, Noon)]);
        RoutedRow[] routed = [_router.Route(Row(Eu))];

        var first = _router.Pack(routed);
        _active.Change(first.Active, first.Gone);
        var again = _router.Pack(routed);

        Assert.Equal(["f@alertmanager/eu"], again.Active.Select(a => a.Id));
        Assert.Equal(["f"], again.Gone);
        Assert.Null(_active.Find("f"));
    }

    [Fact]
    public void AlertOfNoGroup_TellsOfTheSameOneWithoutSource_AndItsRowStaysAsItIs()
    {
        _active.Begin([new("f", Api, "A", new Dictionary<string, string>(), Noon, Noon)]);
        var row = Row(AlertSource.Unlisted);

        var routed = _router.Route(row);

        Assert.Same(row, routed.Row);
        Assert.Equal(["f"], _router.Pack([routed]).Active.Select(a => a.Id));
    }

    /// <summary>What was read of the store before a move can come after what the move itself said.</summary>
    [Fact]
    public void WordThatAnAlertHasMoved_IsPassedOn_AlsoWhereThePictureIsOlderThanTheMove()
    {
        _active.Begin([new("f", Api, "A", new Dictionary<string, string>(), Noon, Noon) { Source = Eu }]);

        var packed = _router.Pack([_router.Route(Row(Eu, AlertStatus.Resolved) with { Source = InboxEntry.Moved, MovedFrom = Api })]);

        Assert.Equal("f", Assert.Single(packed.Alerts).Alert.Fingerprint);
    }

    [Fact]
    public void AlertOfAnotherSource_LeavesThatOfTheFirst()
    {
        _active.Begin([new("f", Api, "A", new Dictionary<string, string>(), Noon, Noon) { Source = Eu }]);

        var resolved = _router.Pack(
            [_router.Route(Row("alertmanager/us", AlertStatus.Resolved)), _router.Route(Row(AlertSource.Unlisted, AlertStatus.Resolved))]);

        Assert.Equal(["f@alertmanager/us", "f@alertmanager"], resolved.Gone);
    }

    [Fact]
    public void FingerprintThatNamesAnotherSource_IsNotThatOnesAlert()
    {
        _active.Begin([new("f", Api, "A", new Dictionary<string, string>(), Noon, Noon) { Source = Eu }]);
        var row = Row(AlertSource.Unlisted, AlertStatus.Resolved);

        var resolved = _router.Pack([_router.Route(row with { Alert = row.Alert with { Fingerprint = "f@alertmanager/eu" } })]);

        Assert.Equal(["f@alertmanager/eu@alertmanager"], resolved.Gone);
    }

    private static InboxRow Row(string source, AlertStatus status = AlertStatus.Firing) => new(
        1,
        new() {
            Name = "A",
            Status = status,
            Labels = new Dictionary<string, string>(),
            StartsAt = Noon,
            Fingerprint = "f",
            Source = source },
        source, "t", Noon, 0);
}
