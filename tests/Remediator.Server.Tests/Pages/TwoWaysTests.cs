using System.Net.Http.Json;
using System.Text.Json;
using Remediator.Core.Alerts;
using Remediator.Core.Events;
using Remediator.Testing;

namespace Remediator.Server.Tests.Pages;

/// <summary>
/// The real server with two real Alertmanagers that know nothing of each other. Each has an alert of its own, and people of its own who are
/// told of both.
/// </summary>
[Trait("Needs", "Alertmanager")]
public sealed class TwoWaysTests : IDisposable
{
    private const string WayOfEu = "notify.alertmanager/eu";
    private const string WayOfUs = "notify.alertmanager/us";

    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task WhileOneIsAway_TheOtherTellsPeople_AndEndsOnlyWhatIsItsOwn()
    {
        Assert.SkipUnless(AlertmanagerProcess.IsInstalled, "There is no prometheus-alertmanager on this machine; tests/run installs it.");
        await using var eu = await AlertmanagerProcess.StartAsync();
        await using var us = await AlertmanagerProcess.StartAsync();
        await eu.FireAsync(Labels("of-eu"));
        await us.KillAsync();
        await using var server = await StartAsync(eu, us);

        await PostAsync(server, "eu", "of-eu");
        await PostAsync(server, "us", "of-us");
        await PageAsync(eu, "of-eu", isThere: true);
        await PageAsync(eu, "of-us", isThere: true);
        Assert.StartsWith(
            "No Alertmanager of the group 'us' took the alert. ",
            (await EventAsync<NotifyFailed>(server, "of-us", e => e.Via == WayOfUs)).Reason, StringComparison.Ordinal);
        // a page rings before the journal says so
        await EventAsync<Notified>(server, "of-us", e => e.Via == WayOfEu);
        Assert.Equal(
            [WayOfEu], (await EventsAsync(server, "of-us")).OfType<Notified>().Select(e => e.Via));

        // the webhook says nothing of it, and the other one still does not answer
        await eu.ResolveAsync(Labels("of-eu"));
        await PageAsync(eu, "of-eu", isThere: false);
        await EventAsync<IncidentClosed>(server, "of-eu", _ => true);
        await PageAsync(eu, "of-us", isThere: true);
        Assert.Empty((await EventsAsync(server, "of-us")).OfType<AlertCleared>());

        await using var back = await AlertmanagerProcess.StartAsync(port: new Uri(us.Url).Port);
        await back.FireAsync(Labels("of-us"));
        await PageAsync(back, "of-us", isThere: true);
        await EventAsync<Notified>(server, "of-us", e => e is { Via: WayOfUs, Closing: false });
        await PageAsync(eu, "of-us", isThere: true);

        await back.ResolveAsync(Labels("of-us"));
        await PageAsync(back, "of-us", isThere: false);
        await PageAsync(eu, "of-us", isThere: false);
        await EventAsync<IncidentClosed>(server, "of-us", _ => true);
        foreach (var way in new[] { WayOfEu, WayOfUs })
            await EventAsync<Notified>(server, "of-us", e => e.Closing && e.Via == way);
        Assert.Equal(
            [WayOfEu, WayOfUs],
            (await EventsAsync(server, "of-us")).OfType<Notified>().Where(e => e.Closing).Select(e => e.Via).Order());
    }

    public void Dispose() => _folder.Dispose();

    private Task<RemediatorProcess> StartAsync(AlertmanagerProcess eu, AlertmanagerProcess us)
    {
        var rules = Directory.CreateDirectory(_folder.File("rules")).FullName;
        File.WriteAllText(Path.Combine(rules, "down.yaml"), """
            rules:
              - rule: down
                alert: Down
                then: { escalate: 'look at {{ resource }}' }
            """);
        return RemediatorProcess.StartAsync(
            _folder.File("data"),
            [
                "--mode", "auto", "--rules", rules, "--playbooks", Directory.CreateDirectory(_folder.File("playbooks")).FullName,
                "--set", "Engine:DurationScale=0.02", "--set", "Sources:Alertmanager:ReconcileEvery=00:00:03",
                "--set", "Alertmanagers:0:Name=eu", "--set", $"Alertmanagers:0:Urls:0={eu.Url}",
                "--set", "Alertmanagers:1:Name=us", "--set", $"Alertmanagers:1:Urls:0={us.Url}",
            ],
            new Dictionary<string, string>(),
            Token);
    }

    private static Dictionary<string, string> Labels(string name) =>
        new() { ["alertname"] = "Down", ["namespace"] = name, ["deployment"] = name };

    private static async Task PostAsync(RemediatorProcess server, string group, string name)
    {
        using var answer = await server.Webhook.PostAsJsonAsync(
            $"/api/v1/alerts/alertmanager/{group}",
            new { version = "4", alerts = new[] { new { status = "firing", labels = Labels(name), startsAt = "2026-11-23T10:00:00Z" } } },
            Token);
        answer.EnsureSuccessStatusCode();
    }

    /// <summary>Waits until people of that group are told, or are told no more.</summary>
    private static Task PageAsync(AlertmanagerProcess alertmanager, string name, bool isThere) => Wait.UntilAsync(
        $"{(isThere ? "a page" : "the end of the page")} about {name}",
        async () => (await alertmanager.FiringAsync(OwnAlerts.RemediationFailed, name)).Count == (isThere ? 1 : 0), Token);

    private static async Task<T> EventAsync<T>(RemediatorProcess server, string name, Func<T, bool> isIt)
        where T : Event => await Wait.ForAsync(
            $"{typeof(T).Name} of {name}", async () => (await EventsAsync(server, name)).OfType<T>().FirstOrDefault(isIt), Token,
            () => Task.FromResult(server.Story()));

    private static async Task<IReadOnlyList<Event>> EventsAsync(RemediatorProcess server, string name)
    {
        var incidents = (await server.Operator.GetFromJsonAsync<JsonElement>("/api/v1/incidents", Token)).EnumerateArray();
        if (incidents.Where(i => i.GetProperty("name").GetString() == name).Select(i => i.GetProperty("id").GetString()).FirstOrDefault()
            is not { } id)
            return [];

        var incident = await server.Operator.GetFromJsonAsync<JsonElement>($"/api/v1/incidents/{id}", Token);
        return [.. incident.GetProperty("events").EnumerateArray()
            .Select(e => EventCodec.Read(e.GetProperty("type").GetString()!, EventCodec.Schema, e.GetProperty("payload").GetRawText()))];
    }
}
