using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Remediator.Core.Alerts;
using Remediator.Sources.Alertmanager;
using Remediator.Sources.Alertmanager.Routes;
using Remediator.Testing;

namespace Remediator.Sources.Tests.Alertmanager.Routes;

public sealed class RouteWatchTests : IAlertRouteReader
{
    private const string Status = "/api/v2/status";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task WhatKeepsAlertsAway_IsToldUntilItIsMended_AlsoWhileNobodyAnswers()
    {
        await using var endpoint = await HttpEndpoint.StartAsync();
        using var client = new AlertmanagerClient(new FilesAsTheyAre());
        using var watch = Of(client, "http://127.0.0.1:1", endpoint.Url.ToString());

        endpoint.Always("GET", Status, Answer("people"));
        await watch.ReadAsync(Token);
        var (source, problem) = Assert.Single(watch.Problems);
        Assert.Equal("alertmanager/eu", source);
        Assert.StartsWith("its configuration has no receiver 'remediator' (it has 'people')", problem, StringComparison.Ordinal);

        endpoint.Always("GET", Status, new(503, ""));
        await watch.ReadAsync(Token);
        Assert.Equal(problem, Assert.Single(watch.Problems).Value);

        endpoint.Always("GET", Status, Answer("remediator"));
        await watch.ReadAsync(Token);
        Assert.Empty(watch.Problems);
    }

    [Fact]
    public async Task ConfigurationThatCannotBeRead_IsNoProofThatAlertsCome()
    {
        await using var endpoint = await HttpEndpoint.StartAsync();
        using var client = new AlertmanagerClient(new FilesAsTheyAre());
        using var watch = Of(client, endpoint.Url.ToString());
        endpoint.Always("GET", Status, Answer("?"));
        await watch.ReadAsync(Token);
        Assert.Equal(
            "whether alerts are routed here is not known, since its configuration cannot be read: line 1: a question",
            Assert.Single(watch.Problems).Value);
    }

    [Fact]
    public async Task WhoCannotBeAsked_EndsNothing()
    {
        using var client = new AlertmanagerClient(new FilesAsTheyAre());
        using var watch = Of(client, "no url");
        await watch.ReadAsync(Token);
        Assert.Empty(watch.Problems);
    }

    AlertRoutes IAlertRouteReader.Read(string configuration) => configuration == "?"
        ? throw new FormatException("line 1: a question")
        : new([configuration], [new(configuration, new Dictionary<string, string>())]);

    private static Answer Answer(string configuration) =>
        new(200, $$$"""{"uptime":"2026-11-24T12:00:00.000Z","config":{"original":"{{{configuration}}}"}}""");

    private RouteWatch Of(AlertmanagerClient client, params IReadOnlyList<string> urls) => new(
        new(client), this, Options.Create(new AlertmanagerGroups { All = [new() { Name = "eu", Urls = [.. urls] }] }),
        new FakeTimeProvider(), NullLogger<RouteWatch>.Instance);
}
