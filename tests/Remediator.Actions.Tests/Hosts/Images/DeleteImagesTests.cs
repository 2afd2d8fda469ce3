using System.Globalization;
using k8s.Models;
using Remediator.Actions.Hosts.DeleteImages;
using Remediator.Actions.Hosts.Disk;
using Remediator.Actions.Hosts.Images;
using Remediator.Actions.Kubernetes.Api;
using Remediator.Actions.Tests.Kubernetes;
using Remediator.Core.Actions;
using Remediator.Core.Policies;
using Remediator.Testing;
using Remediator.Testing.Kubernetes;

namespace Remediator.Actions.Tests.Hosts.Images;

/// <summary>
/// Real images, containers and garbage collection of containerd on a real host, which is asked by CRI; the API server is played.
/// </summary>
[Trait("Needs", "Hosts")]
public sealed class DeleteImagesTests : IAsyncLifetime
{
    private static readonly CancellationToken Token = TestContext.Current.CancellationToken;

    private HttpEndpoint? _server;
    private ContainerdHost? _node;

    private HttpEndpoint Server => _server ?? throw new InvalidOperationException("The endpoint is not started.");

    private ContainerdHost Node => _node ?? throw new InvalidOperationException("The host is not started.");

    public async ValueTask InitializeAsync()
    {
        (_server, _node) = (await HttpEndpoint.StartAsync(), await ContainerdHost.StartAsync(1300));
        Is((await Node.Host.RunAsync("cat /etc/machine-id")).Trim());
        Said("FreeDiskSpaceFailed", minutesAgo: 3);
        Bound();
    }

    public async ValueTask DisposeAsync()
    {
        await Node.DisposeAsync();
        await Server.DisposeAsync();
    }

    [Theory]
    [InlineData("root")]
    [InlineData("ops")]
    public async Task AFullImageFileSystem_IsRelievedOfWhatNothingUses_AndOfNothingElse_AndPodsStart(string user)
    {
        var digest = (await Node.PythonAsync("""
            load("pause", pulled=False)
            for name in ("running", "stopped", "bound", "by-digest", "pinned", "init"):
                load(name, ("shared", 6), (name, 3))
            load("loaded", ("loaded", 3), pulled=False)
            load("old", ("shared", 6), ("of-both", 40), ("old", 20))
            load("older", ("shared", 6), ("of-both", 40), ("older", 60))
            load("untagged", ("untagged", 30))
            load("tagged", ("tagged", 8))
            tag("remediator.test/tagged:1", "remediator.test/tagged:2")
            # as a pod may name it
            tag("remediator.test/bound:1", "docker.io/library/bound:1")
            # its container is older than what its tag leads to
            load("moved", ("moved", 3))
            container(pod("moves", "uid-moves"), "remediator.test/moved:1")
            ctr("images", "rm", "remediator.test/moved:1")
            load("moved", ("moved again", 3))
            container(pod("moves-too", "uid-moves-too"), "remediator.test/moved:1")
            # of no pod
            load("by-hand", ("by-hand", 3))
            ctr("containers", "create", "remediator.test/by-hand:1", "by-hand")
            ctr("images", "rm", "remediator.test/untagged:1")
            ctr("images", "label", "remediator.test/pinned:1", "io.cri-containerd.pinned=pinned")
            age(2)
            load("young", ("young", 3))
            container(pod("runs", "uid-runs"), "remediator.test/running:1")
            container(pod("stops", "uid-stops"), "remediator.test/stopped:1", runs=False)
            # by the tag that is not the one that it is listed by
            container(pod("tags", "uid-tags"), "remediator.test/tagged:2")
            print(digest("remediator.test/by-digest:1"))
            """)).Trim();
        Bound(Pod("a", "bound:1", "remediator.test/init:1"), Pod("b", $"remediator.test/by-digest@{digest}", null));
        if (user == "ops")
            await AllowAsync();
        var (entry, request) = (Entry(user), HostFixture.Request(new DeleteImagesInput()));
        var act = Action(entry);
        // to the last byte
        await Node.Host.RunAsync(
            "head -c 4G /dev/zero >/var/lib/filler 2>/dev/null; sync; ! head -c 1M /dev/zero >/var/lib/more 2>/dev/null");
        var (images, files) = (await ImagesAsync(), await FilesAsync());

        var fact = (await new DiskLook(HostFixture.Machines(entry)).LookAsync(HostFixture.Request(new DiskInput()), Token)).Single();
        Assert.True(double.Parse(fact["used_percent"], CultureInfo.InvariantCulture) > 99.9, fact.ToString());
        var plan = (await act.PlanAsync(request, Token)).Plan!;
        Assert.Equal(
            ["remediator.test/old:1", "remediator.test/older:1", "remediator.test/untagged@sha256"],
            plan.Changes.Select(c => c.Field.Length > 40 ? c.Field[..31] : c.Field).Order(StringComparer.Ordinal));
        Assert.EndsWith("; the kubelet could not itself (FreeDiskSpaceFailed: no room)", plan.Summary, StringComparison.Ordinal);
        // the look does not know which pods are bound, and so has a little more
        var (leftover, expected) = (long.Parse(fact["leftover_image_bytes"], CultureInfo.InvariantCulture), plan.Gains.Single().Amount);
        Assert.InRange(leftover, expected, expected + (30 << 20));
        Assert.Equal(ProbeAnswer.DidNotHappen, (await act.ProbeAsync(request, plan, Token)).Answer);
        var outcome = await act.ApplyAsync(request, plan, Token);

        var gain = Assert.Single(GainSeen.Compare(plan.Gains, outcome.Gains));
        Assert.True(gain.IsAsExpected(), gain.Describe());
        Assert.InRange(gain.Got ?? 0, 150 << 20, 400 << 20);
        Assert.StartsWith("3 images and dead containers of host db-1 are deleted", outcome.Message, StringComparison.Ordinal);
        Assert.Equal(ProbeAnswer.Happened, (await act.ProbeAsync(request, plan, Token)).Answer);
        Assert.Equal(
            ["remediator.test/old:1", "remediator.test/older:1", "remediator.test/untagged@sha256"],
            images.Except(await ImagesAsync()).Select(i => i.Length > 40 ? i[..31] : i));
        Assert.Empty((await ImagesAsync()).Except(images));
        Assert.Equal(files, await FilesAsync());
        Assert.Contains("no container image that may go", (await act.PlanAsync(request, Token)).Refusal, StringComparison.Ordinal);
        await Node.PythonAsync("""
            for name in ("bound", "by-digest", "init", "pinned", "loaded", "running", "stopped", "tagged", "young"):
                container(pod("after-" + name, "uid-after-" + name), "remediator.test/%s:1" % name)
            """);
    }

    [Fact]
    public async Task WhatIsNeededOrNamedOtherwiseByThen_IsLeft()
    {
        await Node.PythonAsync("""
            load("pause")
            for name in ("used", "bound", "renamed", "gone", "moved", "unused"):
                load(name, (name, 5))
            age(2)
            """);
        var (act, request) = (Action(Entry("root")), HostFixture.Request(new DeleteImagesInput()));
        var plan = (await act.PlanAsync(request, Token)).Plan!;
        Assert.Equal(6, plan.Changes.Count);

        await Node.PythonAsync("""
            container(pod("late", "uid-late"), "remediator.test/used:1", runs=False)
            tag("remediator.test/renamed:1", "remediator.test/renamed:2")
            ctr("images", "rm", "--sync", "remediator.test/gone:1", "remediator.test/gone@" + digest("remediator.test/gone:1"))
            # the tag is another image's by now
            ctr("images", "rm", "remediator.test/moved:1")
            load("moved", ("moved again", 5))
            until = lambda test: next(i for i in iter(int, 1) if test())
            until(lambda: "remediator.test/renamed:2" in sum((i.tags for i in images.Containerd().images()), []))
            """);
        Bound(Pod("late", "remediator.test/bound:1", null));
        var outcome = await act.ApplyAsync(request, plan, Token);

        Assert.StartsWith("1 images and dead containers of host db-1 are deleted", outcome.Message, StringComparison.Ordinal);
        Assert.Equal(
            ["remediator.test/bound:1", "remediator.test/moved:1", "remediator.test/pause:1", "remediator.test/renamed:1",
                "remediator.test/used:1"],
            (await ImagesAsync()).Where(i => !i.Contains("sha256:", StringComparison.Ordinal)));
        // what is left of it is not what was planned
        Assert.Equal(
            (ProbeAnswer.DidNotHappen, "2 of the images are still there."),
            (await act.ProbeAsync(request, plan, Token)) is var probe ? (probe.Answer, probe.Message) : default);
        Assert.StartsWith("0 images", (await act.ApplyAsync(request, plan, Token)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WhileTheKubeletCollectsByItself_OnlyContainersGo_ThatAreDeadForADay_OfPodsThatAreGone()
    {
        Server.Always("GET", "/api/v1/namespaces/default/events", ApiAnswers.List<Corev1Event>());
        await Node.PythonAsync("""
            load("pause", pulled=False)
            load("app", ("app", 5))
            load("unused", ("unused", 5))
            for name in ("bound", "mirrored", "gone", "sandboxed", "runs", "fresh"):
                if name == "fresh":
                    age(2)
                of = pod(name, "uid-" + name)
                container(of, "remediator.test/app:1", runs=name == "runs")
                if name not in ("sandboxed", "runs"):
                    call("RuntimeService/StopPodSandbox", message(f1=of[0]))
            """);
        Bound(
            Pod("bound", "remediator.test/app:1", null).With(p => p.Metadata.Uid = "uid-bound"),
            Pod("mirrored", "remediator.test/app:1", null).With(
                p => p.Metadata.Annotations = new Dictionary<string, string> { ["kubernetes.io/config.mirror"] = "uid-mirrored" }));
        var (act, request) = (Action(Entry("root")), HostFixture.Request(new DeleteImagesInput()));

        var plan = (await act.PlanAsync(request, Token)).Plan!;
        Assert.Equal("delete 1 dead containers of host db-1, ", plan.Summary[..39]);
        Assert.Equal("main of pod ?", Assert.Single(plan.Changes).Field);
        var outcome = await act.ApplyAsync(request, plan, Token);
        Assert.StartsWith("1 images and dead containers of host db-1 are deleted", outcome.Message, StringComparison.Ordinal);
        Assert.Equal(ProbeAnswer.Happened, (await act.ProbeAsync(request, plan, Token)).Answer);
        Assert.Equal(
            "uid-bound uid-fresh uid-mirrored uid-runs uid-sandboxed",
            (await Node.PythonAsync("print(*sorted(c.pod for c in images.Containerd().containers()))")).Trim());
        Assert.Equal(
            "The kubelet of node n1 has not said lately that it could not delete images itself, so they are left to it.",
            (await act.PlanAsync(request, Token)).Refusal);
        Said("ImageGCFailed", minutesAgo: 1);
        Assert.Equal("remediator.test/unused:1", Assert.Single((await act.PlanAsync(request, Token)).Plan!.Changes).Field);
    }

    [Fact]
    public async Task WhereItIsNotSureWhatIsNeeded_OrNobodyAllowsIt_NothingIsPlanned_AndWhyIsSaid()
    {
        await Node.PythonAsync("""
            load("pause", pulled=False)
            load("unused", ("unused", 5))
            age(2)
            """);
        async Task<string?> RefusalAsync(ManagedHost entry, string mountPoint = "/") =>
            (await Action(entry).PlanAsync(HostFixture.Request(new DeleteImagesInput(), mountPoint), Token)).Refusal;

        Assert.Null(await RefusalAsync(Entry("root")));
        Assert.Equal(
            "The policy lets no container image be deleted on host db-1; 'images' of the host says whether one may.",
            await RefusalAsync(Entry("root") with { MayDeleteImages = false }));
        Assert.Equal(
            "Host db-1 is no node, so it is not known which images are needed there.",
            await RefusalAsync(Entry("root") with { Node = "" }));
        Assert.Equal("There is no node n2, which host db-1 should be.", await RefusalAsync(Entry("root") with { Node = "n2" }));
        Assert.StartsWith(
            $"sudo on host db-1 does not let user ops run {ImagesHelper.Path}", await RefusalAsync(Entry("ops")), StringComparison.Ordinal);
        Assert.StartsWith(
            "No image is deleted on host db-1: the images of this machine are on another file system (/var/lib/containerd/",
            await RefusalAsync(Entry("root"), "/run"), StringComparison.Ordinal);
        Is("another");
        Assert.Equal("Node n1 is another machine than host db-1: their machine ids differ.", await RefusalAsync(Entry("root")));
        Is((await Node.Host.RunAsync("cat /etc/machine-id")).Trim());
        // without a name for it, what sandboxes are made of is one of those that nothing uses
        await Node.Host.RunAsync("""
            sed -i 's/^sandbox_image.*/sandbox_image = ""/' /etc/containerd/config.toml
            systemctl restart containerd
            """);
        await Node.PythonAsync("wait()");
        Assert.Equal(
            "No image is deleted on host db-1: containerd does not say which image it makes sandboxes of.",
            await RefusalAsync(Entry("root")));
        await Node.Host.RunAsync("systemctl stop containerd");
        Assert.StartsWith(
            "No image is deleted on host db-1: containerd does not answer at /run/containerd/containerd.sock (",
            await RefusalAsync(Entry("root")), StringComparison.Ordinal);
        await Node.Host.RunAsync("rm /usr/local/sbin/remediator-images");
        Assert.Equal(
            $"Host db-1 has no {ImagesHelper.Path}; 'remediator permissions --for images' prints it.", await RefusalAsync(Entry("root")));
    }

    private DeleteImagesAction Action(ManagedHost entry) =>
        new(HostFixture.Machines(entry), new ClusterApi(() => Server.Client(), TimeProvider.System));

    private ManagedHost Entry(string user) => HostFixture.Entry(Node.Host, user) with { Node = "n1", MayDeleteImages = true };

    private static V1Pod Pod(string name, string image, string? init) => TestPods.Running(name).With(p =>
    {
        p.Spec.NodeName = "n1";
        p.Spec.Containers[0].Image = image;
        p.Spec.InitContainers = init is null ? null : [new() { Name = "init", Image = init }];
    });

    private void Bound(params V1Pod[] pods) => Server.Always("GET", "/api/v1/pods", ApiAnswers.List(pods));

    private void Is(string machine) => Server.Always("GET", "/api/v1/nodes/n1", ApiAnswers.Found(
        new V1Node
        {
            ApiVersion = "v1", Kind = "Node", Metadata = new() { Name = "n1" }, Status = new() { NodeInfo = Info(machine) },
        }));

    private static V1NodeSystemInfo Info(string machine) => new()
    {
        MachineID = machine, Architecture = "", BootID = "", ContainerRuntimeVersion = "", KernelVersion = "", KubeletVersion = "",
        KubeProxyVersion = "", OperatingSystem = "", OsImage = "", SystemUUID = "",
    };

    private void Said(string reason, int minutesAgo) =>
        Server.Always("GET", "/api/v1/namespaces/default/events", ApiAnswers.List(OwnCollectionTests.Event(
            reason, TimeProvider.System.GetUtcNow().UtcDateTime.AddMinutes(-minutesAgo))));

    private async Task<IReadOnlyList<string>> ImagesAsync() =>
        (await Node.PythonAsync("print(*sorted(i.name for i in images.Containerd().images()))"))
            .Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries);

    private async Task<IReadOnlyList<string>> FilesAsync() =>
        [.. (await FreeSpaceTests.ListAsync(Node.Host)).Where(f => !f.StartsWith("/var/lib/containerd/", StringComparison.Ordinal))];

    private Task<string> AllowAsync() => Node.Host.RunAsync($"""
        echo 'ops ALL=(root) NOPASSWD: sha256:{ImagesHelper.Digest} {ImagesHelper.Path}' >/etc/sudoers.d/remediator
        chmod 440 /etc/sudoers.d/remediator
        visudo -cqf /etc/sudoers.d/remediator
        """);
}
