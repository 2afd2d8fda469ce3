using Remediator.Core.Events;
using Remediator.EndToEnd.Harness;

namespace Remediator.EndToEnd.Scenarios;

/// <summary>What Alertmanager lists counts where its notifications have told less.</summary>
[Trait("Needs", "Cluster")]
public sealed class MissedByTheWebhook
{
    private static readonly ScenarioOptions EverySecond = new()
    {
        Settings = new Dictionary<string, string> { ["Engine:Mode"] = "observe", ["Sources:Alertmanager:ReconcileEvery"] = "00:00:01" },
    };

    [Fact]
    public async Task AlertsThatWereCutOff_AreReadFromTheList_AndSilencedOnesAreNot()
    {
        await using var scenario = await Scenario.StartAsync("cut-off", EverySecond with { MaxAlerts = 1 });
        await scenario.Alertmanager.SilenceAsync("container", "silenced");
        // the first of a group by its labels is the one that the webhook tells, whether it or the list comes sooner
        await scenario.Alertmanager.FireAsync(Alert(scenario, "a"));
        await scenario.AwaitAsync("a notification", async () => await scenario.Alertmanager.NotifiedAsync() > 0);
        await scenario.AwaitAsync("its alert in the journal", () => Task.FromResult(Told<AlertObserved>(scenario).Count == 1));
        await scenario.Alertmanager.FireAsync([.. new[] { "b", "c", "silenced" }.Select(container => Alert(scenario, container))]);

        await scenario.AwaitAsync("all three alerts in the journal", () => Task.FromResult(Told<AlertObserved>(scenario).Count == 3));
        var observed = Told<AlertObserved>(scenario);
        Assert.Equal(["a", "b", "c"], observed.Select(o => o.Alert.Labels["container"]).Order());
        Assert.Equal(
            ["b", "c"],
            observed.Where(o => o is { Source: "alertmanager-list", Alert.Source: "alertmanager/main" })
                .Select(o => o.Alert.Labels["container"])
                .Where(container => container != "a")
                .Order());
    }

    [Fact]
    public async Task EndThatWasNeverTold_IsSeenByItsAbsence()
    {
        await using var scenario = await Scenario.StartAsync("end-untold", EverySecond);
        using var body = WebhookBody.Firing(TimeProvider.System.GetUtcNow().AddHours(-1), Alert(scenario, "a"));
        using var answer = await scenario.Engine.PostAsync(body, group: "main");
        answer.EnsureSuccessStatusCode();
        await scenario.AwaitAsync("the alert in the journal", () => Task.FromResult(Told<AlertObserved>(scenario).Count == 1));

        await scenario.AwaitAsync("its end in the journal", () => Task.FromResult(Told<AlertCleared>(scenario).Count == 1));
    }

    private static Dictionary<string, string> Alert(Scenario scenario, string container) => new()
    {
        ["alertname"] = "SomethingIsWrong",
        ["namespace"] = scenario.Sandbox.Namespace,
        ["container"] = container,
    };

    private static List<T> Told<T>(Scenario scenario)
        where T : Event => [.. scenario.Stories().SelectMany(s => s.All<T>())];
}
