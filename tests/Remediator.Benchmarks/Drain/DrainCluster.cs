using System.Diagnostics;
using System.Net;
using k8s;
using k8s.Autorest;
using k8s.Models;
using Remediator.Testing;

namespace Remediator.Benchmarks.Drain;

/// <summary>
/// Hollow nodes in two halves that take no other pods, and the deployments of each half. A twentieth of a deployment may be away.
/// </summary>
internal sealed class DrainCluster : IAsyncDisposable
{
    private const string Mark = "remediator.test/drain";
    private const int Deployments = 10;
    private const int AtOnce = 5;

    /// <summary>A kubelet that has only just started is not believed for two minutes.</summary>
    private static readonly TimeSpan KubeletsAreOld = TimeSpan.FromMinutes(2.5);

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(15);

    private readonly k8s.Kubernetes _client;
    private readonly string _state;
    private readonly string _space;
    private readonly IReadOnlyList<string> _nodes;

    private DrainCluster(string kubeconfig, int nodes)
    {
        _client = new(KubernetesClientConfiguration.BuildConfigFromConfigFile(kubeconfig));
        _state = Path.GetDirectoryName(Path.GetFullPath(kubeconfig))!;
        _space = $"drain-{Guid.NewGuid():N}"[..14];
        _nodes = [.. Enumerable.Range(1, nodes).Select(i => $"{_space}-{i}")];
    }

    public static async Task<DrainCluster> StartAsync(string kubeconfig, int nodes, int pods, double scale)
    {
        var cluster = new DrainCluster(kubeconfig, nodes);
        try
        {
            foreach (var some in cluster._nodes.Chunk(AtOnce))
                await Task.WhenAll(some.Select(n => cluster.ScriptAsync("add", n, "zone-b", $"{Mark}=yes:NoSchedule")));
            var started = Stopwatch.StartNew();
            for (var half = 0; half < 2; half++)
            {
                foreach (var node in cluster.Half(half))
                    await cluster.MarkAsync(node, half);
            }

            await cluster._client.CoreV1.CreateNamespaceAsync(new() { Metadata = new() { Name = cluster._space } });
            for (var half = 0; half < 2; half++)
            {
                for (var i = 0; i < Deployments; i++)
                    await cluster.DeployAsync(half, i, pods / 2 / Deployments);
            }

            await cluster.AwaitCompleteAsync();
            if (KubeletsAreOld * scale - started.Elapsed is { } left && left > TimeSpan.Zero)
                await Task.Delay(left);
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    public IEnumerable<string> Half(int half) => _nodes.Where((_, i) => i % 2 == half);

    public async Task<int> PodsOnAsync(string node) => (await _client.CoreV1.ListNamespacedPodAsync(
        _space, fieldSelector: $"spec.nodeName={node}")).Items.Count(p => p.Metadata.DeletionTimestamp is null);

    public async Task TakePodsAgainAsync(string node)
    {
        await _client.CoreV1.PatchNodeAsync(
            new V1Patch("""{"spec":{"unschedulable":null}}""", V1Patch.PatchType.StrategicMergePatch), node);
        await AwaitCompleteAsync();
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            await _client.CoreV1.DeleteNamespaceAsync(_space, gracePeriodSeconds: 0);
        }
        catch (HttpOperationException e) when (e.Response.StatusCode is HttpStatusCode.NotFound)
        {
            // its start failed before
        }

        foreach (var some in _nodes.Chunk(AtOnce))
            await Task.WhenAll(some.Select(n => ScriptAsync("remove", n)));
        _client.Dispose();
    }

    private Task AwaitCompleteAsync() => Wait.UntilAsync(
        "deployments that are complete",
        async () =>
        {
            await MakeLostPodsAnewAsync();
            return (await _client.AppsV1.ListNamespacedDeploymentAsync(_space)).Items
                .All(d => d.Status.AvailableReplicas == d.Spec.Replicas && d.Status.Replicas == d.Spec.Replicas);
        },
        CancellationToken.None, within: Patience);

    /// <summary>A hollow kubelet that was started again under load knows nothing of its pods, which then crash for good.</summary>
    private async Task MakeLostPodsAnewAsync()
    {
        var lost = (await _client.CoreV1.ListNamespacedPodAsync(_space)).Items.Where(p => p.Metadata.DeletionTimestamp is null
            && (p.Status.ContainerStatuses ?? []).Any(c => c.State?.Waiting?.Reason == "CrashLoopBackOff"));
        foreach (var pod in lost)
            await _client.CoreV1.DeleteNamespacedPodAsync(pod.Metadata.Name, _space, gracePeriodSeconds: 0);
    }

    private Task<V1Node> MarkAsync(string node, int half) => _client.CoreV1.PatchNodeAsync(
        new V1Patch(
            $$$"""{"metadata": {"labels": { "{{{Mark}}}": "{{{half}}}" } } }""", V1Patch.PatchType.StrategicMergePatch),
        node);

    private async Task DeployAsync(int half, int number, int replicas)
    {
        var name = $"app-{half}-{number}";
        var labels = new Dictionary<string, string> { ["app"] = name };
        await _client.AppsV1.CreateNamespacedDeploymentAsync(
            new()
            {
                Metadata = new() { Name = name },
                Spec = new()
                {
                    Replicas = replicas,
                    Selector = new() { MatchLabels = labels },
                    Template = new()
                    {
                        Metadata = new() { Labels = labels },
                        Spec = new()
                        {
                            NodeSelector = new Dictionary<string, string> { [Mark] = $"{half}" },
                            Tolerations = [new() { Key = Mark, OperatorProperty = "Exists" }],
                            Containers = [new() { Name = "app", Image = "remediator.test/busybox:1", ImagePullPolicy = "IfNotPresent" }],
                        },
                    },
                },
            },
            _space);
        await _client.CustomObjects.CreateNamespacedCustomObjectAsync(
            new
            {
                apiVersion = "policy/v1beta1",
                kind = "PodDisruptionBudget",
                metadata = new { name },
                spec = new { maxUnavailable = Math.Max(1, replicas / 20), selector = new { matchLabels = labels } },
            },
            "policy", "v1beta1", _space, "poddisruptionbudgets");
    }

    private async Task ScriptAsync(string verb, string node, params IEnumerable<string> more)
    {
        var start = new ProcessStartInfo("bash", [WorkingTree.Path("tests", "cluster", "node"), verb, node, .. more])
            { RedirectStandardError = true };
        start.Environment["KUBE_STATE"] = _state;
        using var process = Process.Start(start)!;
        var error = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        BenchmarkRun.Require(process.ExitCode == 0, $"tests/cluster/node {verb} {node} ended with {process.ExitCode}: {error}");
    }
}
