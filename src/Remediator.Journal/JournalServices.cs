using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Remediator.Core.Journal;
using Remediator.Core.Resources;
using Remediator.Journal.Archive;
using Remediator.Journal.Audit;
using Remediator.Journal.Checkpoints;
using Remediator.Journal.Postgres;
using Remediator.Journal.Settings;
using Remediator.Journal.Sqlite;
using Remediator.Journal.Storage;

namespace Remediator.Journal;

public static class JournalServices
{
    /// <summary>
    /// The store, in its data folder or in PostgreSQL: <see cref="IJournal"/>, <see cref="IInbox"/>, <see cref="IDueWork"/>,
    /// <see cref="ILeases"/> and, where several processes may share it, <see cref="IMembers"/> (else null).
    /// It opens before the first hosted service starts and closes after all others have stopped, so call this first.
    /// </summary>
    public static IServiceCollection AddJournal(this IServiceCollection services, Action<JournalOptions>? configure = null)
    {
        services.AddMetrics();
        services.AddOptions<JournalOptions>()
            .BindConfiguration(JournalOptions.Section)
            .Configure(configure ?? (_ => { }))
            .ValidateOnStart();
        services.AddSingleton<IValidateOptions<JournalOptions>, JournalOptionsValidator>();
        services.AddSingleton<IValidateOptions<JournalOptions>, PostgresOptionsValidator>();
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<JournalMetrics>();
        services.AddSingleton(provider => Open(
            provider.GetRequiredService<IOptions<JournalOptions>>().Value,
            provider.GetRequiredService<JournalMetrics>(),
            provider.GetRequiredService<ILogger<Store>>()));
        services.AddSingleton<StoreJournal>();
        services.AddSingleton<IJournal>(provider => provider.GetRequiredService<StoreJournal>());
        services.AddSingleton<IIncidentIndex>(provider => provider.GetRequiredService<StoreJournal>());
        services.AddSingleton<IIncidentHistory, StoreIncidents>();
        services.AddSingleton<IInbox, StoreInbox>();
        services.AddSingleton<IDeadLetters, StoreDeadLetters>();
        services.AddSingleton<IDueWork, StoreDueWork>();
        services.AddSingleton<IStoreHealth, StoreHealth>();
        services.AddSingleton(provider => provider.GetRequiredService<Store>().Leases);
        services.AddSingleton(provider => provider.GetRequiredService<Store>().Members!);
        services.TryAddSingleton<ILeader, SoleLeader>();
        services.AddSingleton<Checkpointer>();
        services.AddHostedService<CheckpointService>();
        services.AddSingleton(provider =>
            ActivatorUtilities.CreateInstance<Archiver>(provider, provider.GetService<ClusterName>() ?? new ClusterName("default")));
        services.AddSingleton(provider =>
            ActivatorUtilities.CreateInstance<Retention>(provider, provider.GetService<ClusterName>() ?? new ClusterName("default")));
        services.AddHostedService<ArchiveService>();
        return services;
    }

    /// <exception cref="StoreUnavailableException">It cannot be used now, in words for an operator.</exception>
    internal static Store Open(JournalOptions options, JournalMetrics metrics, ILogger<Store> logger) =>
        options.Postgres.Length > 0 ? PostgresStore.Open(options, metrics, logger) : SqliteStore.Open(options, metrics, logger);
}
