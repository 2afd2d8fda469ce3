using Microsoft.Extensions.Options;
using Remediator.Actions;
using Remediator.Actions.Aws.Reach;
using Remediator.Actions.Notify.Webhook;
using Remediator.Core.Facts;
using Remediator.Core.Pauses;
using Remediator.Definitions;
using Remediator.Facts;
using Remediator.Facts.Connection;
using Remediator.Facts.Inventory;
using Remediator.Facts.Watching;
using Remediator.Grains;
using Remediator.Server.Pausing;
using Remediator.Server.Settings;

namespace Remediator.Server.Serve;

/// <summary>The engine and its dependencies: one cluster, one client for watches and acts alike.</summary>
internal static class EngineWiring
{
    public static void AddEngine(this WebApplicationBuilder builder, IConfiguration settings)
    {
        var services = builder.Services;
        services.AddSingleton<IValidateOptions<EngineOptions>, EngineOptionsValidator>();
        services.AddOptions<EngineOptions>().Bind(settings.GetSection(EngineOptions.Section)).ValidateOnStart();
        services.AddSingleton(provider => provider.GetRequiredService<IOptions<EngineOptions>>()
            .Value.ToSettings() with { ExternalUrl = provider.GetRequiredService<IOptions<ServerOptions>>().Value.ExternalUrl });
        services.AddSingleton<IPauseSwitch, PauseFile>();
        var cluster = AddCluster(services, settings);
        AddActions(services, settings, cluster);
        services.AddSingleton(_ => RuleEngines.Of(settings));
        services.AddDefinitions(new() {
            Rules = settings["Definitions:Rules"]!,
            Playbooks = settings["Definitions:Playbooks"]!,
            Policy = settings["Definitions:Policy"] is { Length: > 0 } policy ? policy : null });
        services.AddEngine();
    }

    /// <returns>The name of the cluster.</returns>
    private static string AddCluster(IServiceCollection services, IConfiguration settings)
    {
        var connection = KubernetesConnection.Find(
            settings.GetSection(ClusterOptions.Section).Get<ClusterOptions>() ?? new(), Environment.GetEnvironmentVariable);
        var facts = settings.GetSection(FactsOptions.Section).Get<FactsOptions>() ?? new();
        facts.DurationScale = settings.GetValue($"{EngineOptions.Section}:{nameof(EngineOptions.DurationScale)}", 1.0);
        services.AddFacts(connection, facts);
        if (connection.Configuration is { } configuration)
            services.AddSingleton<k8s.IKubernetes>(_ => new k8s.Kubernetes(configuration));
        return connection.Cluster;
    }

    private static void AddActions(IServiceCollection services, IConfiguration settings, string cluster)
    {
        services.Configure<WebhookNotifyOptions>(settings.GetSection(WebhookNotifyOptions.Section));
        services.Configure<AwsOptions>(settings.GetSection(AwsOptions.Section));
        services.AddActions(provider => provider.GetService<k8s.IKubernetes>());
        services.AddSingleton<IFactProvider, InventoryFacts>();
        if (settings[$"{AwsOptions.Section}:{nameof(AwsOptions.Region)}"] is { Length: > 0 })
            services.AddInstanceFacts(cluster);
    }
}
