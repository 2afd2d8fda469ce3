using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Serialization;
using Remediator.Core.Alerts;
using Remediator.Core.Commands;
using Remediator.Core.Facts;
using Remediator.Core.Incidents;
using Remediator.Core.Journal;
using Remediator.Core.Pauses;
using Remediator.Core.Records;
using Remediator.Core.Tokens;
using Remediator.Core.Worlds;
using Remediator.Grains.Inbox;
using Remediator.Grains.Membership;
using Remediator.Grains.Metrics;
using Remediator.Grains.Records;
using Remediator.Grains.Sights;
using Remediator.Grains.Turn;
using Remediator.Grains.Views;
using Remediator.Grains.Work;

namespace Remediator.Grains;

public static class GrainServices
{
    /// <summary>
    /// The engine. Wants the ports of Core from the other projects, <see cref="EngineSettings"/>, the cluster's name and a pause switch.
    /// Hosted services stop in the reverse of their order: the silo has to be added before, since pumps and lease need it to the end.
    /// </summary>
    public static IServiceCollection AddEngine(this IServiceCollection services)
    {
        // without it a fault of a grain at another replica would arrive as another type, and Failure would not know it
        services.Configure<ExceptionSerializationOptions>(o => o.SupportedNamespacePrefixes.Add(nameof(Remediator)));
        services.AddSingleton<ActiveAlerts>();
        services.AddSingleton<AlertRouter>();
        services.AddSingleton<SlowStartView>();
        services.AddSingleton<PermitView>();
        services.AddSingleton<PauseView>();
        services.AddSingleton<IPauses>(provider => provider.GetRequiredService<PauseView>());
        services.AddSingleton<TokenView>();
        services.AddSingleton<ITokens>(provider => provider.GetRequiredService<TokenView>());
        services.AddSingleton<OpenIncidents>();
        services.AddSingleton<StormCalls>();
        services.AddSingleton<ResourceStore>();
        services.AddSingleton<ReadyRows>();
        services.AddSingleton<Deliveries>();
        services.AddSingleton<ExternalHolds>();
        services.AddSingleton<AllFacts>();
        services.AddSingleton<Worlds>();
        services.AddSingleton<EngineMetrics>();
        services.AddSingleton<IAlertsByCluster, ClusterCensus>();
        services.AddSingleton<Bulkheads>();
        services.AddSingleton<People>();
        services.AddSingleton<PageWork>();
        services.AddSingleton<LookWork>();
        services.AddSingleton<ActWork>();
        services.AddSingleton<JobWork>();
        services.AddSingleton<ActGate>();
        services.AddSingleton<ActionRunner>();
        services.AddSingleton<ReplicaLog>();
        services.AddSingleton<Fence>();
        services.AddSingleton<IFatalErrorHandler, FatalErrors>();
        services.AddSingleton<IReplica, Replica>();
        services.AddSingleton<IOperatorCommands, OperatorCommands>();
        services.AddSingleton<IHealthProbe, HealthProbe>();
        services.AddSingleton<PlaybookStandings>();
        services.AddSingleton<IPlaybookStandings>(provider => provider.GetRequiredService<PlaybookStandings>());
        services.AddHosted<Leader>();
        services.AddHostedService<RecordKeeper>();
        services.AddHosted<GoodRevisions>();
        services.AddSingleton<IGoodRevisions>(provider => provider.GetRequiredService<GoodRevisions>());
        services.AddHostedService<DemotionNotice>();
        services.AddHostedService<PauseMetrics>();
        services.AddHostedService<TokenExpiry>();
        services.AddHosted<AlertFollower>();
        services.AddHosted<OpenEscalations>();
        services.AddHosted<StuckResources>();
        services.AddSingleton<IStuckResources>(provider => provider.GetRequiredService<StuckResources>());
        services.AddHosted<InboxPump>();
        services.AddHosted<DueWorkPump>();
        services.AddHostedService<ClusterSight>();
        services.AddHostedService<Drain>();
        return services;
    }

    /// <summary>Others ask it too.</summary>
    internal static IServiceCollection AddHosted<T>(this IServiceCollection services)
        where T : class, IHostedService => services.AddSingleton<T>().AddHostedService(provider => provider.GetRequiredService<T>());
}
