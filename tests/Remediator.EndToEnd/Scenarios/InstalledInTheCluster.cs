using k8s.Models;
using Remediator.EndToEnd.Harness;

namespace Remediator.EndToEnd.Scenarios;

/// <summary>
/// What ships, as it ships: the image, the manifests, and no rights but those of its service account. One after another: the names are
/// fixed.
/// </summary>
[Trait("Needs", "Cluster")]
[Collection(nameof(Installation))]
public sealed class InstalledInTheCluster
{
    [Fact]
    public async Task OneReplica_WithNoRightsButThoseThatShip_RepairsACrashingPod()
    {
        await using var sandbox = await Sandbox.CreateAsync("installed");
        await using var installation = await Installation.CreateAsync(sandbox, "one");
        await AssertConfinedAsync(installation);
        var bad = await MakeOneOfThreeCrashAsync(sandbox);

        await installation.PostAsync((await installation.PodsAsync(1))[0], FiredAlerts.PodCrashLooping(bad));

        await installation.AwaitAsync("a repair that is verified", async () => (await installation.IncidentsAsync()).Any(IsVerified));
        await sandbox.AwaitReadyAsync("api");
        Assert.DoesNotContain(bad.Uid(), (await sandbox.PodsAsync("api")).Select(p => p.Uid()));
        Assert.StartsWith("ok: ", (await installation.VerbAsync("audit", "verify")).Output, StringComparison.Ordinal);
        Assert.Contains("evicted", (await ShowAsync(installation)).ToLowerInvariant(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ThreeReplicas_ShareTheWork_AndWhatADeletedOneHadBegunIsFinishedByTheOthers()
    {
        await using var sandbox = await Sandbox.CreateAsync("replicas");
        await using var installation = await Installation.CreateAsync(sandbox, "replicas");
        var pods = await installation.PodsAsync(3);
        await installation.AwaitAsync(
            "three replicas that see each other", async () => await SumAsync(installation, pods, "remediator_replicas") == 3);

        for (var i = 0; i < 30; i++)
            await installation.PostAsync(pods[i % 3], WebhookBody.Unknown(sandbox.Namespace, $"unknown-{i}"));
        await installation.AwaitAsync(
            "30 incidents", async () => await SumAsync(installation, pods, "remediator_events_total", "type=\"incident-opened\"") == 30);
        foreach (var pod in pods)
            Assert.True(
                await installation.MetricAsync(pod, "remediator_events_total", "type=\"incident-opened\"") > 0,
                $"{pod.Name()} has done nothing of it.");

        var bad = await MakeOneOfThreeCrashAsync(sandbox);
        await installation.PostAsync(pods[0], FiredAlerts.PodCrashLooping(bad));
        V1Pod? worker = null;
        await installation.AwaitAsync("a replica that acts", async () => (worker = await BusyAsync(installation, pods)) is not null);
        await installation.DeleteAsync(worker!);

        await installation.AwaitAsync("a repair that is verified", async () => (await installation.IncidentsAsync()).Any(IsVerified));
        Assert.DoesNotContain(bad.Uid(), (await sandbox.PodsAsync("api")).Select(p => p.Uid()));
        await installation.AwaitAsync("three ready again", async () =>
            (await installation.PodsAsync()).Count == 3 && Sandbox.IsWhole(await installation.DeploymentAsync()));
        await installation.AwaitAsync("three that see each other again", async () =>
            await SumAsync(installation, await installation.PodsAsync(), "remediator_replicas") == 3);
        Assert.StartsWith("ok: ", (await installation.VerbAsync("audit", "verify")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RulesOfATeam_ReachTheRunningServer_AndABrokenOneIsRefused_WhileTheOldOnesStay()
    {
        await using var sandbox = await Sandbox.CreateAsync("team");
        await using var installation = await Installation.CreateAsync(sandbox, "one", Rule("the first version"));
        var pod = (await installation.PodsAsync(1))[0];
        var first = await DefinitionsAsync(installation);
        await AssertDecidesAsync("a", "the first version");

        await installation.ChangeRuleAsync(Rule("the second version"));
        await installation.AwaitAsync(
            "the changed rule, in force", async () => Revision(await DefinitionsAsync(installation)) != Revision(first));
        await AssertDecidesAsync("b", "the second version");

        await installation.ChangeRuleAsync(Rule("the third version").Replace("then:", "than:", StringComparison.Ordinal));
        await installation.AwaitAsync("the refusal of a broken rule", async () =>
            !(await DefinitionsAsync(installation)).GetProperty("lastReloadSucceeded").GetBoolean());
        await AssertDecidesAsync("c", "the second version");

        var last = (await installation.PodsAsync(1))[0];
        Assert.Equal((pod.Uid(), 0), (last.Uid(), last.Status.ContainerStatuses[0].RestartCount));

        async Task AssertDecidesAsync(string deployment, string says)
        {
            await installation.PostAsync(pod, WebhookBody.Unknown(sandbox.Namespace, deployment));
            await installation.AwaitAsync(
                $"'{says}' of {deployment}",
                async () =>
                    (await installation.IncidentsAsync()).Any(i => i.ToString().Contains($"/{deployment}\"", StringComparison.Ordinal)
                    && i.ToString().Contains(says, StringComparison.Ordinal)));
        }
    }

    private static string Rule(string says) => $"rules: [ {{ rule: team, alert: SomethingElse, then: {{ suppress: {says} }} }} ]\n";

    private static async Task<System.Text.Json.JsonElement> DefinitionsAsync(Installation installation)
    {
        var (code, output) = await installation.VerbAsync("status", "--output", "json");
        Assert.True(code == 0, output);
        return System.Text.Json.JsonDocument.Parse(output).RootElement.GetProperty("definitions");
    }

    private static string? Revision(System.Text.Json.JsonElement definitions) => definitions.GetProperty("revision").GetString();

    /// <summary>Not root, without capabilities, and with nothing to write to but its volumes.</summary>
    private static async Task AssertConfinedAsync(Installation installation)
    {
        var pod = (await installation.PodsAsync(1))[0];
        var status = await File.ReadAllLinesAsync($"/proc/{PodProcess.Of(pod)!.Id}/status", TestContext.Current.CancellationToken);
        Assert.Contains("Uid:\t1654\t1654\t1654\t1654", status);
        Assert.Contains("CapEff:\t0000000000000000", status);
        Assert.Contains("NoNewPrivs:\t1", status);
        var outside = await installation.VerbAsync("audit", "export", "/app/journal.jsonl");
        Assert.Equal(2, outside.Code);
        Assert.Contains("Read-only file system", outside.Output, StringComparison.Ordinal);
        Assert.Equal(0, (await installation.VerbAsync("audit", "export", "/tmp/journal.jsonl")).Code);
    }

    private static async Task<V1Pod> MakeOneOfThreeCrashAsync(Sandbox sandbox)
    {
        await sandbox.CreateAsync(Workloads.Spoilable("api", replicas: 3));
        await sandbox.AwaitReadyAsync("api");
        await sandbox.SpoilAsync((await sandbox.PodsAsync("api"))[1]);
        return await sandbox.AwaitCrashingPodAsync("api");
    }

    private static bool IsVerified(System.Text.Json.JsonElement incident) => incident.GetProperty("status").GetString() == "verified";

    private static async Task<string> ShowAsync(Installation installation) =>
        (await installation.VerbAsync(
            "audit", "show", (await installation.IncidentsAsync()).First(IsVerified).GetProperty("id").GetString()!)).Output;

    private static async Task<double> SumAsync(Installation installation, IEnumerable<V1Pod> pods, string metric, string label = "")
    {
        var sum = 0.0;
        foreach (var pod in pods)
            sum += await installation.MetricAsync(pod, metric, label);
        return sum;
    }

    private static async Task<V1Pod?> BusyAsync(Installation installation, IEnumerable<V1Pod> pods)
    {
        foreach (var pod in pods)
        {
            if (await installation.MetricAsync(pod, "remediator_events_total", "type=\"action-intended\"") > 0)
                return pod;
        }

        return null;
    }
}
