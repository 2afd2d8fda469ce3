using Remediator.Core.Actions;
using Remediator.Core.Events;
using Remediator.EndToEnd.Harness;

namespace Remediator.EndToEnd.Scenarios;

/// <summary>
/// Nodes whose machines are real hosts: the kubelet and the runtime are units of their systemd, and the engine logs in over their sshd.
/// Rules and playbook are those that ship.
/// </summary>
[Trait("Needs", "Cluster")]
[Trait("Needs", "Hosts")]
[Collection(Name)]
public sealed class SickKubelets
{
    private const string Name = "kubelets";

    /// <summary>So many nodes that are not ready would be a storm for other scenarios.</summary>
    [CollectionDefinition(Name, DisableParallelization = true)]
    public sealed class Alone;

    [Fact]
    public async Task KilledAndFrozenOnes_AreRestartedOnce_ThoughTheEngineWasKilled_AndOneThatEndsByItsConfigurationIsToldOf()
    {
        await using var sick = await KubeletScenario.StartAsync(
            "kubelets", ["rh-dead", "rh-frozen", "rh-runtime", "rh-loop"], "after-effect-before-outcome:2", "", "1h");
        var (scenario, loop) = (sick.Scenario, sick.Hosts[3]);
        (KubeletHost Host, string Unit, string Other, string Signal)[] killed =
        [
            (sick.Hosts[0], KubeletHost.Kubelet, KubeletHost.Runtime, "KILL"),
            (sick.Hosts[1], KubeletHost.Kubelet, KubeletHost.Runtime, "STOP"),
            (sick.Hosts[2], KubeletHost.Runtime, KubeletHost.Kubelet, "KILL"),
        ];
        foreach (var (host, unit, _, signal) in killed)
            await host.RunAsync($"kill -{signal} $(systemctl show -p MainPID --value {unit})");
        // as kubeadm's unit restarts it
        await loop.RunAsync($"""
            mkdir -p /etc/systemd/system/{KubeletHost.Kubelet}.d
            printf '[Unit]\nStartLimitIntervalSec=0\n[Service]\nRestart=always\nRestartSec=10\n' \
              >/etc/systemd/system/{KubeletHost.Kubelet}.d/loop.conf
            echo FLAGS=--no-such-flag=7 >/run/kubelet.flags
            systemctl daemon-reload
            systemctl restart {KubeletHost.Kubelet}
            """);
        await sick.FireAsync();
        await scenario.Engine.AwaitDeathAsync(scenario.ExplainAsync);
        await scenario.Engine.StartAsync();

        var probes = new List<ActionProbed>();
        foreach (var (host, unit, other, _) in killed)
        {
            var story = await sick.AwaitAsync(host, "its end", s => s.Has<IncidentClosed>());
            Assert.Equal(CloseReason.Verified, story.All<IncidentClosed>().Single().Reason);
            Assert.Equal(["host.restart-unit"], story.Acts);
            Assert.Contains($"restart unit {unit}", story.All<ActionIntended>()[^1].Plan.Summary, StringComparison.Ordinal);
            // that of the join, and ours
            Assert.Equal(("2", "1"), (await host.StartsAsync(unit), await host.StartsAsync(other)));
            Assert.False(await scenario.Sandbox.IsCordonedAsync(host.Node));
            probes.AddRange(story.All<ActionProbed>());
        }

        var told = await sick.AwaitAsync(loop, "an escalation", s => s.Has<Escalated>());
        Assert.Empty(told.Acts);
        Assert.Contains(probes, p => p.Answer is ProbeAnswer.Happened);
        Assert.Contains("unit kubelet.service is", told.All<Escalated>().Single().Message, StringComparison.Ordinal);
        Assert.Contains("unknown flag: --no-such-flag", told.All<Escalated>().Single().Message, StringComparison.Ordinal);

        // a person mends it
        await loop.RunAsync($"rm /run/kubelet.flags; systemctl restart {KubeletHost.Kubelet}");
        await scenario.Alertmanager.ResolveAsync(FiredAlerts.NodeNotReady(loop.Node));
        await sick.AwaitAsync(loop, "its end", s => s.Has<IncidentClosed>());
        Assert.DoesNotContain(await scenario.Sandbox.CordonedAsync(), n => n.StartsWith("rh-", StringComparison.Ordinal));
    }
}
