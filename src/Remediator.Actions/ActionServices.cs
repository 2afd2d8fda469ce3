using Microsoft.Extensions.DependencyInjection;
using Remediator.Actions.Kubernetes;
using Remediator.Actions.Kubernetes.Api;
using Remediator.Core.Actions;

namespace Remediator.Actions;

public static class ActionServices
{
    /// <summary>Registers the <see cref="ActionRegistry"/>. Wants a <see cref="TimeProvider"/>.</summary>
    /// <param name="cluster">Null while no cluster is configured; asked at every call, so a cluster may come later.</param>
    public static IServiceCollection AddActions(this IServiceCollection services, Func<IServiceProvider, k8s.IKubernetes?> cluster) =>
        services.AddSingleton(provider => new ActionRegistry(
            [.. KubernetesActions.All(new ClusterApi(() => cluster(provider), provider.GetRequiredService<TimeProvider>()))]));
}
