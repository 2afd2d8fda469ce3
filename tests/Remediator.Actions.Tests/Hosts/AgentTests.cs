using k8s;
using k8s.Models;
using Remediator.Actions.Hosts.Disk;
using Remediator.Actions.Hosts.Reach;
using Remediator.Actions.Hosts.VacuumJournal;
using Remediator.Actions.Tests.Cluster;
using Remediator.Core.Actions;
using Remediator.Testing;

namespace Remediator.Actions.Tests.Hosts;

/// <summary>
/// The agent that ships, on a real kubelet of a real host whose disk is full to the last byte, reached over a real API server.
/// </summary>
[Trait("Needs", "Cluster")]
[Trait("Needs", "Hosts")]
public sealed class AgentTests
{
    private static readonly CancellationToken Token = TestContext.Current.CancellationToken;

    [Fact]
    public async Task OnAFullDisk_ItStillAnswers_AndTheJournalOfTheMachineIsVacuumed()
    {
        await using var space = await TestNamespace.CreateAsync();
        await using var host = await TestHost.StartAsync(1200);
        // the API server reaches a kubelet by the name of its node
        var (node, kubeconfig) = (host.Address, Environment.GetEnvironmentVariable("REMEDIATOR_TEST_KUBECONFIG")!);
        try
        {
            await host.JoinAsync(node, $"zone-{node}", kubeconfig);
            await host.LetPodsRunAsync(kubeconfig);
            // as the manual says it: what a runtime writes for an exec would else go to /tmp, on the disk that is full
            await host.RunAsync("""
                mkdir -p /etc/systemd/system/containerd.service.d
                printf '[Service]\nEnvironment=XDG_RUNTIME_DIR=/run/containerd\n' >/etc/systemd/system/containerd.service.d/exec.conf
                systemctl daemon-reload; systemctl restart containerd
                until ctr version >/dev/null 2>&1; do sleep 0.2; done
                """);
            await space.Client.AppsV1.CreateNamespacedDaemonSetAsync(OfTests(node), space.Name, cancellationToken: Token);
            await TestNamespace.UntilAsync(
                "the agent", () => space.Client.CoreV1.ListNamespacedPodAsync(space.Name, cancellationToken: Token),
                pods => pods.Items.Any(p => p.Status.ContainerStatuses?.All(c => c.Ready) == true));
            await host.FillAsync();
            var entry = HostFixture.Entry(host) with { HostKeys = [], Node = node, Agent = space.Name };
            var machines = new Machines(HostFixture.ShellBy([new AgentWay(() => space.Client, TimeProvider.System)], entry));

            var seen = (await new DiskLook(machines).LookAsync(HostFixture.Request(new DiskInput()), Token)).Single();
            Assert.Equal("0", seen["available_bytes"]);
            var act = new VacuumJournalAction(machines);
            var request = HostFixture.Request(new VacuumJournalInput());
            var planned = await act.PlanAsync(request, Token);
            var plan = planned.Plan ?? throw new InvalidOperationException(planned.Refusal);
            Assert.Equal(File.ReadAllText($"{host.Root}/etc/machine-id").Trim(), plan.Preconditions["machine_id"]);
            var outcome = await act.ApplyAsync(request, plan, Token);

            Assert.True(GainSeen.Compare(plan.Gains, outcome.Gains).Single().IsAsExpected(), outcome.Message);
            Assert.Equal(ProbeAnswer.Happened, (await act.ProbeAsync(request, plan, Token)).Answer);
            var slow = new HostScript("slow.sh", () => "sleep 4713; say end");
            var late = await Assert.ThrowsAsync<ActionFailedException>(() => HostFixture
                .ShellBy([new AgentWay(() => space.Client, TimeProvider.System)], entry)
                .RunAsync(entry, slow, [], TimeProvider.System.GetUtcNow().AddSeconds(20), Token));
            Assert.Contains("and was ended there", late.Message, StringComparison.Ordinal);
            Assert.Equal("", await host.RunAsync("pgrep -f '^sleep 4713' || true"));
        }
        finally
        {
            await space.Client.CoreV1.DeleteNodeAsync(node, cancellationToken: CancellationToken.None);
        }
    }

    /// <summary>With an image that is there, on this node alone, which has no network for pods.</summary>
    private static V1DaemonSet OfTests(string node)
    {
        var set = AgentManifest.DaemonSet();
        var pod = set.Spec.Template.Spec;
        pod.Containers[0].Image = "remediator.test/busybox:1";
        pod.NodeSelector["kubernetes.io/hostname"] = node;
        pod.HostNetwork = true;
        // how much a machine of tests has is not said
        pod.Containers[0].Resources = null;
        return set;
    }
}
