using Remediator.Core.Events;
using Remediator.EndToEnd.Harness;

namespace Remediator.EndToEnd.Scenarios;

/// <summary>While people say that they have it in hand nothing is touched, whichever way they say it; then it is repaired.</summary>
[Trait("Needs", "Cluster")]
public sealed class HeldByPeople
{
    [Fact]
    public async Task AnnotationAndPause_HoldTheRepair_UntilBothAreGone()
    {
        await using var scenario = await Scenario.StartAsync("held");
        var sandbox = scenario.Sandbox;
        await sandbox.CreateAsync(Workloads.Spoilable("api", replicas: 3));
        await sandbox.AwaitReadyAsync("api");
        await sandbox.AnnotateAsync("api", "remediator.io/hold", "being debugged until=2099-01-01T00:00:00Z");
        await sandbox.SpoilAsync((await sandbox.PodsAsync("api"))[0]);
        var bad = await sandbox.AwaitCrashingPodAsync("api");
        await scenario.AwaitSeenAsync();

        await scenario.Alertmanager.FireAsync(FiredAlerts.PodCrashLooping(bad));

        await AwaitHeldAsync(
            scenario,
            "held",
            $"deployment {sandbox.Namespace}/api carries remediator.io/hold: being debugged (until 2099-01-01 00:00:00Z)");
        await VerbAsync(scenario, "pause", "--namespace", sandbox.Namespace, "--reason", "big sale");
        await AwaitHeldAsync(scenario, "paused", $"namespace {sandbox.Namespace} is paused by operator.token: big sale");
        Assert.Contains(
            $"namespace {sandbox.Namespace} is paused by operator.token: big sale", await VerbAsync(scenario, "status"),
            StringComparison.Ordinal);
        await sandbox.AnnotateAsync("api", "remediator.io/hold", null);
        await scenario.AwaitSeenAsync();
        Assert.Empty(scenario.Proxy.Attempts);

        await VerbAsync(scenario, "resume", "--namespace", sandbox.Namespace);
        var story = await scenario.AwaitClosedAsync();
        Assert.Equal(CloseReason.Verified, story.All<IncidentClosed>().Single().Reason);
        Assert.False(story.Has<Escalated>());
        Assert.DoesNotContain(bad.Metadata.Uid, (await sandbox.PodsAsync("api")).Select(p => p.Metadata.Uid));
    }

    [Fact]
    public async Task SilenceOfSomebody_HoldsTheRepair_UntilItIsOver()
    {
        await using var scenario = await Scenario.CreateAsync("silenced");
        var sandbox = scenario.Sandbox;
        var silence = await scenario.Alertmanager.SilenceAsync("namespace", sandbox.Namespace);
        await scenario.Engine.StartAsync();
        await sandbox.CreateAsync(Workloads.Spoilable("api", replicas: 3));
        await sandbox.AwaitReadyAsync("api");
        await sandbox.SpoilAsync((await sandbox.PodsAsync("api"))[0]);
        var bad = await sandbox.AwaitCrashingPodAsync("api");
        await scenario.AwaitSeenAsync();

        // Alertmanager does not deliver what is silenced: the alert fired before
        using var body = WebhookBody.Firing(TimeProvider.System.GetUtcNow().AddMinutes(-5), FiredAlerts.PodCrashLooping(bad));
        using var answer = await scenario.Engine.PostAsync(body);
        answer.EnsureSuccessStatusCode();

        var held = await scenario.AwaitStoryAsync("what the silence holds", s => s.Has<Held>(h => h.Guard == "held"));
        Assert.StartsWith(
            $"silence {silence} of somebody until ", held.All<Held>().First(h => h.Guard == "held").Reason, StringComparison.Ordinal);
        Assert.Empty(scenario.Proxy.Attempts);

        await scenario.Alertmanager.ExpireAsync(silence);
        Assert.Equal(CloseReason.Verified, (await scenario.AwaitClosedAsync()).All<IncidentClosed>().Single().Reason);
    }

    private static Task<Story> AwaitHeldAsync(Scenario scenario, string guard, string reason) =>
        scenario.AwaitStoryAsync(
            $"that the guard '{guard}' holds with: {reason}", s => s.Has<Held>(h => (h.Guard, h.Reason) == (guard, reason)));

    private static async Task<string> VerbAsync(Scenario scenario, params string[] arguments)
    {
        var (code, output) = await scenario.Engine.VerbAsync(arguments);
        Assert.True(code == 0, $"{arguments[0]} ended with {code}: {output}");
        return output;
    }
}
