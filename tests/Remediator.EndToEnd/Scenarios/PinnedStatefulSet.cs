using System.Text.Json;
using k8s;
using k8s.Models;
using Remediator.Core.Events;
using Remediator.EndToEnd.Harness;

namespace Remediator.EndToEnd.Scenarios;

/// <summary>
/// Case 20: the template is right again, and the controller waits for a pod of the bad revision between (kubernetes/kubernetes #67250).
/// </summary>
[Trait("Needs", "Cluster")]
public sealed class PinnedStatefulSet
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task C20_BrokenPodOfTheRevisionBetween_IsEvicted_AndTheSetGoesOn()
    {
        // a real kubelet takes up to a minute until a pod that never ran is gone, and the others come one by one after it
        await using var scenario = await Scenario.StartAsync(
            "pinned-set", new() { Settings = new Dictionary<string, string> { ["Engine:DurationScale"] = "0.3" } });
        var sandbox = scenario.Sandbox;
        var deployment = Workloads.Deployment("web", Workloads.Runs, replicas: 3);
        var good = deployment.Spec.Template.Spec.Containers[0].Image;
        await sandbox.Client.AppsV1.CreateNamespacedStatefulSetAsync(
            new()
            {
                Metadata = new() { Name = "web" },
                Spec = new()
                {
                    ServiceName = "web", Replicas = 3, Selector = deployment.Spec.Selector, Template = deployment.Spec.Template,
                },
            },
            sandbox.Namespace, cancellationToken: Token);
        await Wait.UntilAsync("three ready pods", async () => (await ReadyAsync(sandbox)).Count == 3, Token);
        await ImageAsync(sandbox, "remediator.test/TYPO:2");
        var broken = await Wait.ForAsync(
            "web-2 with an invalid image",
            async () => (await sandbox.PodsAsync("web")).FirstOrDefault(p =>
                p.Name() == "web-2" && p.Status.ContainerStatuses?.FirstOrDefault()?.State?.Waiting?.Reason == "InvalidImageName"),
            Token);
        await ImageAsync(sandbox, good, label: "third");

        await scenario.Alertmanager.FireAsync(FiredAlerts.ContainerWaiting(broken, "InvalidImageName"));

        var story = await scenario.AwaitClosedAsync(TimeSpan.FromMinutes(8));
        Assert.Equal(CloseReason.Verified, story.All<IncidentClosed>().Single().Reason);
        var done = Assert.Single(story.All<ActionIntended>());
        Assert.Equal(("kubernetes.evict-pod", "web-2"), (done.Use, done.Plan.Parameters["pod"]));
        Assert.Empty(story.All<ApprovalRequested>());
        Assert.Single(scenario.Proxy.Writes);
        Assert.Equal(3, (await ReadyAsync(sandbox)).Count);
    }

    private static async Task<List<V1Pod>> ReadyAsync(Sandbox sandbox) =>
        [.. (await sandbox.PodsAsync("web")).Where(p => p.Status.Conditions?.Any(c => c is { Type: "Ready", Status: "True" }) == true)];

    private static Task<V1StatefulSet> ImageAsync(Sandbox sandbox, string image, string label = "second") =>
        sandbox.Client.AppsV1.PatchNamespacedStatefulSetAsync(
            new V1Patch(
                JsonSerializer.Serialize(new
                {
                    spec = new
                    {
                        template = new
                        {
                            metadata = new { labels = new { release = label } },
                            spec = new { containers = new[] { new { name = Workloads.Container, image } } },
                        },
                    },
                }),
                V1Patch.PatchType.StrategicMergePatch),
            "web", sandbox.Namespace, cancellationToken: Token);
}
