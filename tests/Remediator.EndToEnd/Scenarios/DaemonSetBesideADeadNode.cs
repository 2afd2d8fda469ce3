using k8s;
using k8s.Models;
using Remediator.Core.Events;
using Remediator.EndToEnd.Harness;

namespace Remediator.EndToEnd.Scenarios;

/// <summary>
/// Case 05: the pod on the real node gets the memory that it needs, and the one on the machine that is off hangs in Terminating
/// (kubernetes/kubernetes #139226).
/// </summary>
[Trait("Needs", "Cluster")]
[Collection(Fleet.Name)]
public sealed class DaemonSetBesideADeadNode(Fleet fleet)
{
    private const string Dead = "fleet-c1";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task C05_RepairIsVerifiedOnTheNodeThatLives_AndIsNotTakenBack()
    {
        await using var scenario = await Scenario.StartAsync(
            "daemonset", new() { Settings = new Dictionary<string, string> { ["Engine:DurationScale"] = "0.03" } });
        var sandbox = scenario.Sandbox;
        await fleet.FreezeAsync(sandbox, Dead);
        await sandbox.Client.AppsV1.CreateNamespacedDaemonSetAsync(Agent(), sandbox.Namespace, cancellationToken: Token);
        var bad = await sandbox.AwaitPodOutOfMemoryAsync("agent");
        await C19_LockThatIsOverAsync(scenario);

        await scenario.Alertmanager.FireAsync(FiredAlerts.ContainerOomKiller(bad));

        await scenario.ApproveAsync(await scenario.AwaitStoryAsync("a step that waits for a person", s => s.Has<ApprovalRequested>()));
        var story = await scenario.AwaitClosedAsync();
        Assert.Equal(CloseReason.Verified, story.All<IncidentClosed>().Single().Reason);
        Assert.Equal("kubernetes.raise-memory-limit", Assert.Single(story.All<ActionIntended>()).Use);
        Assert.Contains(
            $"on {Dead}, which is not ready, it cannot be seen and is left out", story.All<VerificationPassed>().Single().Observed,
            StringComparison.Ordinal);
        Assert.False(story.Has<UndoIntended>());
        var agent = await sandbox.Client.AppsV1.ReadNamespacedDaemonSetAsync("agent", sandbox.Namespace, cancellationToken: Token);
        Assert.Equal("80Mi", agent.Spec.Template.Spec.Containers[0].Resources.Limits["memory"].CanonicalizeString());
        Assert.True(agent.Status.NumberReady < agent.Status.DesiredNumberScheduled, await sandbox.DescribeAsync());
        await fleet.RestoreAsync(sandbox);
    }

    /// <summary>Case 19: kured had the dead node in hand, and its lock was over days ago (kubereboot/kured #478).</summary>
    private static async Task C19_LockThatIsOverAsync(Scenario scenario)
    {
        var created = TimeProvider.System.GetUtcNow().AddDays(-5);
        var kured = Read("19-expired-kured-lock", "kured.yaml", t => t
            .Replace("\"h1\"", $"\"{Dead}\"", StringComparison.Ordinal)
            .Replace("@CREATED@", created.ToString("yyyy-MM-ddTHH:mm:ssZ"), StringComparison.Ordinal));
        await scenario.Sandbox.Client.AppsV1.CreateNamespacedDaemonSetAsync(kured, scenario.Sandbox.Namespace, cancellationToken: Token);
        await scenario.AwaitSeenAsync();

        await scenario.Alertmanager.FireAsync(FiredAlerts.NodeNotReady(Dead));

        var told = await Wait.ForAsync(
            $"people who are told of {Dead}",
            () => Task.FromResult(scenario.NodeStories().FirstOrDefault(s => s.Incident.Resource.Name == Dead && s.Has<Escalated>())),
            Token, scenario.ExplainAsync);
        Assert.False(told.Has<Held>(h => h.Reason.Contains("kured", StringComparison.Ordinal)), told.Timed);
    }

    /// <summary>The case's own, on two nodes of the fleet's thirteen.</summary>
    private static V1DaemonSet Agent()
    {
        var agent = Read("05-daemonset-beside-a-dead-node", "daemonset.yaml", t => t);
        agent.Spec.Template.Spec.Containers[0].Command = Workloads.Shell(Workloads.Hungry);
        agent.Spec.Template.Spec.Affinity = new()
        {
            NodeAffinity = new()
            {
                RequiredDuringSchedulingIgnoredDuringExecution = new()
                {
                    NodeSelectorTerms = [new()
                    {
                        MatchExpressions = [new() { Key = "kubernetes.io/hostname", OperatorProperty = "In", Values = ["node-1", Dead] }],
                    }],
                },
            },
        };
        return agent;
    }

    private static V1DaemonSet Read(string folder, string file, Func<string, string> change)
    {
        var text = File.ReadAllText(WorkingTree.Path("tests", "Remediator.Definitions.Tests", "Cases", "Inputs", folder, file));
        var set = KubernetesYaml.LoadAllFromString(change(text)).OfType<V1DaemonSet>().Single();
        set.Metadata.NamespaceProperty = null;
        return set;
    }
}
