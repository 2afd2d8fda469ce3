using k8s.Models;
using Remediator.Core.Events;
using Remediator.EndToEnd.Harness;

namespace Remediator.EndToEnd.Scenarios;

/// <summary>
/// Nodes on EC2 that nothing milder mends, with the rules and the playbook that ship, in groups that the policy lists. Both at once, each
/// in its zone.
/// </summary>
[Trait("Needs", "Cluster")]
[Collection(Fleet.Name)]
public sealed class DeadInstances(Fleet fleet)
{
    private const string Dead = "fleet-b1";
    private const string WithSickSuccessor = "fleet-a1";

    private static readonly TimeSpan Within = TimeSpan.FromMinutes(8);

    [Fact]
    public async Task IsDrained_Rebooted_AndReplacedByOneThatRunsWell_ButKeptWhereTheOtherOneIsSickToo()
    {
        var kubeconfig = Environment.GetEnvironmentVariable(Sandbox.Variable);
        Assert.SkipWhen(
            string.IsNullOrEmpty(kubeconfig), $"{Sandbox.Variable} names no kubeconfig of a cluster for tests; tests/run brings one up.");
        await using var cloud = await Ec2Fleet.StartAsync(fleet, kubeconfig!);
        cloud.SickZones.Add("fleet-a");
        // a reboot would stay on it, so that the replacement is all there is
        cloud.Of(WithSickSuccessor).Event = "instance-retirement";
        using var files = new Workspace("dead-instances");
        await File.WriteAllTextAsync(files["policy.yaml"], """
            groups:
              - { group: fleet-a, replace: allowed }
              - { group: fleet-b, replace: allowed }
            """, TestContext.Current.CancellationToken);
        await using var scenario = await Scenario.StartAsync("dead", new()
        {
            Settings = new Dictionary<string, string>(cloud.Settings)
            {
                ["Definitions:Playbooks"] = HostScenario.AutoPlaybooks(files), ["Definitions:Policy"] = files["policy.yaml"],
            },
        });
        var (sandbox, old, kept) = (scenario.Sandbox, cloud.Of(Dead), cloud.Of(WithSickSuccessor));
        await fleet.RestoreAsync(sandbox);
        await sandbox.CreateAsync(OneOnEachNode("fleet-b", 3));
        await sandbox.BudgetAsync("web", 3);
        await sandbox.AwaitReadyAsync("web");
        await fleet.FreezeAsync(sandbox, Dead, WithSickSuccessor);
        await scenario.AwaitSeenAsync();
        await scenario.Alertmanager.FireAsync(FiredAlerts.NodeNotReady(Dead), FiredAlerts.NodeNotReady(WithSickSuccessor));

        await AwaitAsync(scenario, Dead, "a drain that a budget holds", s =>
            s.Has<ActionBegan>(b => b.Message.Contains("disruption budget web", StringComparison.Ordinal)));
        Assert.Equal(3, (await sandbox.PodsAsync("web")).Count);
        await sandbox.RelaxAsync("web", 1);
        var story = await AwaitAsync(scenario, Dead, "its end", s => s.Has<IncidentClosed>());
        await sandbox.AwaitReadyAsync("web");

        Assert.Equal(CloseReason.Verified, story.All<IncidentClosed>().Single().Reason);
        Assert.Equal(
            ["kubernetes.drain", "aws.enter-standby", "aws.reboot-instance", "aws.replace-instance"], story.Acts);
        Assert.False(story.Has<Escalated>());
        var launched = cloud.Launched("fleet-b");
        Assert.Equal(("terminated", "InService", 3), (old.State, launched.Lifecycle, cloud.Group("fleet-b").Desired));
        Assert.Contains($"fleet-b-{launched.Id[^4..]}", (await sandbox.PodsAsync("web")).Select(p => p.Spec.NodeName));
        Assert.True(
            story.Entries.First(e => e.Payload.Contains("runs well in its place", StringComparison.Ordinal)).Sequence
                < story.SequenceOf<PushIntended>(), story.Timed);
        Assert.Equal(
            (1, 1, 1), (cloud.Aws.Count("RebootInstances"), cloud.Aws.Count("SetDesiredCapacity"),
                cloud.Aws.Count("TerminateInstanceInAutoScalingGroup")));

        story = await AwaitAsync(scenario, WithSickSuccessor, "an escalation", s => s.Has<Escalated>());
        Assert.Equal(["kubernetes.drain", "aws.enter-standby", "aws.replace-instance"], story.Acts);
        Assert.Equal(("running", "Standby"), (kept.State, kept.Lifecycle));
        Assert.Contains(
            $"instance {cloud.Launched("fleet-a").Id}, which was launched in its place, is node ", story.Timed, StringComparison.Ordinal);
        await scenario.AwaitAsync(
            "RemediationFailed of it", async () => (await scenario.Alertmanager.FiringAsync("RemediationFailed", "")).Count > 0);

        await fleet.ThawAsync(sandbox, WithSickSuccessor);
        story = await AwaitAsync(scenario, WithSickSuccessor, "its end", s => s.Has<IncidentClosed>());
        Assert.Single(story.All<Escalated>());
        Assert.Equal(("running", "InService"), (kept.State, kept.Lifecycle));
        Assert.Empty(await sandbox.CordonedAsync());
        Assert.Equal(
            (2, 1, 1), (cloud.Aws.Count("EnterStandby"), cloud.Aws.Count("ExitStandby"),
                cloud.Aws.Count("TerminateInstanceInAutoScalingGroup")));
        await fleet.RestoreAsync(sandbox);
    }

    /// <summary>One replica for each node of the zone: where a node is missing, one waits for another.</summary>
    private static V1Deployment OneOnEachNode(string zone, int nodes)
    {
        var deployment = Workloads.Deployment("web", Workloads.Runs, nodes);
        var pod = deployment.Spec.Template.Spec;
        pod.NodeSelector = new Dictionary<string, string> { ["topology.kubernetes.io/zone"] = zone };
        pod.Affinity = new()
        {
            PodAntiAffinity = new()
            {
                RequiredDuringSchedulingIgnoredDuringExecution =
                    [new() { LabelSelector = deployment.Spec.Selector, TopologyKey = "kubernetes.io/hostname" }],
            },
        };
        return deployment;
    }

    private static Task<Story> AwaitAsync(Scenario scenario, string node, string what, Func<Story, bool> isIt) => Wait.ForAsync(
        $"{what} of {node}",
        () => Task.FromResult(scenario.NodeStories().LastOrDefault(s => s.Incident.Resource.Name == node && isIt(s))),
        TestContext.Current.CancellationToken, scenario.ExplainAsync, Within);
}
