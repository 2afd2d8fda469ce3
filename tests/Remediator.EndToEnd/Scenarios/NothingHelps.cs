using System.Net;
using System.Text.Json;
using Remediator.Core.Events;
using Remediator.EndToEnd.Harness;
using k8s;
using k8s.Autorest;
using k8s.Models;

namespace Remediator.EndToEnd.Scenarios;

[Trait("Needs", "Cluster")]
public sealed class NothingHelps
{
    private const string NeedsTheLedger = "[ \"$LEDGER\" = whole ] || { echo \"fatal: ledger-7 is $LEDGER\"; exit 4; }; exec sleep 86400";

    [Fact]
    public async Task CrashThatNothingFixes_IsEscalatedWithItsLastLines_AndIsOverWhenFixed()
    {
        await using var scenario = await Scenario.StartAsync("nothing-helps", new() { RepairFails = true });
        var sandbox = scenario.Sandbox;
        await LedgerAsync(sandbox, "whole");
        await sandbox.CreateAsync(OnTheLedger());
        await sandbox.AwaitReadyAsync("api");
        await scenario.AwaitSeenAsync();
        await LedgerAsync(sandbox, "corrupt");
        await sandbox.RolloutScriptAsync("api", $"echo release 2; {NeedsTheLedger}");
        var bad = await sandbox.AwaitCrashingPodAsync("api");

        await scenario.Alertmanager.FireAsync(FiredAlerts.PodCrashLooping(bad));

        await scenario.ApproveAsync(await scenario.AwaitStoryAsync("a step that waits for a person", s => s.Has<ApprovalRequested>()));
        var story = await scenario.AwaitStoryAsync("an escalation", s => s.Has<Escalated>());
        Assert.Equal("kubernetes.rollout-undo", Assert.Single(story.All<ActionIntended>()).Use);
        Assert.Single(story.All<VerificationFailed>());
        var page = await Wait.ForAsync(
            "RemediationFailed, firing", () => FailedAsync(scenario), TestContext.Current.CancellationToken, scenario.ExplainAsync);
        Assert.Contains("fatal: ledger-7 is corrupt", page, StringComparison.Ordinal);

        await LedgerAsync(sandbox, "whole");
        await sandbox.RolloutScriptAsync("api", $"echo release 3; {NeedsTheLedger}");
        await sandbox.AwaitReadyAsync("api");
        await scenario.Alertmanager.ResolveAsync(FiredAlerts.PodCrashLooping(bad));
        await scenario.AwaitClosedAsync();
        await scenario.AwaitAsync("the end of RemediationFailed", async () => await FailedAsync(scenario) is null);
    }

    /// <summary>Recreated as a whole, so that no pod of the revision before lives on.</summary>
    private static V1Deployment OnTheLedger()
    {
        var deployment = Workloads.Deployment("api", NeedsTheLedger, replicas: 2);
        deployment.Spec.Strategy = new() { Type = "Recreate" };
        // longer than Facts:GoodAfter of a scenario: once it is available, the next view shows it to be good
        deployment.Spec.MinReadySeconds = 8;
        deployment.Spec.Template.Spec.Containers[0].Env =
            [new() { Name = "LEDGER", ValueFrom = new() { ConfigMapKeyRef = new() { Name = "ledger", Key = "state" } } }];
        return deployment;
    }

    private static async Task LedgerAsync(Sandbox sandbox, string state)
    {
        var map = new V1ConfigMap { Metadata = new() { Name = "ledger" }, Data = new Dictionary<string, string> { ["state"] = state } };
        try
        {
            await sandbox.Client.CoreV1.ReplaceNamespacedConfigMapAsync(map, "ledger", sandbox.Namespace);
        }
        catch (HttpOperationException e) when (e.Response.StatusCode is HttpStatusCode.NotFound)
        {
            await sandbox.Client.CoreV1.CreateNamespacedConfigMapAsync(map, sandbox.Namespace);
        }
    }

    private static async Task<string?> FailedAsync(Scenario scenario) =>
        (await scenario.Alertmanager.FiringAsync("RemediationFailed", scenario.Sandbox.Namespace))
            .Select(a => (JsonElement?)a)
            .FirstOrDefault()?.ToString();
}
