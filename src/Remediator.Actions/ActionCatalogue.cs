using Microsoft.Extensions.Options;
using Remediator.Actions.Kubernetes;
using Remediator.Actions.Kubernetes.Api;
using Remediator.Actions.Notify;
using Remediator.Actions.Notify.Webhook;
using Remediator.Core.Actions;
using Remediator.Core.Alerts;
using Remediator.Core.Secrets;

namespace Remediator.Actions;

/// <summary>Everything that the engine can do, to be read without a cluster or a network: for checking definitions, and for RBAC.</summary>
public static class ActionCatalogue
{
    /// <summary>The registry with nothing behind it: actions describe themselves, and fail with the reason when they are run.</summary>
    public static ActionRegistry All() =>
        With(
            () => null,
            TimeProvider.System,
            Options.Create(new AlertmanagerGroups()),
            Options.Create(new WebhookNotifyOptions()),
            new NoSecrets());

    /// <summary>What all actions together need of the Kubernetes API: one entry per resource, verbs in order.</summary>
    public static IReadOnlyList<KubernetesPermission> Permissions() =>
        [.. from permission in Permissions<KubernetesPermission>()
            group permission by (permission.ApiGroup, permission.Resource) into same
            orderby same.Key.ApiGroup, same.Key.Resource
            select new KubernetesPermission(
                same.Key.ApiGroup, same.Key.Resource, [.. same.SelectMany(p => p.Verbs).Distinct().Order(StringComparer.Ordinal)])];

    /// <summary>What all actions together need in one place, each of them once for each action that declares it.</summary>
    public static IEnumerable<T> Permissions<T>()
        where T : Permission =>
        All().All.SelectMany(a => a.Descriptor.Permissions).OfType<T>();

    internal static ActionRegistry With(
        Func<k8s.IKubernetes?> cluster, TimeProvider time, IOptions<AlertmanagerGroups> alertmanagers,
        IOptions<WebhookNotifyOptions> webhook, ISecrets secrets) =>
        new([
            .. KubernetesActions.All(new ClusterApi(cluster, time)),
            .. NotifyActions.All(Poster.Create(time), alertmanagers, webhook, secrets)]);

    private sealed class NoSecrets : ISecrets
    {
        public string Read(string path, int shortest = 1) => throw new IOException("There are no secrets without a server.");
    }
}
