using System.Globalization;
using k8s.Models;
using Remediator.Actions.Hosts.DescribeEmptyDirs;
using Remediator.Actions.Hosts.EmptyDirs;
using Remediator.Actions.Hosts.EvictFillingPod;
using Remediator.Actions.Kubernetes.Api;
using Remediator.Actions.Tests.Kubernetes;
using Remediator.Core.Actions;
using Remediator.Core.Facts;
using Remediator.Core.Policies;
using Remediator.Testing;
using Remediator.Testing.Kubernetes;

namespace Remediator.Actions.Tests.Hosts;

/// <summary>Volumes of pods as a kubelet makes them, on the disk of a real host; the API server is played.</summary>
[Trait("Needs", "Hosts")]
public sealed class EmptyDirsTests(HostFixture fixture) : IClassFixture<HostFixture>, IAsyncLifetime
{
    private const string Sudoers = "/etc/sudoers.d/remediator";

    private static readonly CancellationToken Token = TestContext.Current.CancellationToken;

    private readonly TestHost _host = fixture.Host;
    private HttpEndpoint? _server;

    private HttpEndpoint Server => _server ?? throw new InvalidOperationException("The endpoint is not started.");

    private ClusterApi Api => new(() => Server.Client(), TimeProvider.System);

    public async ValueTask InitializeAsync()
    {
        _server = await HttpEndpoint.StartAsync();
        await _host.RunAsync($"umount -q /var/lib/kubelet/pods/*/volumes/*/* || true; rm -rf /var/lib/kubelet {Sudoers}");
    }

    public ValueTask DisposeAsync() => Server.DisposeAsync();

    [Theory]
    [InlineData("root")]
    [InlineData("ops")]
    public async Task ThePodThatFillsIt_IsNamed_WithWhatItHas_AndNothingElseCounts(string user)
    {
        if (user == "ops")
            await AllowAsync();
        await FillAsync("uid-of-api-0", "scratch", 60);
        await FillAsync("uid-of-api-0", "cache", 4);
        await FillAsync("uid-of-api-1", "scratch", 8);
        await _host.RunAsync("""
            cd /var/lib/kubelet/pods/uid-of-api-0
            # counted once, whatever it is called
            ln volumes/kubernetes.io~empty-dir/cache/file volumes/kubernetes.io~empty-dir/cache/again
            mkdir "volumes/kubernetes.io~empty-dir/cache/new
            line"
            head -c 3145728 /dev/zero >"volumes/kubernetes.io~empty-dir/cache/new
            line/f  ile"
            # holes take no room
            truncate -s 2G volumes/kubernetes.io~empty-dir/cache/holes
            # other volumes, what its containers have, and memory
            mkdir -p volumes/kubernetes.io~nfs/share volume-subpaths/x containers/main volumes/kubernetes.io~empty-dir/memory
            for other in volumes/kubernetes.io~nfs/share volume-subpaths/x containers/main; do head -c 9M /dev/zero >$other/file; done
            mount -t tmpfs none volumes/kubernetes.io~empty-dir/memory
            head -c 9M /dev/zero >volumes/kubernetes.io~empty-dir/memory/file
            """);
        Serve(Pods());

        var facts = await LookAsync(user);

        Assert.Equal(["api-0 scratch yes", "api-1 scratch no"], facts.Select(f => $"{f["pod"]} {f["volume"]} {f["evict"]}"));
        Assert.Equal(("shop", "api", "deployment", "n1", ""),
            (facts[0]["namespace"], facts[0]["workload"], facts[0]["workload_kind"], facts[0]["node"], facts[0]["why_not"]));
        Assert.InRange(long.Parse(facts[0]["bytes"], CultureInfo.InvariantCulture), 67L << 20, (67L << 20) + 100_000);
        // two folders of volumes, that of memory not among them, four files and one folder
        Assert.Equal(("7", "2"), (facts[0]["files"], facts[1]["files"]));
        Assert.InRange(double.Parse(facts[0]["size_percent"], CultureInfo.InvariantCulture), 5, 10);
        var evidence = await new DescribeEmptyDirsAction(Machines(user), Api, new(Api)).ReadAsync(Request(new EmptyDirsInput()), Token);
        Assert.Matches(
            @"^pod shop/api-0 \(deployment shop/api\) has 67(\.\d)? MiB in 7 files in emptyDir scratch and 1 more, \d\.?\d?% of /\n"
                + @"pod shop/api-1 has 8(\.\d)? MiB in 2 files in emptyDir scratch, .*\nThe first may be evicted\.\n$",
            evidence.Text);
        Assert.Empty(evidence.Values);
    }

    [Fact]
    public async Task WhoMayNotLook_OrIsNotAnswered_SaysSo_AndNothingFails()
    {
        await FillAsync("uid-of-api-0", "scratch", 60);
        Serve(Pods());

        var hidden = (await LookAsync("ops")).Single();
        Assert.Equal(
            ("no", "sudo on host db-1 does not let user ops look; 'remediator permissions --for hosts' prints what it has to allow"),
            (hidden["evict"], hidden["why_not"]));

        await using var dumb = await HttpEndpoint.StartAsync();
        dumb.Otherwise = new(500);
        var facts = await LookAsync("root", dumb);
        Assert.Equal("no", facts.Single()["evict"]);
        Assert.Contains("list the pods on node n1", facts.Single()["why_not"], StringComparison.Ordinal);
        Assert.Empty(await new EmptyDirsLook(HostFixture.Machines(HostFixture.Entry(_host)), Api, new(Api))
            .LookAsync(Request(new EmptyDirsInput()), Token));
    }

    [Fact]
    public async Task AnotherFileSystem_APodThatNobodyKnows_AndADatabase_AreNotEvicted()
    {
        await FillAsync("uid-of-api-0", "scratch", 20);
        Serve(Pods());
        Assert.Empty(await LookAsync("root", mountPoint: "/run"));

        await _host.RunAsync("touch /var/lib/kubelet/pods/uid-of-api-0/volumes/kubernetes.io~empty-dir/scratch/PG_VERSION");
        Assert.Equal("its emptyDir scratch has a file PG_VERSION, as databases and queues have", (await LookAsync("root"))[0]["why_not"]);

        await FillAsync("uid-of-nobody", "scratch", 40);
        var facts = await LookAsync("root");
        Assert.Equal(
            [("", "no", "the API server knows no such pod on the node: its kubelet has not cleaned up, or it is a static pod"),
                ("api-0", "no", "another pod has more")],
            facts.Select(f => (f["pod"], f["evict"], f["why_not"])));
    }

    [Fact]
    public async Task ItIsEvicted_WithWhatItHas_AndTheGainIsThatOfTheFileSystem()
    {
        await FillAsync("uid-of-api-0", "scratch", 60);
        await FillAsync("uid-of-api-1", "scratch", 8);
        Serve(Pods());
        var facts = await LookAsync("root");
        var evict = new EvictFillingPodAction(Machines("root"), Api, new(Api));
        var request = Request(new EvictFillingPodInput()) with { Facts = new(1, DateTimeOffset.UnixEpoch, facts) };

        var plan = (await evict.PlanAsync(request, Token)).Plan!;
        Assert.Matches(
            @"^evict pod shop/api-0 on n1, which has 60(\.\d)? MiB in its emptyDir scratch, \d\.?\d?% of /; that is lost, and deployment "
                + "shop/api makes a new pod$",
            plan.Summary);
        Assert.Equal(
            ["pod shop/api-0: metadata.deletionTimestamp none (uid uid-of-api-0) -> set, with the pod's own grace period",
                "pod shop/api-0: emptyDir scratch there -> lost"],
            plan.Changes.Select(c => $"{c.Target}: {c.Field} {c.Before} -> {c.After}"));
        Assert.Equal("test/deployment/shop/api", plan.Takes!.Resource);
        Assert.Equal(plan.Preconditions, (await evict.IdentifyAsync(request, plan, Token))!);
        Assert.Equal(ProbeAnswer.DidNotHappen, (await evict.ProbeAsync(request, plan, Token)).Answer);
        var unlike = await Assert.ThrowsAsync<ActionFailedException>(() => evict.PlanAsync(request with { Facts = FactView.Empty }, Token));
        Assert.Equal(FailureKind.Transient, unlike.Kind);

        var act = evict.ApplyAsync(request, plan, Token);
        var asked = await Server.NextAsync("POST", "/api/v1/namespaces/shop/pods/api-0/eviction", 1, Token);
        Assert.Contains("\"uid\":\"uid-of-api-0\"", asked.Body, StringComparison.Ordinal);
        // as its kubelet does it: first its volumes go, then the pod
        Server.Always("GET", "/api/v1/namespaces/shop/pods/api-0", new(404));
        await _host.RunAsync("rm -r /var/lib/kubelet/pods/uid-of-api-0; sync");
        var outcome = await act;

        Assert.Equal("pod shop/api-0 was evicted from host db-1, and what it had on / is gone with it.", outcome.Message);
        var gains = GainSeen.Compare(plan.Gains, outcome.Gains);
        Assert.Equal(["bytes on /", "inodes on /"], gains.Select(g => g.Of));
        Assert.True(gains[0].IsAsExpected(), gains[0].Describe());
        Assert.Equal(ProbeAnswer.Happened, (await evict.ProbeAsync(request, plan, Token)).Answer);
    }

    [Fact]
    public async Task OneThatSomebodyElseHasRemoved_IsNoGainOfOurs()
    {
        await FillAsync("uid-of-api-0", "scratch", 60);
        Serve(Pods());
        var evict = new EvictFillingPodAction(Machines("root"), Api, new(Api));
        var request = Request(new EvictFillingPodInput()) with { Facts = new(1, DateTimeOffset.UnixEpoch, await LookAsync("root")) };
        var plan = (await evict.PlanAsync(request, Token)).Plan!;

        await _host.RunAsync("rm -r /var/lib/kubelet/pods/uid-of-api-0; sync");
        Server.Always("POST", "/api/v1/namespaces/shop/pods/api-0/eviction", ApiAnswers.Failure(404, "NotFound", "not found"));
        Server.Always("GET", "/api/v1/namespaces/shop/pods/api-0", new(404));
        var outcome = await evict.ApplyAsync(request, plan, Token);

        Assert.Equal("pod shop/api-0 was gone already.", outcome.Message);
        Assert.Empty(outcome.Gains);
    }

    [Fact]
    public async Task OnAnotherMachineThanTheNode_NoneIsEvicted()
    {
        await FillAsync("uid-of-api-0", "scratch", 60);
        Serve(Pods());
        Server.Always("GET", "/api/v1/nodes/n1", ApiAnswers.Found(Node("another")));
        var request = Request(new EvictFillingPodInput()) with { Facts = new(1, DateTimeOffset.UnixEpoch, await LookAsync("root")) };

        Assert.Equal(
            "Node n1 is another machine than host db-1: their machine ids differ.",
            (await new EvictFillingPodAction(Machines("root"), Api, new(Api)).PlanAsync(request, Token)).Refusal);
    }

    private static ActionRequest Request(object input, string mountPoint = "/") =>
        HostFixture.Request(input, mountPoint) with { DurationScale = 0.1 };

    private async Task<IReadOnlyList<Fact>> LookAsync(string user, HttpEndpoint? server = null, string mountPoint = "/")
    {
        var api = new ClusterApi(() => (server ?? Server).Client(), TimeProvider.System);
        return await new EmptyDirsLook(Machines(user), api, new(api)).LookAsync(Request(new EmptyDirsInput(), mountPoint), Token);
    }

    private Remediator.Actions.Hosts.Reach.Machines Machines(string user) => HostFixture.Machines(Entry(user));

    private ManagedHost Entry(string user) => HostFixture.Entry(_host, user) with { Node = "n1" };

    private Task<string> FillAsync(string uid, string volume, int megabytes) => _host.RunAsync($"""
        set -e
        folder=/var/lib/kubelet/pods/{uid}/volumes/kubernetes.io~empty-dir/{volume}
        mkdir -p $folder
        chmod 750 /var/lib/kubelet/pods
        head -c {megabytes}M /dev/zero >$folder/file
        sync
        """);

    /// <summary>What <c>remediator permissions --for hosts</c> prints for this.</summary>
    private Task<string> AllowAsync()
    {
        var find = EmptyDirState.Permission.Command
            .Replace("\\", @"\\\\", StringComparison.Ordinal)
            .Replace("[", @"\[", StringComparison.Ordinal)
            .Replace("]", @"\]", StringComparison.Ordinal)
            .Replace("*", @"\*", StringComparison.Ordinal)
            .Replace("?", @"\?", StringComparison.Ordinal);
        return _host.RunAsync($"""
            cat >{Sudoers} <<'S'
            ops ALL=(root) NOPASSWD: {find}
            S
            chmod 440 {Sudoers}
            visudo -cqf {Sudoers}
            """);
    }

    private static V1Pod[] Pods() =>
        [.. Enumerable.Range(0, 3).Select(i => TestPods.Running($"api-{i}").With(p =>
        {
            p.Spec.NodeName = i < 2 ? "n1" : "n2";
            p.Metadata.Labels = new Dictionary<string, string> { ["app"] = "api" };
            p.Metadata.OwnerReferences =
                [new() { ApiVersion = "apps/v1", Kind = "ReplicaSet", Name = "api-1", Uid = "uid-of-set", Controller = true }];
        }))];

    private static V1Node Node(string machine) => new()
    {
        ApiVersion = "v1", Kind = "Node", Metadata = new() { Name = "n1" },
        Status = new()
        {
            NodeInfo = new()
            {
                MachineID = machine, Architecture = "", BootID = "", ContainerRuntimeVersion = "", KernelVersion = "",
                KubeProxyVersion = "", KubeletVersion = "", OperatingSystem = "", OsImage = "", SystemUUID = "",
            },
        },
    };

    private void Serve(V1Pod[] pods)
    {
        Server.Always("GET", "/api/v1/pods", ApiAnswers.List(pods.Where(p => p.Spec.NodeName == "n1")));
        Server.Always("GET", "/api/v1/namespaces/shop/pods", ApiAnswers.List(pods));
        Server.Always("GET", "/api/v1/namespaces/shop/pods/api-0", ApiAnswers.Found(pods[0]));
        Server.Always("GET", "/apis/apps/v1/namespaces/shop/replicasets", ApiAnswers.List(new V1ReplicaSet
        {
            ApiVersion = "apps/v1", Kind = "ReplicaSet",
            Metadata = new()
            {
                Name = "api-1", NamespaceProperty = "shop", Uid = "uid-of-set",
                OwnerReferences =
                    [new() { ApiVersion = "apps/v1", Kind = "Deployment", Name = "api", Uid = "uid-of-api", Controller = true }],
            },
        }));
        Server.Always("GET", "/apis/apps/v1/namespaces/shop/deployments/api", ApiAnswers.Found(new V1Deployment
        {
            ApiVersion = "apps/v1", Kind = "Deployment",
            Metadata = new() { Name = "api", NamespaceProperty = "shop", Uid = "uid-of-api", Generation = 1 },
            Spec = new()
            {
                Replicas = 3, Selector = new() { MatchLabels = new Dictionary<string, string> { ["app"] = "api" } }, Template = new(),
            },
            Status = new() { ObservedGeneration = 1, Replicas = 3, ReadyReplicas = 3, UpdatedReplicas = 3 },
        }));
        Server.Always("GET", "/api/v1/nodes/n1", ApiAnswers.Found(Node(MachineId())));
        Server.Always("GET", "/api/v1/", new(200, """
            {"kind":"APIResourceList","groupVersion":"v1","resources":[
              {"name":"pods/eviction","kind":"Eviction","group":"policy","version":"v1","namespaced":true,"verbs":["create"]}]}
            """));
        Server.Always("POST", "/api/v1/namespaces/shop/pods/api-0/eviction", ApiAnswers.Success);
    }

    private string MachineId() => File.ReadAllText(Path.Combine(_host.Root, "etc/machine-id")).Trim();
}
