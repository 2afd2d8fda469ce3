using System.Net;
using Microsoft.Data.Sqlite;
using Remediator.Core.Events;
using Remediator.EndToEnd.Harness;

namespace Remediator.EndToEnd.Scenarios;

[Trait("Needs", "Cluster")]
public sealed class IntakeInTrouble
{
    [Fact]
    public async Task KilledRightAfterA200_ProcessesTheAlertOnce()
    {
        await using var scenario = await Scenario.StartAsync("kill-200");
        var alert = WebhookBody.Unknown(scenario.Sandbox.Namespace, "api");
        var since = TimeProvider.System.GetUtcNow();

        using (var answer = await scenario.Engine.PostAsync(WebhookBody.Firing(since, alert)))
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        await scenario.Engine.KillAsync();
        await scenario.Engine.StartAsync();
        using (var repeat = await scenario.Engine.PostAsync(WebhookBody.Firing(since, alert)))
            Assert.Equal(HttpStatusCode.OK, repeat.StatusCode);

        await scenario.AwaitStoryAsync("the alert in the journal", s => s.Has<AlertObserved>());
        await scenario.AwaitAsync("an empty inbox", scenario.IsInboxEmptyAsync);
        Assert.Single(Assert.Single(scenario.Stories()).All<AlertObserved>());
    }

    [Fact]
    public async Task KilledBeforeTheAnswer_GetsTheAlertAgain_AndProcessesItOnce()
    {
        await using var scenario = await Scenario.StartAsync("kill-commit", new() { Failpoint = "after-inbox-commit" });
        await scenario.Alertmanager.FireAsync(WebhookBody.Unknown(scenario.Sandbox.Namespace, "api"));
        await scenario.Engine.AwaitDeathAsync(scenario.ExplainAsync);

        await scenario.Engine.StartAsync();

        await scenario.AwaitStoryAsync("the alert in the journal", s => s.Has<AlertObserved>());
        await scenario.AwaitAsync("a repeat of it by Alertmanager", async () => await scenario.Alertmanager.NotifiedAsync() > 0);
        await scenario.AwaitAsync("an empty inbox", scenario.IsInboxEmptyAsync);
        Assert.Single(Assert.Single(scenario.Stories()).All<AlertObserved>());
    }

    [Fact]
    public async Task StoreLockedByAnotherProgram_Answers503_AndAlertmanagersRetryGetsIn()
    {
        await using var scenario = await Scenario.StartAsync("store-locked");
        await using (var intruder = new SqliteConnection(
            $"Data Source={Path.Combine(scenario.Engine.DataFolder, "journal.db")};Pooling=False"))
        {
            await intruder.OpenAsync(TestContext.Current.CancellationToken);
            var transaction = intruder.BeginTransaction(deferred: false);

            await Refused_AndThen(scenario, transaction.Rollback);
        }
    }

    [Fact]
    public async Task DiskFull_Answers503_AndAlertmanagersRetryGetsIn()
    {
        await using var disk = await SmallDisk.MountAsync("8m");
        await using var scenario = await Scenario.StartAsync("disk-full", new() { DataFolder = disk.Folder });
        disk.Fill();

        await Refused_AndThen(scenario, disk.Free);
    }

    private static async Task Refused_AndThen(Scenario scenario, Action relieve)
    {
        var space = scenario.Sandbox.Namespace;
        using (var answer = await scenario.Engine.PostAsync(
            WebhookBody.Firing(TimeProvider.System.GetUtcNow(), WebhookBody.Unknown(space, "refused"))))
        {
            Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
            Assert.NotNull(answer.Headers.RetryAfter);
        }

        await scenario.Alertmanager.FireAsync(WebhookBody.Unknown(space, "api"));
        await scenario.AwaitAsync(
            "a notification that Alertmanager could not get in", async () => await scenario.Alertmanager.RefusedAsync() > 0);
        relieve();
        var story =
            await scenario.AwaitStoryAsync("the alert in the journal", s => s.Incident.Resource.Name == "api" && s.Has<AlertObserved>());
        Assert.Single(story.All<AlertObserved>());
        Assert.DoesNotContain(scenario.Stories(), s => s.Incident.Resource.Name == "refused");
    }
}
