using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Remediator.Actions.Aws.Instances;
using Remediator.Actions.Aws.Reach;
using Remediator.Actions.Notify.Webhook;
using Remediator.Core.Actions;
using Remediator.Core.Alerts;
using Remediator.Core.Facts;
using Remediator.Core.Policies;
using Remediator.Core.Secrets;

namespace Remediator.Actions;

public static class ActionServices
{
    /// <summary>
    /// Registers the <see cref="ActionRegistry"/>. Wants a <see cref="TimeProvider"/> and <see cref="ISecrets"/>, and for acts that the
    /// policy allows <see cref="IDefinitions"/>; whoever configures binds <see cref="AlertmanagerGroups"/>, which the sources check, and
    /// <see cref="WebhookNotifyOptions"/> to their sections.
    /// </summary>
    /// <param name="cluster">Null while no cluster is configured; asked at every call, so a cluster may come later.</param>
    public static IServiceCollection AddActions(this IServiceCollection services, Func<IServiceProvider, k8s.IKubernetes?> cluster)
    {
        services.AddSingleton<IValidateOptions<WebhookNotifyOptions>, WebhookNotifyOptionsValidator>();
        services.AddOptions<AlertmanagerGroups>();
        services.AddOptions<WebhookNotifyOptions>().ValidateOnStart();
        services.AddSingleton<IValidateOptions<AwsOptions>, AwsOptionsValidator>();
        services.AddOptions<AwsOptions>().ValidateOnStart();
        return services.AddSingleton(provider => ActionCatalogue.With(new()
        {
            Cluster = () => cluster(provider),
            Time = provider.GetRequiredService<TimeProvider>(),
            Alertmanagers = provider.GetRequiredService<IOptions<AlertmanagerGroups>>(),
            Webhook = provider.GetRequiredService<IOptions<WebhookNotifyOptions>>(),
            Aws = provider.GetRequiredService<IOptions<AwsOptions>>(),
            Secrets = provider.GetRequiredService<ISecrets>(),
            // the definitions are checked against the registry, so they come after it
            Policy = () => provider.GetRequiredService<IDefinitions>().Current.Policy,
        }));
    }

    /// <summary>
    /// What AWS knows of the instances of nodes that are not ready, and of those that never became nodes. Wants <see cref="IFactViews"/>
    /// and <see cref="IDefinitions"/>.
    /// </summary>
    /// <param name="cluster">Its name.</param>
    public static IServiceCollection AddInstanceFacts(this IServiceCollection services, string cluster) => services
        .AddSingleton(provider => new InstanceFacts(
            provider.GetRequiredService<IFactViews>(),
            cluster,
            new(provider.GetRequiredService<IOptions<AwsOptions>>(), provider.GetRequiredService<TimeProvider>())))
        .AddSingleton<IFactProvider>(provider => provider.GetRequiredService<InstanceFacts>())
        .AddHostedService(provider => provider.GetRequiredService<InstanceFacts>())
        .AddHostedService(provider => new UnjoinedInstances(
            provider.GetRequiredService<IFactViews>(),
            cluster,
            new(provider.GetRequiredService<IOptions<AwsOptions>>(), provider.GetRequiredService<TimeProvider>()),
            () => provider.GetRequiredService<IDefinitions>().Current.Policy.Groups,
            provider.GetRequiredService<IMeterFactory>()));
}
