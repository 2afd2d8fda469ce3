using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Remediator.Core.Journal;
using Remediator.Journal.Checkpoints;
using Remediator.Journal.Sqlite;

namespace Remediator.Journal;

public static class JournalServices
{
    /// <summary>
    /// The store in its data folder: <see cref="IJournal"/>, <see cref="IInbox"/> and <see cref="IDueWork"/>.
    /// It opens before the first hosted service starts and closes after all others have stopped, so call this first.
    /// </summary>
    public static IServiceCollection AddJournal(this IServiceCollection services, Action<JournalOptions>? configure = null)
    {
        services.AddMetrics();
        services.AddOptions<JournalOptions>().BindConfiguration(JournalOptions.Section).Configure(configure ?? (_ => { })).ValidateOnStart();
        services.AddSingleton<IValidateOptions<JournalOptions>, JournalOptionsValidator>();
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<JournalMetrics>();
        services.AddSingleton(provider => SqliteStore.Open(
            provider.GetRequiredService<IOptions<JournalOptions>>().Value,
            provider.GetRequiredService<JournalMetrics>(),
            provider.GetRequiredService<ILogger<SqliteStore>>()));
        services.AddSingleton<SqliteJournal>();
        services.AddSingleton<IJournal>(provider => provider.GetRequiredService<SqliteJournal>());
        services.AddSingleton<IIncidentIndex>(provider => provider.GetRequiredService<SqliteJournal>());
        services.AddSingleton<IInbox, SqliteInbox>();
        services.AddSingleton<IDueWork, SqliteDueWork>();
        services.AddSingleton<IStoreHealth, SqliteStoreHealth>();
        services.AddSingleton<ILeases, SoleLeases>();
        services.AddSingleton<Checkpointer>();
        services.AddHostedService<CheckpointService>();
        return services;
    }
}
