using Remediator.Core.Actions;
using Remediator.Core.Events;
using Remediator.EndToEnd.Harness;

namespace Remediator.EndToEnd.Scenarios;

/// <summary>
/// A node whose machine is a real host: what a restart of its services does not bring back is brought back by a restart of the machine.
/// One sick node is no storm for the scenarios beside it.
/// </summary>
[Trait("Needs", "Cluster")]
[Trait("Needs", "Hosts")]
public sealed class SickMachine
{
    [Fact]
    public async Task NodeThatNoServiceOfItBringsBack_HasItsMachineRestarted_Once_ThoughTheEngineWasKilled()
    {
        // the restart of the kubelet and the drain come before
        await using var sick = await KubeletScenario.StartAsync(
            "machine", ["rh-machine"], "after-effect-before-outcome:3", "reboot: allowed", "5m");
        var (scenario, host) = (sick.Scenario, sick.Hosts[0]);
        var boot = await host.BootAsync();

        // what another run of the kubelet finds again, and another start of the machine does not
        await host.RunAsync($"""
            sed s/10.77.0.1:/10.77.0.250:/ /etc/kubernetes/kubeconfig >/run/elsewhere
            echo FLAGS=--kubeconfig=/run/elsewhere >/run/kubelet.flags
            systemctl restart {KubeletHost.Kubelet}
            """);
        await sick.FireAsync();
        await scenario.Engine.AwaitDeathAsync(scenario.ExplainAsync);
        await scenario.Engine.StartAsync();
        var story = await sick.AwaitAsync(host, "its end", s => s.Has<IncidentClosed>());

        Assert.Equal(CloseReason.Verified, story.All<IncidentClosed>().Single().Reason);
        Assert.Equal(["host.restart-unit", "kubernetes.drain", "host.reboot"], story.Acts);
        Assert.Equal(ProbeAnswer.Happened, Assert.Single(story.All<ActionProbed>()).Answer);
        Assert.Equal(boot, story.All<ActionIntended>()[^1].Plan.Preconditions["boot_id"]);
        var now = await host.BootAsync();
        Assert.NotEqual(boot, now);
        // the only other start that there was
        Assert.Contains($"(boot id {now}, before {boot})", story.All<ActionSucceeded>()[^1].Message, StringComparison.Ordinal);
        Assert.Equal(now, (await scenario.Sandbox.NodeAsync(host.Node)).Status.NodeInfo.BootID);
        var kept = story.All<EvidenceCollected>()[0].Items.Single(i => i.Use == "host.describe-machine");
        Assert.Contains("Last lines of the journal", kept.Text, StringComparison.Ordinal);
        Assert.False(await scenario.Sandbox.IsCordonedAsync(host.Node));
    }
}
