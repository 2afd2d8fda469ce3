using System.Diagnostics;
using System.Net;
using k8s;
using Remediator.Actions.Kubernetes.Drain;
using Remediator.Core.Actions;
using Remediator.Core.Facts;

namespace Remediator.Benchmarks.Drain;

/// <summary>The action, called as the engine calls it: begun, looked at as often as it asks for, and pushed where it wants to be.</summary>
internal sealed class ActionDrain : IDrain, IDisposable
{
    /// <summary>The engine's time for one call.</summary>
    private static readonly TimeSpan Call = TimeSpan.FromMinutes(1);

    private readonly EvictionCounter _counter = new();
    private readonly k8s.Kubernetes _client;
    private readonly DrainAction _action;
    private readonly double _scale;
    private int _actions;

    /// <param name="scale">What becomes of a second of the action's own waits.</param>
    public ActionDrain(string kubeconfig, double scale)
    {
        _scale = scale;
        _client = new(KubernetesClientConfiguration.BuildConfigFromConfigFile(kubeconfig), _counter);
        _action = new(new(() => _client, TimeProvider.System));
    }

    public string Name => "ours";

    public async Task<Drained> DrainAsync(string node)
    {
        var (evictions, refusals) = (_counter.Evictions, _counter.Refusals);
        var id = $"drain-{++_actions}";
        var clock = Stopwatch.StartNew();
        var planned = await _action.PlanAsync(Request(node, id), CancellationToken.None);
        var plan = planned.Plan ?? throw new BenchmarkFailedException($"{node} is not drained: {planned.Refusal}");
        var outcome = await _action.ApplyAsync(Request(node, id), plan, CancellationToken.None);
        while (outcome.Began is { } began)
        {
            await Task.Delay(began.LookAgain * _scale);
            var seen = await _action.WatchAsync(Request(node, id), plan, began.Handle, CancellationToken.None);
            BenchmarkRun.Require(seen.State is ActState.InProgress or ActState.Done, $"The drain of {node}: {seen.Seen}");
            if (seen.State is ActState.Done)
                break;
            if (seen.NeedsPush)
                outcome = await _action.ApplyAsync(Request(node, id), plan, CancellationToken.None);
        }

        var seconds = clock.Elapsed.TotalSeconds;
        await _action.UndoAsync(Request(node, id), plan, CancellationToken.None);
        return new(seconds, _counter.Evictions - evictions, _counter.Refusals - refusals);
    }

    public void Dispose()
    {
        _client.Dispose();
        _counter.Dispose();
    }

    private ActionRequest Request(string node, string id) => new()
    {
        ActionId = id,
        IncidentId = "benchmark",
        Resource = new("benchmark", "node", "", node),
        Input = new DrainInput { EmptyDir = DrainChoice.Evict },
        Facts = FactView.Empty,
        NotAfter = TimeProvider.System.GetUtcNow() + Call,
        DurationScale = _scale,
    };

    private sealed class EvictionCounter : DelegatingHandler
    {
        private int _evictions;
        private int _refusals;

        public int Evictions => Volatile.Read(ref _evictions);

        public int Refusals => Volatile.Read(ref _refusals);

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var answer = await base.SendAsync(request, cancellationToken);
            if (!request.RequestUri!.AbsolutePath.EndsWith("/eviction", StringComparison.Ordinal))
                return answer;
            if (answer.StatusCode is HttpStatusCode.TooManyRequests)
                Interlocked.Increment(ref _refusals);
            else if (answer.IsSuccessStatusCode && !request.RequestUri.Query.Contains("dryRun", StringComparison.Ordinal))
                Interlocked.Increment(ref _evictions);
            return answer;
        }
    }
}
