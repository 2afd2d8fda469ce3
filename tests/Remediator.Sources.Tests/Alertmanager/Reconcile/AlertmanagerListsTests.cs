using Remediator.Core.Alerts;
using Remediator.Core.Secrets;
using Remediator.Sources.Alertmanager;
using Remediator.Sources.Alertmanager.Lists;
using Remediator.Testing;

namespace Remediator.Sources.Tests.Alertmanager.Reconcile;

public sealed class AlertmanagerListsTests
{
    private const string Alerts = """
        [
          {"annotations":{"summary":"s"},"endsAt":"2026-11-24T15:10:27.000Z","fingerprint":"a5e6f1c2d3b4a596","receivers":[{"name":"people"},{"name":"remediator"}],"startsAt":"2026-11-24T15:05:27.147Z","status":{"inhibitedBy":[],"silencedBy":[],"state":"active"},"updatedAt":"2026-11-24T15:05:27.147Z","generatorURL":"http://p/graph","labels":{"alertname":"A","pod":"x"}},
          {"annotations":{},"endsAt":"2026-11-24T15:10:27.000Z","fingerprint":"b5e6f1c2d3b4a596","receivers":[{"name":"remediator"}],"startsAt":"2026-11-24T15:05:27.147Z","status":{"inhibitedBy":[],"silencedBy":["1"],"state":"suppressed"},"updatedAt":"2026-11-24T15:05:27.147Z","labels":{"alertname":"B"}},
          {"annotations":{},"endsAt":"2026-11-24T15:10:27.000Z","fingerprint":"c5e6f1c2d3b4a596","receivers":[{"name":"people"}],"startsAt":"2026-11-24T15:05:27.147Z","status":{"inhibitedBy":[],"silencedBy":[],"state":"active"},"updatedAt":"2026-11-24T15:05:27.147Z","labels":{"alertname":"C"}},
          {"annotations":{},"fingerprint":"e5e6f1c2d3b4a596","receivers":[{"name":"remediator"}],"startsAt":"2026-11-24T15:05:27.147Z","status":{"inhibitedBy":[],"silencedBy":["ours"],"state":"suppressed"},"labels":{"alertname":"D"}},
          {"annotations":{},"fingerprint":"f5e6f1c2d3b4a596","receivers":[{"name":"remediator"}],"startsAt":"2026-11-24T15:05:27.147Z","status":{"inhibitedBy":[],"silencedBy":["ours","1"],"state":"suppressed"},"labels":{"alertname":"E"}},
          {"annotations":{},"fingerprint":"06e6f1c2d3b4a596","receivers":[{"name":"remediator"}],"startsAt":"2026-11-24T15:05:27.147Z","status":{"inhibitedBy":["x"],"silencedBy":["ours"],"state":"suppressed"},"labels":{"alertname":"F"}},
          {"annotations":{},"fingerprint":"d5e6f1c2d3b4a596","receivers":[{"name":"remediator"}],"startsAt":"2026-11-24T15:05:27.147Z","labels":{"no":"name"}}
        ]
        """;

    private static readonly HashSet<string> Ours = ["ours"];

    [Fact]
    public async Task Reading_SaysForWhomAndWhetherMutedByOthers_AndSendsTheCredential()
    {
        await using var endpoint = await HttpEndpoint.StartAsync();
        endpoint.Always("GET", "/am/api/v2/status", new(200, $$"""{"uptime":"{{TimeProvider.System.GetUtcNow().AddMinutes(-10):O}}"}"""))
            .Always("GET", "/am/api/v2/alerts", new(200, Alerts));
        var token = Path.GetTempFileName();
        await File.WriteAllTextAsync(token, "a-token-for-reading\n", TestContext.Current.CancellationToken);
        using var client = new AlertmanagerClient(new FilesAsTheyAre());
        var lists = new AlertmanagerLists(client);

        var reading = await lists.ForUsAsync(
            new(new() { Name = "eu", BearerTokenFile = token }, $"{endpoint.Url}am/"), Ours, TestContext.Current.CancellationToken);

        Assert.InRange(reading.UpFor, TimeSpan.FromMinutes(9), TimeSpan.FromMinutes(11));
        Assert.All(reading.Alerts, a => Assert.Equal("alertmanager/eu", a.Alert.Source));
        Assert.Equal(
            [("A", true, false), ("B", true, true), ("C", false, false), ("D", true, false), ("E", true, true), ("F", true, true)],
            reading.Alerts.Select(a => (a.Alert.Name, a.IsForUs, a.IsMuted)));
        Assert.Equal("a5e6f1c2d3b4a596", reading.Alerts[0].Alert.Fingerprint);
        Assert.All(endpoint.Requests, r => Assert.Equal("Bearer a-token-for-reading", r.Headers["Authorization"]));
        File.Delete(token);
    }

    /// <summary>prometheus-operator calls the receivers of an AlertmanagerConfig by its namespace and name too.</summary>
    [Theory]
    [InlineData("remediator", "remediator", true)]
    [InlineData("remediator", "monitoring/shop/remediator", true)]
    [InlineData("remediator", "monitoring/remediator", false)]
    [InlineData("remediator", "//remediator", false)]
    [InlineData("remediator", "a/b/c/remediator", false)]
    [InlineData("remediator", "monitoring/shop/other-remediator", false)]
    [InlineData("remediator", "monitoring/remediator/people", false)]
    [InlineData("monitoring/shop/remediator", "monitoring/shop/remediator", true)]
    [InlineData("monitoring/shop/remediator", "other/shop/remediator", false)]
    [InlineData("re.ediator", "monitoring/shop/remediator", false)]
    public async Task Receiver_IsOurs_AlsoAsPrometheusOperatorCallsIt(string configured, string listed, bool ours)
    {
        await using var endpoint = await HttpEndpoint.StartAsync();
        endpoint.Always("GET", "/api/v2/status", new(200, """{"uptime":"2026-11-24T12:00:00.000Z"}"""))
            .Always("GET", "/api/v2/alerts", new(200, $$$"""
                [{"annotations":{},"fingerprint":"a5e6f1c2d3b4a596","receivers":[{"name":"{{{listed}}}"}],"startsAt":"2026-11-24T15:05:27.147Z","labels":{"alertname":"A"}}]
                """));
        using var client = new AlertmanagerClient(new FilesAsTheyAre());
        var reading = await new AlertmanagerLists(client).ForUsAsync(
            new(new() { Name = "eu", Receiver = configured }, endpoint.Url.ToString()), Ours, TestContext.Current.CancellationToken);

        Assert.Equal(ours, Assert.Single(reading.Alerts).IsForUs);
        var asked = Assert.Single(endpoint.Requests, r => r.Path.Contains("alerts", StringComparison.Ordinal)).Query;
        var pattern = Uri.UnescapeDataString(asked[(asked.IndexOf("receiver=", StringComparison.Ordinal) + "receiver=".Length)..]);
        Assert.Equal(ours, System.Text.RegularExpressions.Regex.IsMatch(listed, $"^(?:{pattern})$"));
    }

    [Theory]
    [InlineData("the-secret-that-was-kept")]
    [InlineData("the-secret-that-was-kept\nthe-one-before-it")]
    [InlineData("the-secret-that-was-kept\r\nthe-one-before-it")]
    public async Task Credential_IsWhatIsKeptOfItsFile_ThoughTheFileIsAway_AndOneLineOfIt(string kept)
    {
        await using var endpoint = await HttpEndpoint.StartAsync();
        endpoint.Always("GET", "/api/v2/status", new(200, """{"uptime":"2026-11-24T12:00:00.000Z"}"""))
            .Always("GET", "/api/v2/alerts", new(200, "[]"));
        using var client = new AlertmanagerClient(new KeptSecret(kept));
        var lists = new AlertmanagerLists(client);

        foreach (var group in (AlertmanagerGroup[])[
            new() { Name = "eu", BearerTokenFile = "/away" }, new() { Name = "us", Username = "u", PasswordFile = "/away" }])
            Assert.Empty((await lists.ForUsAsync(new(group, endpoint.Url.ToString()), Ours, TestContext.Current.CancellationToken)).Alerts);

        Assert.Equal(
            ["Basic dTp0aGUtc2VjcmV0LXRoYXQtd2FzLWtlcHQ=", "Bearer the-secret-that-was-kept"],
            endpoint.Requests.Select(r => r.Headers["Authorization"]).Distinct().Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData(500, "[]")]
    [InlineData(200, "<html>")]
    [InlineData(200, "null")]
    public async Task WhatIsNoList_IsAFaultThatNamesTheAlertmanager(int status, string body)
    {
        await using var endpoint = await HttpEndpoint.StartAsync();
        endpoint.Always("GET", "/api/v2/status", new(200, """{"uptime":"2026-11-24T12:00:00.000Z"}"""))
            .Always("GET", "/api/v2/alerts", new(status, body));
        using var client = new AlertmanagerClient(new FilesAsTheyAre());
        var lists = new AlertmanagerLists(client);

        var fault = await Assert.ThrowsAsync<HttpRequestException>(
            () => lists.ForUsAsync(new(new() { Name = "eu" }, endpoint.Url.ToString()), Ours, TestContext.Current.CancellationToken));
        Assert.StartsWith(endpoint.Url.ToString(), fault.Message, StringComparison.Ordinal);
    }

    private sealed class KeptSecret(string text) : ISecrets
    {
        public string Read(string path, int shortest = 1) => text;
    }
}
