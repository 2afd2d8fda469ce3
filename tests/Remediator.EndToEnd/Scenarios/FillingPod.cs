using System.Globalization;
using k8s.Models;
using Remediator.Core.Actions;
using Remediator.Core.Events;
using Remediator.EndToEnd.Harness;

namespace Remediator.EndToEnd.Scenarios;

/// <summary>
/// A pod of a node whose machine is a real host fills that host's disk with its emptyDir. Rule and playbook are those that ship, the
/// kubelet is a real one, and what became free the file system of the host says.
/// </summary>
[Trait("Needs", "Cluster")]
[Trait("Needs", "Hosts")]
public sealed class FillingPod
{
    private const string Node = "rh-fill";

    /// <summary>Fills the disk to 92%; of three pods only the first does.</summary>
    private const string Fills = """
        if mkdir /shared/taken 2>/dev/null; then
          until [ "$(df -P /scratch | awk 'END { print $5 + 0 }')" -ge 92 ]; do
            dd if=/dev/zero bs=1M count=8 >>/scratch/fill 2>/dev/null || break
          done
          echo "$POD" >/shared/new; mv /shared/new /shared/name
        else
          dd if=/dev/zero bs=1M count=4 of=/scratch/fill 2>/dev/null
        fi
        exec sleep 86400
        """;

    [Fact]
    public async Task IsEvicted_BeforeItsKubeletEndsPods_AndTheDiskHasWhatWasSaid_AndTheOthersStay()
    {
        await using var sick = await KubeletScenario.StartAsync("fill-pod", [Node], null, "", "5m");
        var (scenario, sandbox, host) = (sick.Scenario, sick.Scenario.Sandbox, sick.Hosts[0]);
        await host.LetPodsRunAsync();
        await sandbox.CreateAsync(Deployment());
        await sandbox.AwaitReadyAsync("filler");
        var named = await host.RunAsync("until [ -e /run/shared/filler/name ]; do sleep 0.2; done; sync; cat /run/shared/filler/name");
        var name = named.Trim();
        var before = await sandbox.PodsAsync("filler");
        var filling = before.Single(p => p.Name() == name);
        var (available, has) = (await AvailableAsync(host), await HasAsync(host, filling));

        await scenario.AwaitSeenAsync();
        var alert = FiredAlerts.KubeletFilesystemLow(host.Machine);
        await scenario.Alertmanager.FireAsync([alert]);
        var story = await Wait.ForAsync(
            "the end of the incident of the disk",
            () => Task.FromResult(scenario.NodeStories().LastOrDefault(
                s => s.Incident.Resource.Name == $"{host.Machine}:/" && s.Has<IncidentClosed>())),
            TestContext.Current.CancellationToken, scenario.ExplainAsync, TimeSpan.FromMinutes(6));

        Assert.Equal(CloseReason.Verified, story.All<IncidentClosed>().Single().Reason);
        Assert.Equal(["host.evict-filling-pod"], story.Acts);
        var plan = story.All<ActionIntended>()[^1].Plan;
        Assert.Equal(filling.Uid(), plan.Preconditions["uid"]);
        Assert.EndsWith($"/deployment/{sandbox.Namespace}/filler", plan.Takes!.Resource, StringComparison.Ordinal);
        var gain = story.All<ActionSucceeded>().Single().Gains!.Single(g => g.Of == "bytes on /");
        Assert.InRange(gain.Expected!.Value, has * 9 / 10, has * 11 / 10);
        Assert.True(gain.IsAsExpected(), gain.Describe());
        Assert.InRange(await AvailableAsync(host) - available, has * 8 / 10, has * 12 / 10);
        var told = story.All<EvidenceCollected>()[0].Items.Single(i => i.Use == "host.describe-emptydirs").Text;
        Assert.Contains($"pod {sandbox.Namespace}/{name} (deployment {sandbox.Namespace}/filler) has ", told, StringComparison.Ordinal);
        Assert.EndsWith("The first may be evicted.\n", told, StringComparison.Ordinal);
        Assert.Equal("", await host.RunAsync($"ls -d /var/lib/kubelet/pods/{filling.Uid()} 2>/dev/null || true"));

        var after = (await sandbox.PodsAsync("filler")).Select(p => p.Uid()).ToHashSet();
        Assert.DoesNotContain(filling.Uid(), after);
        Assert.Superset(before.Select(p => p.Uid()).Where(u => u != filling.Uid()).ToHashSet(), after);
        Assert.Contains("/eviction", Assert.Single(scenario.Proxy.Writes).Path, StringComparison.Ordinal);
    }

    private static async Task<long> AvailableAsync(KubeletHost host) =>
        (await host.RunAsync("sync; stat -f -c '%a %S' /")).Split(' ').Select(n => long.Parse(n, CultureInfo.InvariantCulture))
        .Aggregate((a, b) => a * b);

    private static async Task<long> HasAsync(KubeletHost host, V1Pod pod) => 1024 * long.Parse(
        (await host.RunAsync($"du -sk /var/lib/kubelet/pods/{pod.Uid()}/volumes/kubernetes.io~empty-dir")).Split('\t')[0],
        CultureInfo.InvariantCulture);

    private static V1Deployment Deployment()
    {
        var deployment = Workloads.Deployment("filler", Fills, replicas: 3);
        var pod = deployment.Spec.Template.Spec;
        pod.HostNetwork = true;
        pod.AutomountServiceAccountToken = false;
        pod.NodeSelector = new Dictionary<string, string> { ["kubernetes.io/hostname"] = Node };
        pod.Tolerations = [new() { OperatorProperty = "Exists" }];
        pod.Volumes =
        [
            new() { Name = "scratch", EmptyDir = new() },
            new() { Name = "shared", HostPath = new() { Path = "/run/shared/filler", Type = "DirectoryOrCreate" } },
        ];
        var container = pod.Containers[0];
        container.VolumeMounts = [.. pod.Volumes.Select(v => new V1VolumeMount { Name = v.Name, MountPath = $"/{v.Name}" })];
        container.Env = [new() { Name = "POD", ValueFrom = new() { FieldRef = new() { FieldPath = "metadata.name" } } }];
        return deployment;
    }
}
