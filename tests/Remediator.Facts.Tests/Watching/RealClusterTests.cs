using Remediator.Facts.Connection;
using Remediator.Facts.Watching;
using k8s;
using k8s.Models;

namespace Remediator.Facts.Tests.Watching;

[Trait("Needs", "Cluster")]
public sealed class RealClusterTests : IAsyncLifetime
{
    private const string Variable = "REMEDIATOR_TEST_KUBECONFIG";

    private readonly string _space = $"facts-{Guid.NewGuid():N}"[..16];
    private KubernetesConnection? _connection;
    private Kubernetes? _client;

    public async ValueTask InitializeAsync()
    {
        var kubeconfig = Environment.GetEnvironmentVariable(Variable);
        Assert.SkipWhen(string.IsNullOrEmpty(kubeconfig), $"{Variable} names no kubeconfig of a cluster for tests.");
        _connection = KubernetesConnection.Find(new() { Kubeconfig = kubeconfig, Name = "test" }, _ => null);
        Assert.True(_connection.Configuration is not null, _connection.Reason);
        _client = new(_connection.Configuration);
        await _client.CoreV1.CreateNamespaceAsync(
            new() { Metadata = new() { Name = _space } }, cancellationToken: TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        if (_client is null)
            return;

        await _client.CoreV1.DeleteNamespaceAsync(_space);
        _client.Dispose();
    }

    [Fact]
    public async Task CrashingDeployment_IsSeenAsOne()
    {
        await using var facts = await RunningFacts.StartAsync(_connection!, new() { PublishEvery = TimeSpan.FromMilliseconds(100) });
        await facts.AwaitAsync("the first view", v => v.View.Version > 0);
        await _client!.AppsV1.CreateNamespacedDeploymentAsync(Crashing(), _space, cancellationToken: TestContext.Current.CancellationToken);

        var status = await facts.AwaitAsync(
            "a crashing container of deployment api",
            v => v.Problem.Length == 0 && v.View.Named("container").Any(
                c => c["namespace"] == _space && c["workload"] == "api" && c["workload_kind"] == "deployment" && c["crashing"] == "true"));

        var container = status.View.Named("container").Single(c => c["namespace"] == _space);
        Assert.Equal(("3", "main", "67108864"), (container["exit_code"], container["container"], container["memory_limit_bytes"]));
        var workload = status.View.Named("workload").Single(w => w["namespace"] == _space);
        Assert.Equal(("1", "1", container["revision"]), (workload["desired"], workload["crashing_pods"], workload["revision"]));
        Assert.Contains(status.View.Named("node"), n => n["node"] == container["node"] && n["ready"] == "true");
    }

    [Fact]
    public async Task QuietCluster_StaysFresh()
    {
        var options = new FactsOptions { WatchSeconds = 2 };
        await using var facts = await RunningFacts.StartAsync(_connection!, options);
        var first = await facts.AwaitAsync("the first view", v => v.View.Version > 0);

        await facts.AwaitAsync(
            "a proof six seconds later of every watch", v => v.FreshAt > first.FreshAt.AddSeconds(6) && v.Problem.Length == 0);

        // autoscaling/v2 is in Kubernetes from 1.23 on
        Assert.DoesNotContain(facts.Statuses.Watches, w => w.Missing.Length > 0 && w.Kind != "horizontalpodautoscalers");
    }

    private static V1Deployment Crashing() => new()
    {
        Metadata = new() { Name = "api" },
        Spec = new()
        {
            Replicas = 1,
            Selector = new() { MatchLabels = new Dictionary<string, string> { ["app"] = "api" } },
            Template = new()
            {
                Metadata = new() { Labels = new Dictionary<string, string> { ["app"] = "api" } },
                Spec = new()
                {
                    Containers =
                    [
                        new()
                        {
                            Name = "main",
                            Image = "remediator.test/busybox:1",
                            ImagePullPolicy = "IfNotPresent",
                            Command = ["sh", "-c", "echo going; exit 3"],
                            Resources = new() { Limits = new Dictionary<string, ResourceQuantity> { ["memory"] = new("64Mi") } },
                        },
                    ],
                },
            },
        },
    };
}
