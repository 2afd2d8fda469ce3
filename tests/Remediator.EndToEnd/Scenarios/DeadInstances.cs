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

    [Fact]
    public async Task IsDrained_Rebooted_AndReplacedByOneThatRunsWell_ButKeptWhereTheOtherOneIsSickToo()
    {
        var kubeconfig = Environment.GetEnvironmentVariable(Sandbox.Variable);
        Assert.SkipWhen(
            string.IsNullOrEmpty(kubeconfig), $"{Sandbox.Variable} names no kubeconfig of a cluster for tests; tests/run brings one up.");
        await using var cloud = await Ec2Fleet.StartAsync(fleet, kubeconfig!, "fleet-b");
        var (old, kept) = (cloud.Of(Dead), cloud.Of(WithSickSuccessor));
        // a reboot would stay on it, and it cannot be stopped, so that the replacement is all there is
        (kept.Event, kept.IsEbs) = ("instance-retirement", false);
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
                ["Definitions:Playbooks"] = await PlaybooksAsync(files), ["Definitions:Policy"] = files["policy.yaml"],
            },
        });
        var sandbox = scenario.Sandbox;
        await fleet.RestoreAsync(sandbox);
        await sandbox.CreateAsync(OneOnEachNode("fleet-b", 3));
        await sandbox.BudgetAsync("web", 3);
        await sandbox.AwaitReadyAsync("web");
        var before = await NamesAsync(sandbox);
        IReadOnlyList<string> readyAtTheEnd = [];
        cloud.Aws.Answering = async call =>
        {
            if (call.Action is "TerminateInstanceInAutoScalingGroup")
                readyAtTheEnd = await ReadyOnAsync(sandbox);
        };
        await fleet.FreezeAsync(sandbox, Dead, WithSickSuccessor);
        await cloud.SayBootAsync(Dead);
        await scenario.AwaitSeenAsync();
        await scenario.Alertmanager.FireAsync(FiredAlerts.NodeNotReady(Dead));

        await AwaitAsync(Dead, "a drain that a budget holds", s => s.Has<ActionBegan>(b => IsHeld(b.Message)));
        Assert.Equal(before, await NamesAsync(sandbox));
        await sandbox.RelaxAsync("web", 1);
        foreach (var use in (string[])["aws.enter-standby", "aws.reboot-instance", "aws.replace-instance"])
            await AwaitAsync(Dead, use, s => s.Acts.Contains(use, StringComparer.Ordinal));

        // not before: where the playbook has just failed for one, a person is asked for the next step of the other
        await scenario.Alertmanager.FireAsync(FiredAlerts.NodeNotReady(WithSickSuccessor));
        var sick = await AwaitAsync(WithSickSuccessor, "an escalation", s => s.Has<Escalated>());
        Assert.Equal(["kubernetes.drain", "aws.enter-standby", "aws.replace-instance"], sick.Acts);
        Assert.Contains(
            $"is node {Ec2Fleet.Next("fleet-a")}, which is not ready", sick.All<Escalated>().Single().Reason, StringComparison.Ordinal);
        Assert.Equal(("running", "Standby"), (kept.State, kept.Lifecycle));
        await scenario.AwaitAsync(
            "RemediationFailed of it", async () => (await scenario.Alertmanager.FiringAsync("RemediationFailed", "")).Count > 0);
        await fleet.ThawAsync(sandbox, WithSickSuccessor);
        await scenario.Alertmanager.ResolveAsync(FiredAlerts.NodeNotReady(WithSickSuccessor));

        var story = await AwaitAsync(Dead, "its end", s => s.Has<IncidentClosed>());
        await scenario.Alertmanager.ResolveAsync(FiredAlerts.NodeNotReady(Dead));
        await sandbox.AwaitReadyAsync("web");
        Assert.Equal(CloseReason.Verified, story.All<IncidentClosed>().Single().Reason);
        Assert.Equal(
            ["kubernetes.drain", "aws.enter-standby", "aws.reboot-instance", "aws.replace-instance"], story.Acts);
        var launched = cloud.Of(Ec2Fleet.Next("fleet-b"));
        Assert.Equal(("terminated", "InService", 3), (old.State, launched.Lifecycle, cloud.Group("fleet-b").Desired));
        Assert.Equal(["fleet-b-next", "fleet-b2", "fleet-b3"], readyAtTheEnd);
        Assert.Contains(
            $"instance {launched.Id} runs well in its place", story.All<PushIntended>()[^1].What, StringComparison.Ordinal);
        Assert.Equal(
            (1, 1, 1), (cloud.Aws.Count("RebootInstances"), cloud.Aws.Count("SetDesiredCapacity"),
                cloud.Aws.Count("TerminateInstanceInAutoScalingGroup")));

        sick = await AwaitAsync(WithSickSuccessor, "its end", s => s.Has<IncidentClosed>());
        Assert.Equal(("running", "InService"), (kept.State, kept.Lifecycle));
        Assert.Empty(await sandbox.CordonedAsync());
        Assert.Equal(
            (2, 1, 1), (cloud.Aws.Count("EnterStandby"), cloud.Aws.Count("ExitStandby"),
                cloud.Aws.Count("TerminateInstanceInAutoScalingGroup")));
        Assert.Single(scenario.NodeStories().SelectMany(s => s.All<Escalated>()));
        foreach (var told in (Story[])[story, sick])
            TestContext.Current.TestOutputHelper?.WriteLine(await scenario.ShowAsync(told));

        Task<Story> AwaitAsync(string node, string what, Func<Story, bool> isIt) => Wait.ForAsync(
            $"{what} of {node}",
            async () =>
            {
                await cloud.ThrowIfBrokenAsync();
                return scenario.NodeStories().LastOrDefault(s => s.Incident.Resource.Name == node && isIt(s));
            },
            TestContext.Current.CancellationToken, scenario.ExplainAsync);
    }

    private static bool IsHeld(string message) => message.Contains("disruption budget web", StringComparison.Ordinal);

    private static async Task<IReadOnlyList<string>> NamesAsync(Sandbox sandbox) =>
        [.. (await sandbox.PodsAsync("web")).Select(p => p.Metadata.Name)];

    private static async Task<IReadOnlyList<string>> ReadyOnAsync(Sandbox sandbox) =>
    [
        .. (await sandbox.PodsAsync("web")).Where(p => p.Status.Conditions?.Any(c => c is { Type: "Ready", Status: "True" }) == true)
            .Select(p => p.Spec.NodeName).Order(StringComparer.Ordinal),
    ];

    /// <summary>Those that ship. What never runs well is waited for a shorter time than what does.</summary>
    private static async Task<string> PlaybooksAsync(Workspace files)
    {
        const string Step = "  - step: replace its instance";
        var folder = HostScenario.AutoPlaybooks(files);
        var file = Path.Combine(folder, "nodes", "node-not-ready.yaml");
        var text = await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken);
        var step = text[text.IndexOf($"{Step}\n", StringComparison.Ordinal)..text.IndexOf("escalate:", StringComparison.Ordinal)];
        string In(string group, string within) => step
            .Replace(Step, $"{Step} in {group}", StringComparison.Ordinal)
            .Replace("'instance{", $$"""'instance{group="{{group}}", """, StringComparison.Ordinal)
            .Replace("    verify:", $$"""    with: { within: {{within}} }{{"\n"}}    verify:""", StringComparison.Ordinal);
        await File.WriteAllTextAsync(
            file, text.Replace(step, In("fleet-a", "12m") + In("fleet-b", "3h"), StringComparison.Ordinal),
            TestContext.Current.CancellationToken);
        // they are about the playbook as it ships
        File.Delete(Path.ChangeExtension(file, ".tests.yaml"));
        return folder;
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
}
