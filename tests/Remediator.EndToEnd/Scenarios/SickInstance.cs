using Remediator.Core.Actions;
using Remediator.Core.Events;
using Remediator.EndToEnd.Harness;

namespace Remediator.EndToEnd.Scenarios;

/// <summary>
/// A node on EC2 that only a reboot mends, with the rules and the playbook that ship: its instance leaves its group for a while, is
/// rebooted once although the engine is killed right after the call, and comes back when EC2's checks are ok too. One sick node is no
/// storm for the scenarios beside it.
/// </summary>
[Trait("Needs", "Cluster")]
public sealed class SickInstance
{
    private const string Reboot = "use: aws.reboot-instance\n    verify: { use: kubernetes.node-ready, within: ";

    private static readonly TimeSpan Within = TimeSpan.FromMinutes(8);

    [Fact]
    public async Task NodeThatHangs_HasItsInstanceRebootedOnce_OutOfItsGroup_AndEverythingIsTakenBack()
    {
        var kubeconfig = Environment.GetEnvironmentVariable(Sandbox.Variable);
        Assert.SkipWhen(
            string.IsNullOrEmpty(kubeconfig), $"{Sandbox.Variable} names no kubeconfig of a cluster for tests; tests/run brings one up.");
        var name = $"ec2-{Guid.NewGuid():N}"[..10];
        await using var node = await Ec2Node.StartAsync(name, kubeconfig!);
        using var files = new Workspace("ec2-playbooks");
        var playbook = Path.Combine(HostScenario.AutoPlaybooks(files), "nodes", "node-not-ready.yaml");
        // the node comes back as fast as the machine of these tests lets it, whatever a second is
        await File.WriteAllTextAsync(
            playbook,
            (await File.ReadAllTextAsync(playbook, TestContext.Current.CancellationToken)).Replace(
                $"{Reboot}5m", $"{Reboot}1h", StringComparison.Ordinal),
            TestContext.Current.CancellationToken);
        await using var scenario = await Scenario.StartAsync("ec2", new()
        {
            // the drain and Standby come before it
            Failpoint = "after-effect-before-outcome:3",
            Settings = new Dictionary<string, string>(node.Settings) { ["Definitions:Playbooks"] = files["playbooks"] },
        });
        await AwaitReadyAsync(scenario, name, "True");
        node.Hang();
        await AwaitReadyAsync(scenario, name, "Unknown");
        await scenario.AwaitSeenAsync();
        await scenario.Alertmanager.FireAsync(FiredAlerts.NodeNotReady(name));
        await scenario.Engine.AwaitDeathAsync(scenario.ExplainAsync);
        Assert.Equal(1, node.Instance.Reboots);
        await scenario.Engine.StartAsync();

        var story = await AwaitAsync(scenario, name, "its end", s => s.Has<IncidentClosed>());
        Assert.Equal(CloseReason.Verified, story.All<IncidentClosed>().Single().Reason);
        Assert.Equal(["kubernetes.drain", "aws.enter-standby", "aws.reboot-instance"], story.Acts);
        Assert.Equal("boot-1", story.All<ActionIntended>()[^1].Plan.Preconditions["boot_id"]);
        Assert.Equal(ProbeAnswer.Happened, Assert.Single(story.All<ActionProbed>()).Answer);
        Assert.Equal(
            [$"Instance {node.Instance.Id} is in service in Auto Scaling group workers.", $"node {name} takes pods again."],
            story.All<ActionUndone>().Select(u => u.Message));
        Assert.Contains(
            "kernel: it hangs",
            story.All<EvidenceCollected>()[0].Items.Single(i => i.Use == "aws.console-output").Text, StringComparison.Ordinal);

        Assert.Equal((1, "InService", 2), (node.Instance.Reboots, node.Instance.Lifecycle, node.Aws.Model.Groups["workers"].Desired));
        Assert.Equal(
            (1, 1, 1), (node.Aws.Count("RebootInstances"), node.Aws.Count("EnterStandby"), node.Aws.Count("ExitStandby")));
        Assert.False(await scenario.Sandbox.IsCordonedAsync(name));
        Assert.Equal(
            ["remediator.io/rebooted-at", "remediator.io/rebooted-boot", "remediator.io/rebooted-by"],
            ((await scenario.Sandbox.NodeAsync(name)).Metadata.Annotations ?? new Dictionary<string, string>()).Keys
                .Where(a => a.StartsWith("remediator.io/", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
    }

    private static Task AwaitReadyAsync(Scenario scenario, string node, string status) => scenario.AwaitAsync(
        $"{node} with Ready {status}",
        async () => (await scenario.Sandbox.NodeAsync(node)).Status.Conditions?.FirstOrDefault(c => c.Type == "Ready")?.Status == status);

    private static Task<Story> AwaitAsync(Scenario scenario, string node, string what, Func<Story, bool> isIt) => Wait.ForAsync(
        $"{what} of {node}",
        () => Task.FromResult(scenario.NodeStories().LastOrDefault(s => s.Incident.Resource.Name == node && isIt(s))),
        TestContext.Current.CancellationToken, scenario.ExplainAsync, Within);
}
