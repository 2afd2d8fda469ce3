using Remediator.Actions.Aws;
using Remediator.Actions.Hosts;
using Remediator.Actions.Kubernetes;
using Remediator.Actions.Ports;
using Remediator.Core.Actions;

namespace Remediator.Actions;

/// <summary>Everything that the engine can do, to be read without a cluster or a network: for checking definitions, and for RBAC.</summary>
public static class ActionCatalogue
{
    /// <summary>A family is a folder; this is its line.</summary>
    private static readonly Func<ActionPorts, IReadOnlyList<IAction>>[] Families =
        [KubernetesActions.All, HostActions.All, AwsActions.All, NotifyActions.All];

    /// <summary>The registry with nothing behind it: actions describe themselves, and fail with the reason when they are run.</summary>
    public static ActionRegistry All() => With(new());

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

    internal static ActionRegistry With(ActionPorts ports) => new(Families.SelectMany(family => family(ports)));
}
