using System.Text.Json;
using Remediator.Testing;

namespace Remediator.Server.Tests.Sources;

/// <summary>The whole program beside a real Alertmanager that has never heard of an alert.</summary>
[Trait("Needs", "Alertmanager")]
public sealed class AlertByHandTests : IDisposable
{

    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task AlertThatWasPostedByHand_GoesOn_ThoughAnAlertmanagerThatNeverHadItAnswers_AndEndsByHand()
    {
        Assert.SkipUnless(AlertmanagerProcess.IsInstalled, "There is no prometheus-alertmanager on this machine; tests/run installs it.");
        await using var alertmanager = await AlertmanagerProcess.StartAsync();
        await using var server = await RemediatorProcess.StartAsync(
            _folder.File("data"),
            [
                "--set", "Alertmanagers:0:Name=main", "--set", $"Alertmanagers:0:Urls:0={alertmanager.Url}", "--set",
                "Sources:Alertmanager:ReconcileEvery=00:00:01"],
            new Dictionary<string, string>(),
            Token);

        await PostAsync(server, "", "ByHand", "firing");
        await PostAsync(server, "/removed", "OfARemovedGroup", "firing");
        await PostAsync(server, "/main", "OfTheGroup", "firing");
        // one of them may be over before the others are there
        await Wait.UntilAsync("an incident for each of the three", async () =>
        {
            var known = await server.Operator.GetStringAsync(new Uri("/api/v1/incidents", UriKind.Relative), Token);
            return new[] { "ByHand", "OfARemovedGroup", "OfTheGroup" }.All(n => known.Contains($"\"{n}\"", StringComparison.Ordinal));
        }, Token, () => Task.FromResult(server.Story()));
        await UntilAsync("the end of the alert that its group does not list", server, open => !open.Contains("OfTheGroup"));

        Assert.Equal(["ByHand", "OfARemovedGroup"], (await OpenAsync(server)).Order());
        await PostAsync(server, "", "ByHand", "resolved");
        await UntilAsync("the end that was posted by hand", server, open => !open.Contains("ByHand"));
        Assert.Equal(["OfARemovedGroup"], await OpenAsync(server));
    }

    public void Dispose() => _folder.Dispose();

    private static async Task PostAsync(RemediatorProcess server, string group, string name, string status)
    {
        using var body = new StringContent($$"""
            {"version":"4","alerts":[{"status":"{{status}}","labels":{"alertname":"{{name}}"},"startsAt":"2026-11-23T10:00:00Z"}]}
            """);
        using var answer = await server.Webhook.PostAsync(new Uri($"/api/v1/alerts/alertmanager{group}", UriKind.Relative), body, Token);
        answer.EnsureSuccessStatusCode();
    }

    /// <summary>Problems of the incidents that are open.</summary>
    private static async Task<List<string>> OpenAsync(RemediatorProcess server)
    {
        await using var answer = await server.Operator.GetStreamAsync(new Uri("/api/v1/status", UriKind.Relative), Token);
        var status = (await JsonDocument.ParseAsync(answer, cancellationToken: Token)).RootElement;
        return [.. status.GetProperty("openIncidents").EnumerateArray().Select(i => i.GetProperty("problem").GetString()!)];
    }

    private static Task UntilAsync(string what, RemediatorProcess server, Func<List<string>, bool> isSo) => Wait.UntilAsync(
        what, async () =>
            isSo(await OpenAsync(server)), Token, async () => $"Open are {string.Join(", ", await OpenAsync(server))}. {server.Story()}");
}
