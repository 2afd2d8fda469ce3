using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Remediator.Core.Facts;
using Remediator.Core.Resources;
using Remediator.Facts.Connection;
using Remediator.Facts.Projection;
using Remediator.Facts.Publishing;
using Remediator.Facts.Topology;
using Remediator.Facts.Watching;

namespace Remediator.Facts;

public static class FactsServices
{
    /// <summary>
    /// Watches the cluster, publishes views of it, and resolves alerts to its resources. Without a cluster it says so in every status.
    /// </summary>
    /// <exception cref="OptionsValidationException">With all that is wrong with the options.</exception>
    public static IServiceCollection AddFacts(this IServiceCollection services, KubernetesConnection connection, FactsOptions options)
    {
        if (options.Faults().ToList() is { Count: > 0 } faults)
            throw new OptionsValidationException(FactsOptions.Section, typeof(FactsOptions), faults);

        services.AddMetrics();
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(connection);
        services.TryAddSingleton(new ClusterName(connection.Cluster));
        services.AddSingleton(options);
        services.TryAddSingleton<IGoodRevisions, NoGoodRevisions>();
        services.AddSingleton<FactsMetrics>();
        services.AddSingleton<FactsRuntime>();
        services.AddSingleton<ClusterStores>();
        services.AddSingleton<FactViews>();
        services.AddSingleton<IFactViews>(s => s.GetRequiredService<FactViews>());
        services.AddSingleton<IWatchStatuses>(s => s.GetRequiredService<FactViews>());
        services.AddSingleton<TopologySource>();
        services.AddSingleton<IResourceResolver>(s => s.GetRequiredService<TopologySource>());
        services.AddHostedService<ViewPublisher>();
        return services;
    }
}
