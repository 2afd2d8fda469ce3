using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using k8s.Models;
using Remediator.Actions.Hosts.DescribePodDescriptors;
using Remediator.Actions.Hosts.PodDescriptors;
using Remediator.Actions.Hosts.PodDescriptorsFree;
using Remediator.Actions.Kubernetes.Api;
using Remediator.Actions.Kubernetes.EvictPod;
using Remediator.Actions.Kubernetes.Pods;
using Remediator.Actions.Kubernetes.Workloads;
using Remediator.Actions.Tests.Kubernetes;
using Remediator.Core.Actions;
using Remediator.Core.Facts;
using Remediator.Testing;
using Remediator.Testing.Kubernetes;

namespace Remediator.Actions.Tests.Hosts;

/// <summary>Real processes on a real host, in groups that are named as those of containers are; the API server is played.</summary>
[Trait("Needs", "Hosts")]
public sealed class PodDescriptorsTests(HostFixture fixture) : IClassFixture<HostFixture>, IAsyncLifetime
{
    private const string Leaks = "kept = [open('/etc/hostname') for _ in range(180)]";
    private const string IsWell = "kept = [os.pipe() for _ in range(5)]";

    /// <summary>It is its own clients.</summary>
    private const string IsUnderLoad = """
        server = socket.create_server(('127.0.0.1', 0))
        port = server.getsockname()[1]
        if os.fork() == 0:
            resource.setrlimit(resource.RLIMIT_NOFILE, (4000, 4000))
            server.close()
            kept = [socket.create_connection(('127.0.0.1', port)) for _ in range(180)]
            time.sleep(100000)
        kept = [server.accept() for _ in range(180)]
        """;

    private static readonly CancellationToken Token = TestContext.Current.CancellationToken;

    private readonly TestHost _host = fixture.Host;
    private HttpEndpoint? _server;

    private HttpEndpoint Server => _server ?? throw new InvalidOperationException("The endpoint is not started.");

    private ClusterApi Api => new(() => Server.Client(), TimeProvider.System);

    private WorkloadReader Workloads => new(Api);

    public async ValueTask InitializeAsync() => _server = await HttpEndpoint.StartAsync();

    public ValueTask DisposeAsync() => Server.DisposeAsync();

    [Theory]
    [InlineData("root")]
    [InlineData("ops")]
    public async Task OnePodThatLeaks_IsToldFromThoseThatAreWell_AndFromOnesThatNobodyMaySee_AndIsTheOneThatIsEvicted(string user)
    {
        if (user == "ops")
            await _host.AllowDescriptorsAsync();
        V1Pod[] pods =
        [
            await PodAsync($"{user}-0", ("main", Leaks)), await PodAsync($"{user}-1", ("main", IsWell)),
            Elsewhere(await PodAsync($"{user}-2", ("main", IsWell))), Gone(TestPods.Running($"{user}-3")),
        ];

        var facts = await LookAsync(pods, user: user);

        Assert.Equal(
            ["no leak process main db-1 true", "yes unclear process main db-1 true", "unknown     true", "unknown    db-1 true"],
            facts.Select(f => $"{f["room"]} {f["trouble"]} {f["short"]} {f["container"]} {f["host"]} {f["ready"]}".Trim()));
        Assert.Equal("200", facts[0]["limit"]);
        Assert.Matches("^180 /etc/hostname", facts[0]["histogram"]);
        Assert.Equal(
            ["", "", "The policy lists no host that is node 'n2', so nobody logs in there; add it under 'hosts' to change that.",
                "host db-1 shows no process of it"],
            facts.Select(f => f["why_not"]));
        var plan = (await new EvictPodAction(Api, Workloads).PlanAsync(
            Request(new EvictPodInput { Which = PodChoice.Leaking }, [.. TestPods.Facts(pods).All, .. facts]), Token)).Plan;
        Assert.Equal($"{user}-0", plan?.Parameters["pod"]);
        var doubt = await Assert.ThrowsAsync<ActionFailedException>(() => new EvictPodAction(Api, Workloads).PlanAsync(
            Request(new EvictPodInput { Which = PodChoice.Leaking }, [.. TestPods.Facts(pods).All, .. facts.Skip(1)]), Token));
        Assert.Equal(FailureKind.Transient, doubt.Kind);
    }

    [Fact]
    public async Task OfAPod_OnlyTheContainerIsLookedAtThatIsAskedFor_AndLoadIsNoLeak()
    {
        V1Pod[] pods = [await PodAsync("two-0", ("main", IsWell), ("proxy", IsUnderLoad))];

        var (main, proxy, any) = (
            (await LookAsync(pods, "main")).Single(), (await LookAsync(pods, "proxy")).Single(), (await LookAsync(pods)).Single());

        Assert.Equal(("yes", "main"), (main["room"], main["container"]));
        Assert.Equal(("no", "load", "proxy"), (proxy["room"], proxy["trouble"], proxy["container"]));
        Assert.Equal(proxy["pid"], any["pid"]);
        Assert.Equal("its container other is not seen to run", (await LookAsync(pods, "other")).Single()["why_not"]);
        var evidence = await new DescribePodDescriptorsAction(Machines("root"), Workloads)
            .ReadAsync(Request(new PodDescriptorsInput(), []), Token);
        Assert.Contains(
            "process two-0-proxy of container proxy of pod two-0 has 18", evidence.Values["reason"], StringComparison.Ordinal);
        Assert.EndsWith("; most of these are clients, so this is load and no leak", evidence.Values["reason"], StringComparison.Ordinal);
        Assert.Contains("within 8 s", evidence.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task OnlyWhereEveryPodIsReady_SeenAndHasRoom_ItIsWellAgain()
    {
        var (good, bad) = (await PodAsync("well-0", ("main", IsWell)), await PodAsync("well-1", ("main", Leaks)));
        var away = Elsewhere(await PodAsync("well-2", ("main", IsWell)));

        async Task<CheckResult> CheckAsync(int ready, params V1Pod[] pods)
        {
            Serve(pods, ready);
            return await new PodDescriptorsFreeAction(Machines("root"), Api, Workloads)
                .CheckAsync(Request(new PodDescriptorsFreeInput(), []), Token);
        }

        var (leaks, unseen) = (await CheckAsync(2, good, bad), await CheckAsync(2, good, away));
        Assert.False(leaks.Good);
        Assert.Matches(@"; pod well-1: 9\d(\.\d)?% of the limit that is nearest \(process\), 18\d open$", leaks.Observed);
        Assert.False(unseen.Good);
        Assert.Contains("; pod well-2: not known; The policy lists no host", unseen.Observed, StringComparison.Ordinal);
        Assert.False((await CheckAsync(0, good)).Good);
        var well = await CheckAsync(1, good);
        Assert.True(well.Good, well.Observed);
    }

    [Fact]
    public async Task OfMorePodsThanLoginsAreAllowed_NoneIsLookedAt()
    {
        var facts = await LookAsync([.. Enumerable.Range(0, PodDescriptorReader.MostPods + 1).Select(i => TestPods.Running($"many-{i}"))]);

        Assert.All(facts, f => Assert.Equal("unknown", f["room"]));
        Assert.Equal("statefulset shop/api has 61 running pods, and at most 60 are looked at", facts[0]["why_not"]);
    }

    private static ActionRequest Request(object input, IReadOnlyList<Fact> facts) =>
        Requests.For(input, new(1, DateTimeOffset.UnixEpoch, facts)) with { NotAfter = TimeProvider.System.GetUtcNow().AddMinutes(3) };

    private async Task<IReadOnlyList<Fact>> LookAsync(V1Pod[] pods, string container = "", string user = "root")
    {
        Serve(pods, pods.Length);
        return await new PodDescriptorsLook(Machines(user), Workloads)
            .LookAsync(Request(new PodDescriptorsInput { Container = container }, []), Token);
    }

    private void Serve(V1Pod[] pods, int ready)
    {
        Server.Always("GET", "/api/v1/namespaces/shop/pods", ApiAnswers.List(pods));
        var set = JsonNode.Parse($$"""
            {
              "apiVersion": "apps/v1", "kind": "StatefulSet",
              "metadata": { "name": "api", "namespace": "shop", "uid": "uid-of-api", "generation": 1 },
              "spec": { "replicas": {{pods.Length}}, "selector": { "matchLabels": { "app": "api" } } },
              "status": {
                "observedGeneration": 1, "replicas": {{pods.Length}}, "readyReplicas": {{ready}}, "updatedReplicas": {{pods.Length}},
                "currentRevision": "a", "updateRevision": "a"
              }
            }
            """)!;
        Server.Always("GET", "/apis/apps/v1/namespaces/shop/statefulsets/api", ApiAnswers.Found(set));
    }

    private Remediator.Actions.Hosts.Reach.Machines Machines(string user) =>
        HostFixture.Machines(HostFixture.Entry(_host, user) with { Node = "n1" });

    private static V1Pod Elsewhere(V1Pod pod) => pod.With(p => p.Spec.NodeName = "n2");

    private static V1Pod Gone(V1Pod pod) => pod.With(p =>
    {
        p.Spec.NodeName = "n1";
        p.Status.ContainerStatuses[0].ContainerID = $"containerd://{Id("gone")}";
    });

    private async Task<V1Pod> PodAsync(string name, params (string Container, string Program)[] containers)
    {
        var pod = TestPods.Running(name).With(p => p.Spec.NodeName = "n1");
        pod.Status.ContainerStatuses =
        [
            .. containers.Select(c => new V1ContainerStatus
            {
                Name = c.Container, Ready = true, State = new() { Running = new() },
                ContainerID = $"containerd://{Id($"{name}-{c.Container}")}",
            }),
        ];
        foreach (var (container, program) in containers)
            await StartAsync($"{name}-{container}", program);
        return pod;
    }

    private static string Id(string name) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(name)));

    /// <summary>With 200 descriptors, in a group that has the id of its container in its name.</summary>
    private Task<string> StartAsync(string name, string program) => _host.RunAsync($"""
        cat >/run/{name}.py <<'P'
        import os, resource, socket, time
        open('/proc/self/comm', 'w').write('{name}')
        {program}
        open('/run/{name}.ready', 'w').close()
        while True: time.sleep(1)
        P
        systemd-run --quiet --unit=cri-containerd-{Id(name)} --property=LimitNOFILE=200:4000 python3 /run/{name}.py
        until [ -e /run/{name}.ready ]; do systemctl is-active --quiet cri-containerd-{Id(name)} || exit 1; sleep 0.1; done
        """);
}
