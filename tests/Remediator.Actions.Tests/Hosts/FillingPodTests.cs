using k8s;
using k8s.Models;
using Remediator.Actions.Hosts.EmptyDirs;
using Remediator.Actions.Hosts.EvictFillingPod;
using Remediator.Actions.Hosts.SpaceFree;
using Remediator.Actions.Tests.Cluster;
using Remediator.Core.Actions;
using Remediator.Core.Facts;
using Remediator.Testing;

namespace Remediator.Actions.Tests.Hosts;

/// <summary>A real pod of a real kubelet, which fills the disk of its machine.</summary>
[Trait("Needs", "Cluster")]
[Trait("Needs", "Hosts")]
public sealed class FillingPodTests
{
    /// <summary>The first of them has 300 MiB; there is no second first.</summary>
    private const string Program =
        "m=4; if mkdir /shared/taken 2>/dev/null; then m=300; fi; dd if=/dev/zero of=/scratch/fill bs=1M count=$m 2>/dev/null; "
        + "touch /scratch/done; exec tail -f /dev/null";

    private static readonly CancellationToken Token = TestContext.Current.CancellationToken;

    [Fact]
    public async Task TheOneThatFills_IsSeen_AndEvicted_AndItsKubeletGivesBackWhatWasSaid()
    {
        await using var space = await TestNamespace.CreateAsync();
        await using var host = await TestHost.StartAsync(1200);
        var node = $"rh-{Guid.NewGuid():N}"[..15];
        try
        {
            await host.JoinAsync(node, $"zone-{node}", Kubeconfig);
            await host.LetPodsRunAsync(Kubeconfig);
            await space.DeployAsync("api", Program, 3, d => On(node, d.Spec.Template.Spec));
            var machines = HostFixture.Machines(HostFixture.Entry(host) with { Node = node });
            var look = new EmptyDirsLook(machines, space.Api, space.Workloads);
            static ActionRequest Request(object input, int seconds = 100) =>
                HostFixture.Request(input, seconds: seconds) with { DurationScale = 0.1 };

            var seen = await TestNamespace.UntilAsync(
                "three ready pods, of which one has filled it",
                () => look.LookAsync(Request(new EmptyDirsInput()), Token),
                facts => facts.Count == 3 && facts.All(f => f["files"] == "3") && facts[0]["evict"] == "yes");
            await host.RunAsync("sync");
            Assert.Equal(
                ("api", "deployment", "scratch", node),
                (seen[0]["workload"], seen[0]["workload_kind"], seen[0]["volume"], seen[0]["node"]));

            var evict = new EvictFillingPodAction(machines, space.Api, space.Workloads);
            var act = Request(new EvictFillingPodInput(), 240) with { Facts = new(1, DateTimeOffset.UnixEpoch, seen) };
            var plan = (await evict.PlanAsync(act, Token)).Plan!;
            Assert.Equal(seen[0]["pod"], plan.Parameters["pod"]);
            var outcome = await evict.ApplyAsync(act, plan, Token);

            Assert.EndsWith("was evicted from host db-1, and what it had on / is gone with it.", outcome.Message, StringComparison.Ordinal);
            var gain = GainSeen.Compare(plan.Gains, outcome.Gains).Single(g => g.Of == "bytes on /");
            Assert.InRange(gain.Expected!.Value, 300L << 20, 301L << 20);
            Assert.True(gain.IsAsExpected(), gain.Describe());
            var check = await new SpaceFreeAction(machines).CheckAsync(Request(new SpaceFreeInput()), Token);
            Assert.True(check.Good, check.Observed);
            var after = await TestNamespace.UntilAsync(
                "its new one", () => look.LookAsync(Request(new EmptyDirsInput()), Token), facts => facts.Count == 3);
            Assert.DoesNotContain(after, f => f["uid"] == seen[0]["uid"]);
            Assert.All(seen.Skip(1), f => Assert.Contains(after, a => a["uid"] == f["uid"]));
        }
        finally
        {
            await space.Client.CoreV1.DeleteNodeAsync(node, cancellationToken: CancellationToken.None);
        }
    }

    private static string Kubeconfig => Environment.GetEnvironmentVariable("REMEDIATOR_TEST_KUBECONFIG")!;

    private static void On(string node, V1PodSpec pod)
    {
        pod.HostNetwork = true;
        pod.AutomountServiceAccountToken = false;
        pod.NodeSelector = new Dictionary<string, string> { ["kubernetes.io/hostname"] = node };
        pod.Tolerations = [new() { OperatorProperty = "Exists" }];
        pod.Volumes =
        [
            new() { Name = "shared", HostPath = new() { Path = "/run/shared", Type = "DirectoryOrCreate" } },
            new() { Name = "scratch", EmptyDir = new() },
        ];
        pod.Containers[0].VolumeMounts = [.. pod.Volumes.Select(v => new V1VolumeMount { Name = v.Name, MountPath = $"/{v.Name}" })];
    }
}
