using Remediator.Definitions.Routes;

namespace Remediator.Definitions.Tests.Routes;

public sealed class AlertRouteReaderTests
{
    /// <summary>As Alertmanager's API tells what prometheus-operator has made of an AlertmanagerConfig.</summary>
    private const string Operator = """
        global:
          resolve_timeout: 5m
          http_config: { follow_redirects: true, enable_http2: true }
        route:
          receiver: people
          group_by:
          - namespace
          continue: false
          routes:
          - receiver: monitoring/remediator/remediator
            matchers:
            - namespace="monitoring"
            continue: true
            routes:
            - match:
                severity: critical
              matchers:
              - team != "data"
              - alertname=~"Kube.*"
              - zone!~"a|b"
            - receiver: people
          - receiver: watchdog
            matchers:
            - alertname="Watchdog"
        receivers:
        - name: people
        - name: monitoring/remediator/remediator
          webhook_configs:
          - send_resolved: true
            url: <secret>
        - name: watchdog
        templates: []
        """;

    [Fact]
    public void EachRoute_HasTheReceiverAndTheLabels_OfThoseThatItIsIn()
    {
        var read = new AlertRouteReader().Read(Operator);

        Assert.Equal(["people", "monitoring/remediator/remediator", "watchdog"], read.Receivers);
        Assert.Equal(
            [
                "people:", "monitoring/remediator/remediator: namespace=monitoring",
                "monitoring/remediator/remediator: namespace=monitoring severity=critical", "people: namespace=monitoring",
                "watchdog: alertname=Watchdog"],
            read.Routes.Select(r => $"{r.Receiver}:{string.Concat(r.Wants.OrderBy(w => w.Key).Select(w => $" {w.Key}={w.Value}"))}"));
        Assert.Contains("prometheus-operator adds", read.Problem(new()), StringComparison.Ordinal);
        Assert.Equal("", read.Problem(new() { Receiver = "watchdog" }));
    }

    [Theory]
    [InlineData("")]
    [InlineData("[ what, else ]")]
    [InlineData("{ route: nowhere, receivers: none }")]
    public void WhatNamesNobody_HasNobody(string text)
    {
        var read = new AlertRouteReader().Read(text);
        Assert.Empty(read.Receivers);
        Assert.Empty(read.Routes);
    }

    [Fact]
    public void WhatIsNoYaml_IsToldOfWithItsPlace() => Assert.StartsWith(
        "line 2: ", Assert.Throws<FormatException>(() => new AlertRouteReader().Read("route:\n  receiver: a: b")).Message,
        StringComparison.Ordinal);
}
