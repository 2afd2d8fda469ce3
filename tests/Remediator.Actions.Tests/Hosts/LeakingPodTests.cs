using k8s;
using k8s.Models;
using Remediator.Actions.Hosts.DescribePodDescriptors;
using Remediator.Actions.Hosts.PodDescriptors;
using Remediator.Actions.Hosts.PodDescriptorsFree;
using Remediator.Actions.Kubernetes.EvictPod;
using Remediator.Actions.Kubernetes.Pods;
using Remediator.Actions.Tests.Cluster;
using Remediator.Core.Actions;
using Remediator.Core.Facts;
using Remediator.Testing;

namespace Remediator.Actions.Tests.Hosts;

/// <summary>A real pod of a real kubelet, whose machine is logged in to.</summary>
[Trait("Needs", "Cluster")]
[Trait("Needs", "Hosts")]
public sealed class LeakingPodTests
{
    /// <summary>The first of them opens one file 180 times, of 200 that it may; there is no second first.</summary>
    private const string Program =
        "ulimit -n 200; f=/etc/hostname; if mkdir /shared/taken 2>/dev/null; then f=$(yes $f | head -n 180); fi; exec tail -f $f";

    private static readonly CancellationToken Token = TestContext.Current.CancellationToken;

    [Fact]
    public async Task TheOneThatLeaks_IsSeen_Evicted_AndItsNewOneHasRoom()
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
            var look = new PodDescriptorsLook(machines, space.Workloads);
            ActionRequest Request() => space.Request(new PodDescriptorsInput { Container = "main" }, "deployment", "api");

            var seen = await TestNamespace.UntilAsync(
                "three ready pods, of which one leaks", () => look.LookAsync(Request(), Token),
                facts => facts.Count(f => f["ready"] == "true") == 3 && facts.Count(f => f["room"] == "no") == 1);
            var sick = seen.Single(f => f["room"] == "no");
            Assert.Equal(("leak", "process", "tail", "main", "200"),
                (sick["trouble"], sick["short"], sick["process"], sick["container"], sick["limit"]));
            Assert.Matches("^180 /etc/hostname", sick["histogram"]);
            Assert.Equal(2, seen.Count(f => f["room"] == "yes"));
            var evidence = await new DescribePodDescriptorsAction(machines, space.Workloads).ReadAsync(Request(), Token);
            Assert.StartsWith(
                $"process tail of container main of pod {sick["pod"]} has 18", evidence.Values["reason"], StringComparison.Ordinal);
            Assert.EndsWith("; this is a leak", evidence.Values["reason"], StringComparison.Ordinal);

            var evict = new EvictPodAction(space.Api, space.Workloads);
            FactView facts = new(1, DateTimeOffset.UnixEpoch, [.. (await space.FactsAsync()).All, .. seen]);
            var act = space.Request(new EvictPodInput { Which = PodChoice.Leaking }, "deployment", "api", facts);
            var plan = (await evict.PlanAsync(act, Token)).Plan!;
            Assert.Equal(sick["pod"], plan.Parameters["pod"]);
            await evict.ApplyAsync(act, plan, Token);

            var free = new PodDescriptorsFreeAction(machines, space.Api, space.Workloads);
            await TestNamespace.UntilAsync(
                "its new one, with room",
                () => free.CheckAsync(space.Request(new PodDescriptorsFreeInput(), "deployment", "api"), Token), c => c.Good);
            var after = await look.LookAsync(Request(), Token);
            Assert.All(after, f => Assert.Equal("yes", f["room"]));
            Assert.DoesNotContain(after, f => f["uid"] == sick["uid"]);
            Assert.All(seen.Where(f => f["room"] == "yes"), f => Assert.Contains(after, a => a["uid"] == f["uid"]));
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
        pod.Volumes = [new() { Name = "shared", HostPath = new() { Path = "/run/shared", Type = "DirectoryOrCreate" } }];
        pod.Containers[0].VolumeMounts = [new() { Name = "shared", MountPath = "/shared" }];
    }
}
