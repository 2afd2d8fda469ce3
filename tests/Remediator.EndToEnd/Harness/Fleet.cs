using System.Collections.Concurrent;
using k8s;
using k8s.Models;

namespace Remediator.EndToEnd.Harness;

/// <summary>
/// Twelve hollow nodes in three zones, six, three and three: real kubelets over a pretend container runtime. Scenarios on them run by
/// themselves: they freeze nodes.
/// </summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class Fleet : ICollectionFixture<Fleet>, IAsyncLifetime
{
    public const string Name = "fleet";

    public static IReadOnlyList<(string Node, string Zone)> Nodes { get; } =
        [
            .. Enumerable.Range(1, 6).Select(i => ($"fleet-a{i}", "fleet-a")),
            .. Enumerable.Range(1, 3).Select(i => ($"fleet-b{i}", "fleet-b")),
            .. Enumerable.Range(1, 3).Select(i => ($"fleet-c{i}", "fleet-c"))];

    private static string? Kubeconfig => Environment.GetEnvironmentVariable(Sandbox.Variable);

    private readonly ConcurrentDictionary<string, bool> _frozen = new(StringComparer.Ordinal);

    public async ValueTask InitializeAsync()
    {
        if (string.IsNullOrEmpty(Kubeconfig))
            return;

        foreach (var four in Nodes.Chunk(4))
            await Task.WhenAll(four.Select(n => NodeAsync("add", n.Node, n.Zone)));
    }

    internal async Task FreezeAsync(Sandbox sandbox, params IReadOnlyList<string> nodes)
    {
        foreach (var node in nodes)
        {
            _frozen[node] = true;
            await NodeAsync("freeze", node);
        }

        await AwaitReadyAsync(sandbox, false, nodes);
    }

    internal async Task ThawAsync(Sandbox sandbox, params IReadOnlyList<string> nodes)
    {
        foreach (var node in nodes)
        {
            await NodeAsync("thaw", node);
            _frozen.TryRemove(node, out _);
        }

        await AwaitReadyAsync(sandbox, true, nodes);
    }

    /// <summary>One more, or one that was removed.</summary>
    /// <param name="taint">As its kubelet takes it; empty for none.</param>
    internal Task AddAsync(string node, string zone, string taint = "") => NodeAsync("add", node, zone, taint);

    internal Task RemoveAsync(string node)
    {
        _frozen.TryRemove(node, out _);
        return NodeAsync("remove", node);
    }

    /// <summary>Those that were removed are there again.</summary>
    internal async Task CompleteAsync(Kubernetes client)
    {
        var there = (await client.CoreV1.ListNodeAsync()).Items.Select(n => n.Name()).ToHashSet(StringComparer.Ordinal);
        foreach (var (node, zone) in Nodes.Where(n => !there.Contains(n.Node)))
        {
            await RemoveAsync(node);
            await AddAsync(node, zone);
        }
    }

    /// <summary>What a scenario that failed has left behind is no burden of the next one.</summary>
    internal async Task RestoreAsync(Sandbox sandbox)
    {
        await ThawAsync(sandbox, [.. _frozen.Keys]);
        foreach (var node in Nodes.Select(n => n.Node).Append("node-1"))
            await sandbox.CordonAsync(node, false);
    }

    public async ValueTask DisposeAsync()
    {
        if (string.IsNullOrEmpty(Kubeconfig))
            return;

        foreach (var node in _frozen.Keys)
            await NodeAsync("thaw", node);
        foreach (var (node, _) in Nodes)
            await NodeAsync("remove", node);
    }

    private static Task AwaitReadyAsync(Sandbox sandbox, bool ready, IReadOnlyList<string> nodes) => Wait.UntilAsync(
        $"{string.Join(", ", nodes)} {(ready ? "ready" : "not ready")}",
        async () => (await Task.WhenAll(nodes.Select(sandbox.NodeAsync)))
            .All(n => n.Status.Conditions.Single(c => c.Type == "Ready").Status == "True" == ready),
        TestContext.Current.CancellationToken, sandbox.DescribeAsync);

    private static async Task NodeAsync(params IReadOnlyList<string> arguments)
    {
        var script = WorkingTree.Path("tests", "cluster", "node");
        var state = new Dictionary<string, string> { ["KUBE_STATE"] = Path.GetDirectoryName(Path.GetFullPath(Kubeconfig!))! };
        var (code, output, error) = await ChildProcess.RunAsync("bash", [script, .. arguments], state, CancellationToken.None);
        Assert.True(code == 0, $"node {string.Join(' ', arguments)} ended with {code}: {output}{error}");
    }
}

internal static class FleetSandbox
{
    public static Task<V1Node> NodeAsync(this Sandbox sandbox, string node) =>
        sandbox.Client.CoreV1.ReadNodeAsync(node, cancellationToken: TestContext.Current.CancellationToken);

    public static async Task<bool> IsCordonedAsync(this Sandbox sandbox, string node) =>
        (await sandbox.NodeAsync(node)).Spec.Unschedulable == true;

    /// <summary>As <c>kubectl</c> does it.</summary>
    public static async Task CordonAsync(this Sandbox sandbox, string node, bool cordons)
    {
        if (await sandbox.IsCordonedAsync(node) != cordons)
        {
            await sandbox.Client.CoreV1.PatchNodeAsync(
                new V1Patch(
                    cordons ? """{"spec":{"unschedulable":true}}""" : """{"spec":{"unschedulable":null}}""",
                    V1Patch.PatchType.StrategicMergePatch),
                node, fieldManager: "kubectl-cordon", cancellationToken: TestContext.Current.CancellationToken);
        }
    }

    public static async Task<IReadOnlyList<string>> CordonedAsync(this Sandbox sandbox) =>
        [.. (await sandbox.Client.CoreV1.ListNodeAsync(cancellationToken: TestContext.Current.CancellationToken))
            .Items.Where(n => n.Spec.Unschedulable == true)
            .Select(n => n.Name())
            .Order(StringComparer.Ordinal)];
}
