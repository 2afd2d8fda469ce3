using System.Net;
using Remediator.Actions.Kubernetes.Api;
using Remediator.Actions.Kubernetes.Revisions;
using Remediator.Actions.Kubernetes.Workloads;
using Remediator.Core.Actions;

namespace Remediator.Actions.Kubernetes.RolloutUndo;

/// <summary>
/// Whether the pods of an earlier template could start: what it names may have been removed with the release, as Flux, Argo CD and
/// <c>kubectl apply --prune</c> do with generated ConfigMaps (fluxcd/kustomize-controller #1180).
/// </summary>
internal sealed class UndoTarget(ClusterApi api)
{
    /// <summary>The API server then sends the metadata alone.</summary>
    private static readonly Dictionary<string, IReadOnlyList<string>> MetadataOnly =
        new() { ["Accept"] = ["application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1"] };

    /// <returns>In words that follow the name of the workload; null where nothing is missing.</returns>
    public Task<string?> LackAsync(
        ActionRequest request, LiveWorkload workload, WorkloadRevision present, WorkloadRevision good,
        CancellationToken cancellationToken) =>
        LackAsync(present, good, (kind, name) => IsThereAsync(request, workload.Namespace, kind, name, cancellationToken));

    /// <param name="isThere">Asked for each that is not a Secret, by kind and name.</param>
    public static async Task<string?> LackAsync(
        WorkloadRevision present, WorkloadRevision good, Func<string, string, Task<bool>> isThere)
    {
        foreach (var (kind, name) in TemplateReferences.OnlyIn(good.Template, present.Template))
        {
            if (kind == "secret")
                return $"needs secret/{name} in {good.Display}, which {present.Display} does not name: it may have been removed, and "
                    + "Secrets may not be looked up";
            if (!await isThere(kind, name))
                return $"needs {kind}/{name} in {good.Display}, and it is no longer there";
        }

        return null;
    }

    private async Task<bool> IsThereAsync(
        ActionRequest request, string space, string kind, string name, CancellationToken cancellationToken)
    {
        try
        {
            await api.ReadAsync<object>($"look for {kind} {space}/{name}", request.NotAfter, async (k, ct) => kind switch
            {
                "configmap" => await k.CoreV1.ReadNamespacedConfigMapWithHttpMessagesAsync(
                    name, space, customHeaders: MetadataOnly, cancellationToken: ct),
                "serviceaccount" => await k.CoreV1.ReadNamespacedServiceAccountWithHttpMessagesAsync(
                    name, space, customHeaders: MetadataOnly, cancellationToken: ct),
                _ => await k.CoreV1.ReadNamespacedPersistentVolumeClaimWithHttpMessagesAsync(
                    name, space, customHeaders: MetadataOnly, cancellationToken: ct),
            }, cancellationToken);
            return true;
        }
        catch (ActionFailedException e) when (e.Status() is HttpStatusCode.NotFound)
        {
            return false;
        }
    }
}
