using System.Globalization;
using System.Text.RegularExpressions;
using k8s.Models;
using Remediator.Core.Events;
using Remediator.EndToEnd.Harness;

namespace Remediator.EndToEnd.Scenarios;

/// <summary>
/// Pods of a node whose machine is a real host, near their limit of open files. What one of them leaks are pipes: only that it grows from
/// one look to the next tells it from others. Rules and playbook are those that ship, and the engine sees the pods over the host's sshd.
/// </summary>
[Trait("Needs", "Cluster")]
[Trait("Needs", "Hosts")]
public sealed partial class LeakingPod
{
    private const string Node = "rh-leak";

    private const string Prelude = """
        import os, resource, socket, time
        def limit(soft):
            resource.setrlimit(resource.RLIMIT_NOFILE, (soft, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
        def say():
            with open('/shared/new', 'w') as f:
                f.write(os.environ['POD'])
            os.rename('/shared/new', '/shared/name')
        """;

    /// <summary>Has 160 descriptors open, and more and more: its limit is a seventh above what it has, whenever it is looked at.</summary>
    private const string Leaks = """
        kept, began = [os.pipe() for _ in range(80)], time.monotonic()
        say()
        while True:
            while len(kept) < 80 * 1.015 ** (time.monotonic() - began):
                kept.append(os.pipe())
            limit(len(kept) * 16 // 7)
            time.sleep(0.1)
        """;

    /// <summary>Has 180 clients, and may have 200 files open. It is its own clients.</summary>
    private const string IsUnderLoad = """
        server = socket.create_server(('127.0.0.1', 0), backlog=200)
        if os.fork() == 0:
            port = server.getsockname()[1]
            server.close()
            kept = [socket.create_connection(('127.0.0.1', port)) for _ in range(180)]
            time.sleep(1000000)
        limit(200)
        kept = [server.accept() for _ in range(180)]
        say()
        time.sleep(1000000)
        """;

    [Fact]
    public async Task IsEvicted_AndOneUnderLoadIsNot_AndPeopleGetWhatThatHasOpen()
    {
        await using var sick = await KubeletScenario.StartAsync("leak-pod", [Node], null, "", "5m");
        var (scenario, sandbox) = (sick.Scenario, sick.Scenario.Sandbox);
        await sick.Hosts[0].LetPodsRunAsync();
        await sandbox.CreateAsync(Deployment("leaky", Leaks));
        await sandbox.CreateAsync(Deployment("busy", IsUnderLoad));
        var (leaks, isUnderLoad) = (await TheOneAsync(sick, "leaky"), await TheOneAsync(sick, "busy"));
        var before = await UidsAsync(sandbox);

        await scenario.AwaitSeenAsync();
        var alert = FiredAlerts.ContainerDescriptorsRunningOut(leaks);
        await scenario.Alertmanager.FireAsync([alert, FiredAlerts.ContainerDescriptorsRunningOut(isUnderLoad)]);
        await OfAsync(scenario, "leaky", "a step that was done", s => s.Has<ActionSucceeded>());
        await scenario.Alertmanager.ResolveAsync(alert);
        var (leak, load) = (
            await OfAsync(scenario, "leaky", "its end", s => s.Has<IncidentClosed>()),
            await OfAsync(scenario, "busy", "an escalation", s => s.Has<Escalated>()));

        Assert.Equal(CloseReason.Verified, leak.All<IncidentClosed>().Single().Reason);
        Assert.Equal(["kubernetes.evict-pod"], leak.Acts);
        Assert.Equal(leaks.Name(), leak.All<ActionIntended>()[^1].Plan.Parameters["pod"]);
        var kept = Described(leak);
        Assert.Matches($@"(?m)^process \w+ \(\d+\) of container main of pod {leaks.Name()} has \d+ open", kept);
        Assert.Matches(@"(?m)^\d+ pipes$", kept);
        Assert.InRange(int.Parse(Within().Match(kept).Groups[1].Value, CultureInfo.InvariantCulture), 5, 100_000);

        Assert.Empty(load.Acts);
        Assert.Contains(isUnderLoad.Name(), load.All<Escalated>().Single().Message, StringComparison.Ordinal);
        Assert.Matches(
            @"has 1[89]\d of 200 descriptors open: 180 ESTABLISHED from 127\.0\.0\.1 at port \d+",
            load.All<Escalated>().Single().Message);
        Assert.Contains("this is load and no leak", load.All<Escalated>().Single().Message, StringComparison.Ordinal);
        Assert.Contains("; 0 within 8 s", Described(load), StringComparison.Ordinal);

        var after = await UidsAsync(sandbox);
        Assert.DoesNotContain(leaks.Uid(), after);
        Assert.Superset(before.Where(u => u != leaks.Uid()).ToHashSet(), after.ToHashSet());
        Assert.Contains("/eviction", Assert.Single(scenario.Proxy.Writes).Path, StringComparison.Ordinal);
    }

    private static string Described(Story story) =>
        story.All<EvidenceCollected>()[0].Items.Single(i => i.Use == "host.describe-pod-descriptors").Text;

    private static Task<Story> OfAsync(Scenario scenario, string name, string what, Func<Story, bool> isIt) =>
        scenario.AwaitStoryAsync($"{what} of {name}", s => s.Incident.Resource.Name == name && isIt(s));

    /// <summary>That of a deployment which runs the program, once it has open what it is to have.</summary>
    private static async Task<V1Pod> TheOneAsync(KubeletScenario sick, string app)
    {
        await sick.Scenario.Sandbox.AwaitReadyAsync(app);
        var name = await sick.Hosts[0].RunAsync($"until [ -e /run/shared/{app}/name ]; do sleep 0.1; done; cat /run/shared/{app}/name");
        return (await sick.Scenario.Sandbox.PodsAsync(app)).Single(p => p.Name() == name.Trim());
    }

    /// <summary>Of three pods, the first runs the program, with the Python of the machine; the others are well.</summary>
    private static V1Deployment Deployment(string name, string program)
    {
        var deployment = Workloads.Deployment(
            name, "mkdir /shared/taken 2>/dev/null && exec /usr/bin/python3 -c \"$PROGRAM\"; exec sleep 86400", replicas: 3);
        var pod = deployment.Spec.Template.Spec;
        pod.HostNetwork = true;
        pod.AutomountServiceAccountToken = false;
        pod.NodeSelector = new Dictionary<string, string> { ["kubernetes.io/hostname"] = Node };
        pod.Tolerations = [new() { OperatorProperty = "Exists" }];
        (string Name, string Path, string Here)[] folders =
        [
            ("shared", $"/run/shared/{name}", "/shared"), ("usr", "/usr", "/usr"), ("lib", "/usr/lib", "/lib"),
            ("lib64", "/usr/lib64", "/lib64"),
        ];
        pod.Volumes =
        [
            .. folders.Select(f => new V1Volume
            {
                Name = f.Name, HostPath = new() { Path = f.Path, Type = f.Name == "shared" ? "DirectoryOrCreate" : "Directory" },
            }),
        ];
        var container = pod.Containers[0];
        container.VolumeMounts =
            [.. folders.Select(f => new V1VolumeMount { Name = f.Name, MountPath = f.Here, ReadOnlyProperty = f.Name != "shared" })];
        container.Env =
        [
            new() { Name = "PROGRAM", Value = $"{Prelude}\n{program}" },
            new() { Name = "POD", ValueFrom = new() { FieldRef = new() { FieldPath = "metadata.name" } } },
        ];
        return deployment;
    }

    private static async Task<IReadOnlyList<string>> UidsAsync(Sandbox sandbox) =>
        [.. (await sandbox.PodsAsync("leaky")).Concat(await sandbox.PodsAsync("busy")).Select(p => p.Uid())];

    [GeneratedRegex(@"; \+(\d+) within 8 s")]
    private static partial Regex Within();
}
