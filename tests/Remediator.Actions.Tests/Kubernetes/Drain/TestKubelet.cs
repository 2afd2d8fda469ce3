using System.Globalization;
using System.Text.Json.Nodes;
using k8s;
using k8s.Autorest;
using k8s.Models;
using Remediator.Actions.Kubernetes.Pods;
using Remediator.Actions.Tests.Cluster;

namespace Remediator.Actions.Tests.Kubernetes.Drain;

/// <summary>
/// What a kubelet tells the API server, for one node: that the node is ready, that its pods run, and that those which were to go are gone.
/// </summary>
internal sealed class TestKubelet : IAsyncDisposable
{
    private const string Own = "remediator.test/node";

    private static readonly TimeSpan Every = TimeSpan.FromMilliseconds(200);

    private readonly TestNode _node;
    private readonly DateTimeOffset _readySince;
    private readonly CancellationTokenSource _end = new();
    private readonly Task _running;

    /// <param name="readySince">When the node became ready; an hour ago where it is left out.</param>
    public TestKubelet(TestNode node, DateTimeOffset? readySince = null)
    {
        (_node, _readySince) = (node, readySince ?? TimeProvider.System.GetUtcNow().AddHours(-1));
        _running = Task.Run(RunAsync);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private k8s.Kubernetes Client => _node.Space.Client;

    private string Space => _node.Space.Name;

    /// <summary>Pods on the node that run; of a DaemonSet, or of a controller that makes none anew.</summary>
    /// <param name="owner">Empty for pods without a controller.</param>
    public async Task RunAsync(string name, int count, string owner)
    {
        if (owner == "DaemonSet")
            await _node.Space.DaemonSetAsync(name, "sleep 3600", new Dictionary<string, string> { [Own] = _node.Name });
        else
            await CreateAsync(name, count, owner.Length > 0 ? await OwnerAsync(name) : null);
        await TestNamespace.UntilAsync(
            $"{count} pods of {name} that are ready", ListAsync,
            pods => pods.Count(p => p.Labels()["app"] == name && p.IsReady()) == count);
    }

    public async Task BudgetAsync(string app, int minAvailable, string? name = null)
    {
        await Client.CustomObjects.CreateNamespacedCustomObjectAsync(new Dictionary<string, object>
        {
            ["apiVersion"] = $"policy/{await BudgetVersionAsync()}",
            ["kind"] = "PodDisruptionBudget",
            ["metadata"] = new Dictionary<string, object> { ["name"] = name ?? app },
            ["spec"] = new Dictionary<string, object>
            {
                ["minAvailable"] = minAvailable,
                ["selector"] = new Dictionary<string, object> { ["matchLabels"] = new Dictionary<string, string> { ["app"] = app } },
            },
        }, "policy", await BudgetVersionAsync(), Space, "poddisruptionbudgets", cancellationToken: Token);
        var version = await BudgetVersionAsync();
        await TestNamespace.UntilAsync(
            "a budget that the controller has counted", async () => (await Client.CustomObjects.GetNamespacedCustomObjectAsync(
                "policy", version, Space, "poddisruptionbudgets", name ?? app, Token)).ToString()!,
            text => JsonNode.Parse(text)!["status"]?["observedGeneration"] is not null);
    }

    public async Task ForgetBudgetAsync(string name) => await Client.CustomObjects.DeleteNamespacedCustomObjectAsync(
        "policy", await BudgetVersionAsync(), Space, "poddisruptionbudgets", name, cancellationToken: Token);

    public async Task<IEnumerable<string>> PodsAsync() =>
        (await ListAsync()).Where(p => !p.IsTerminating()).Select(p => p.Labels()["app"] == "logs" ? "logs" : p.Name())
            .Order(StringComparer.Ordinal);

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _running;
        _end.Dispose();
    }

    private async Task<string> BudgetVersionAsync() =>
        (await Client.CoreV1.GetAPIResourcesAsync(Token)).Resources.Single(r => r.Name == "pods/eviction").Version;

    private async Task<V1OwnerReference> OwnerAsync(string name)
    {
        var owner = await Client.CoreV1.CreateNamespacedConfigMapAsync(
            new() { Metadata = new() { Name = name } }, Space, cancellationToken: Token);
        return new() { ApiVersion = "v1", Kind = "ConfigMap", Name = name, Uid = owner.Uid(), Controller = true };
    }

    private async Task CreateAsync(string name, int count, V1OwnerReference? owner)
    {
        await TestNamespace.UntilAsync(
            "the namespace's service account", () => Client.CoreV1.ListNamespacedServiceAccountAsync(Space, cancellationToken: Token),
            accounts => accounts.Items.Any(a => a.Name() == "default" && (a.Secrets is { Count: > 0 } || a.Secrets is null)));
        for (var i = 0; i < count; i++)
            await Client.CoreV1.CreateNamespacedPodAsync(new()
            {
                Metadata = new()
                {
                    Name = $"{name}-{i}",
                    Labels = new Dictionary<string, string> { ["app"] = name },
                    OwnerReferences = owner is null ? null : [owner],
                },
                Spec = new()
                {
                    NodeName = _node.Name,
                    TerminationGracePeriodSeconds = 1,
                    AutomountServiceAccountToken = false,
                    Containers = [new() { Name = "main", Image = "remediator.test/busybox:1" }],
                },
            }, Space, cancellationToken: Token);
    }

    private async Task<IList<V1Pod>> ListAsync() =>
        [.. (await Client.CoreV1.ListNamespacedPodAsync(Space, cancellationToken: CancellationToken.None)).Items
            .Where(p => p.Spec.NodeName == _node.Name)];

    private async Task<IList<V1Pod>> TryListAsync()
    {
        try
        {
            return await ListAsync();
        }
        catch (Exception e) when (MayPass(e))
        {
            return [];
        }
    }

    private static bool MayPass(Exception e) => e is HttpOperationException or HttpRequestException or TaskCanceledException;

    private async Task RunAsync()
    {
        await TryAsync(() => Client.CoreV1.PatchNodeAsync(
            Patch($$"""{"metadata":{"labels":{"{{Own}}":"{{_node.Name}}"} } }"""), _node.Name));
        using var timer = new PeriodicTimer(Every);
        do
        {
            await TryAsync(() => Client.CoreV1.PatchNodeStatusAsync(
                Patch($$"""
                    {"status":{"allocatable":{"pods":"20"},"capacity":{"pods":"20"},"conditions":[
                      {"type":"Ready","status":"True","reason":"KubeletReady","lastHeartbeatTime":"{{Text(TimeProvider.System.GetUtcNow())}}","lastTransitionTime":"{{Text(_readySince)}}"}]} }
                    """), _node.Name));
            foreach (var pod in await TryListAsync())
                await TryAsync(() => pod.IsTerminating()
                    ? Client.CoreV1.DeleteNamespacedPodAsync(pod.Name(), Space, gracePeriodSeconds: 0)
                    : pod.IsReady()
                    ? Task.CompletedTask
                    : Client.CoreV1.PatchNamespacedPodStatusAsync(
                        Patch("""{"status":{"phase":"Running","conditions":[{"type":"Ready","status":"True"}]}}"""), pod.Name(), Space));
        }
        while (!_end.IsCancellationRequested && await timer.WaitForNextTickAsync(CancellationToken.None));
    }

    private static string Text(DateTimeOffset time) => time.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);

    private static V1Patch Patch(string json) => new(json, V1Patch.PatchType.StrategicMergePatch);

    private static async Task TryAsync(Func<Task> call)
    {
        try
        {
            await call();
        }
        catch (Exception e) when (MayPass(e))
        {
            // somebody was faster, or the server is busy; the next round sees it
        }
    }
}
