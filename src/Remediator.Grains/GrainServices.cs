using Microsoft.Extensions.DependencyInjection;
using Remediator.Core.Incidents;

namespace Remediator.Grains;

public static class GrainServices
{
    /// <summary>The engine. Wants the ports of Core from the other projects, <see cref="EngineSettings"/>, the cluster's name and a pause switch.</summary>
    public static IServiceCollection AddEngine(this IServiceCollection services)
    {
        services.AddSingleton<ActiveAlerts>();
        services.AddSingleton<AlertRouter>();
        services.AddSingleton<PermitView>();
        services.AddSingleton<Worlds>();
        services.AddSingleton<EngineMetrics>();
        services.AddSingleton<JobWork>();
        services.AddSingleton<ActionRunner>();
        services.AddSingleton<IOperatorCommands, OperatorCommands>();
        services.AddSingleton<HealthProbe>();
        services.AddSingleton<IHealthProbe>(provider => provider.GetRequiredService<HealthProbe>());
        services.AddHostedService<InboxPump>();
        services.AddHostedService<DueWorkPump>();
        return services;
    }
}
