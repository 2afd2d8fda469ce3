using Remediator.Core.Alerts;

namespace Remediator.Core.Tests.Alerts;

public sealed class AlertRoutesTests
{
    private const string Ours = "monitoring/remediator/remediator";

    [Fact]
    public void WithoutOurReceiver_ThoseThatThereAre_AreNamed() => Assert.Equal(
        "its configuration has no receiver 'remediator' (it has 'people', 'monitoring/shop/hook'), so that no alert is fetched from it. "
            + "Set Receiver of this group to the name of the one that posts here",
        new AlertRoutes(["people", "monitoring/shop/hook"], [Route("people")]).Problem(new()));

    [Fact]
    public void OfManyReceivers_FiveAreNamed() => Assert.Contains(
        "(it has '1', '2', '3', '4', '5', ...)",
        new AlertRoutes(["1", "2", "3", "4", "5", "6"], []).Problem(new()), StringComparison.Ordinal);

    [Fact]
    public void ReceiverThatNoRouteLeadsTo_IsToldOf() => Assert.Equal(
        $"no route of its configuration leads to receiver '{Ours}', so that no alert comes",
        new AlertRoutes(["people", Ours], [Route("people")]).Problem(new()));

    [Fact]
    public void NamespaceThatPrometheusOperatorAdds_IsToldOfWithTheWayOut() => Assert.Equal(
        $"every route to '{Ours}' wants namespace=\"monitoring\", which prometheus-operator adds to those of an AlertmanagerConfig: alerts "
            + "of nodes and of other namespaces do not come. Set alertmanagerConfigMatcherStrategy: { type: None } at the Alertmanager, "
            + "or put the route into its own configuration",
        new AlertRoutes(["people", Ours], [Route("people"), Route(Ours, "monitoring"), Route(Ours, "monitoring")]).Problem(new()));

    [Theory]
    [InlineData(Ours, null)]
    [InlineData(Ours, "shop")]
    [InlineData("remediator", "monitoring")]
    public void RouteThatNobodyForcedANamespaceOn_IsFine(string receiver, string? space) => Assert.Equal(
        "", new AlertRoutes(["people", receiver], [Route("people"), Route(receiver, space)]).Problem(new()));

    /// <summary>As where each team has its own, and the one of the cluster is in the Alertmanager's own configuration.</summary>
    [Fact]
    public void OneRouteThatIsNotForced_IsEnough() => Assert.Equal(
        "", new AlertRoutes([Ours, "remediator"], [Route(Ours, "monitoring"), Route("remediator")]).Problem(new()));

    private static AlertRoute Route(string receiver, string? space = null) =>
        new(receiver, space is null ? new Dictionary<string, string>() : new() { ["namespace"] = space });
}
