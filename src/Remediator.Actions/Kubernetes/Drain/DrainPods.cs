using System.Collections.Concurrent;
using System.Net;
using k8s;
using k8s.Models;
using Remediator.Actions.Kubernetes.Api;
using Remediator.Actions.Kubernetes.Nodes;
using Remediator.Actions.Kubernetes.Pods;
using Remediator.Core.Actions;

namespace Remediator.Actions.Kubernetes.Drain;

/// <summary>The pods of a node, and their eviction.</summary>
internal sealed class DrainPods(ClusterApi api)
{
    /// <summary>Evictions of one node on their way at once.</summary>
    private const int AtOnce = 10;

    /// <summary>So many are asked about where only a look is wanted.</summary>
    private const int MostAsked = 20;

    private readonly EvictionApi _evictions = new(api);

    public async Task<DrainLook> LookAsync(ActionRequest request, V1Node node, CancellationToken cancellationToken)
    {
        var pods = await api.PagesAsync<V1Pod, V1PodList>(
            $"list the pods on {request.Resource.Display}", request.NotAfter, (k, from, ct) => k.CoreV1.ListPodForAllNamespacesAsync(
                fieldSelector: $"spec.nodeName={node.Metadata.Name}", limit: ClusterApi.PageSize, continueParameter: from,
                cancellationToken: ct),
            _ => true, cancellationToken);
        var daemonSets = pods.Any(p => p.Controller()?.Kind is "DaemonSet")
            ? await api.PagesAsync<V1DaemonSet, V1DaemonSetList>(
                "list the DaemonSets", request.NotAfter, (k, from, ct) => k.AppsV1.ListDaemonSetForAllNamespacesAsync(
                    limit: ClusterApi.PageSize, continueParameter: from, cancellationToken: ct),
                _ => true, cancellationToken)
            : [];
        var existing = daemonSets.Select(d => d.Metadata.Uid).ToHashSet(StringComparer.Ordinal);
        var begun = node.IsEvicting(request.ActionId) ? node.WrittenAt() : null;
        return new(
            pods.Select(p => (p, DrainFate.Of(p, (DrainInput)request.Input, existing, begun))),
            DrainLook.IsSilent(node, api.Time.GetUtcNow().UtcDateTime, request.DurationScale));
    }

    /// <summary>
    /// Nothing is evicted while the kubelet has only just started. And the first eviction is asked for only if none of them all would be
    /// refused: half a drained node helps nobody, and a budget may be there because another node is being repaired (rook/rook #14730).
    /// </summary>
    /// <returns>Null where evictions may be asked for.</returns>
    public async Task<string?> WhyNothingYetAsync(
        ActionRequest request, V1Node node, DrainLook look, CancellationToken cancellationToken)
    {
        if (look.ToEvict.Count > 0 && await api.IsTooFreshAsync(request, node, look.All, cancellationToken))
            return $"nothing is evicted yet: the kubelet of {request.Resource.Display} has only just started, and what it says of its pods "
                + "is not to be believed before their probes have spoken";
        if (node.IsEvicting(request.ActionId))
            return null;
        if (look.Refused.Count > 0)
            return $"nothing is evicted yet: {look.Describe(new Dictionary<string, string>())}";
        foreach (var some in look.ToEvict.Chunk(AtOnce))
        {
            var refusals = await AskAsync(request, look, some, dryRun: true, cancellationToken);
            if (refusals.Count > 0)
                return $"nothing is evicted yet: {look.Describe(refusals)}";
        }

        return null;
    }

    /// <summary>Asks for the removal of each, once.</summary>
    /// <returns>Why the API server did not do it, by the pod's name.</returns>
    public Task<IReadOnlyDictionary<string, string>> EvictAsync(
        ActionRequest request, DrainLook look, CancellationToken cancellationToken) =>
        AskAsync(request, look, look.Next, dryRun: false, cancellationToken);

    /// <summary>What the API server would say to the next evictions; nothing is changed.</summary>
    /// <returns>Also whether it would do one of them.</returns>
    public async Task<(IReadOnlyDictionary<string, string> Refusals, bool WouldDoOne)> AskAboutNextAsync(
        ActionRequest request, DrainLook look, CancellationToken cancellationToken)
    {
        var asked = look.Next.Take(MostAsked).ToList();
        var refusals = await AskAsync(request, look, asked, dryRun: true, cancellationToken);
        return (refusals, asked.Count > refusals.Count);
    }

    private async Task<IReadOnlyDictionary<string, string>> AskAsync(
        ActionRequest request, DrainLook look, IReadOnlyList<V1Pod> pods, bool dryRun, CancellationToken cancellationToken)
    {
        var refusals = new ConcurrentDictionary<string, string>(StringComparer.Ordinal);
        if (pods.Count == 0)
            return refusals;
        var version = await _evictions.VersionAsync(request.NotAfter, cancellationToken);
        var options = new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(pods, options, async (pod, ct) =>
        {
            if (await RefusalAsync(request, look, version, pod, dryRun, ct) is { } why)
                refusals[DrainLook.Name(pod)] = why;
        });
        return refusals;
    }

    private async Task<string?> RefusalAsync(
        ActionRequest request, DrainLook look, string version, V1Pod pod, bool dryRun, CancellationToken cancellationToken)
    {
        try
        {
            await _evictions.EvictAsync(
                version, pod.Metadata.NamespaceProperty, pod.Metadata.Name, Options(look, pod), dryRun, request.NotAfter,
                cancellationToken);
            return null;
        }
        catch (ActionFailedException e) when (e.Status() is HttpStatusCode.NotFound)
        {
            return null;
        }
        catch (ActionFailedException e) when (e.Status() is HttpStatusCode.Conflict)
        {
            return "it has changed since it was looked at";
        }
        catch (ActionFailedException e)
        {
            // whether one was taken on whose answer is missing is seen at the next look: an eviction asked for twice has one effect
            return EvictionApi.Why(e);
        }
    }

    /// <summary>The very pod that was looked at, in the very state.</summary>
    private static V1DeleteOptions Options(DrainLook look, V1Pod pod) => new()
    {
        Preconditions = new() { Uid = pod.Metadata.Uid, ResourceVersion = pod.Metadata.ResourceVersion },
        GracePeriodSeconds = look.KubeletIsSilent ? 1 : null,
    };
}
