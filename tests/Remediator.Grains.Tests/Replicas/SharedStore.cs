using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Remediator.Core.Journal;
using Remediator.Core.Resources;
using Remediator.Grains.Tests.Membership;
using Remediator.Journal;

namespace Remediator.Grains.Tests.Replicas;

/// <summary>One real store that several engines of this process write to, each as the member that it is.</summary>
internal sealed class SharedStore : IDisposable
{
    private readonly IHost _host;

    public SharedStore(string folder)
    {
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Logging.AddFilter(_ => false);
        builder.Services.AddJournal(o => o.DataFolder = folder);
        _host = builder.Build();
        Members = new(TimeProvider.System);
    }

    public SharedMembers Members { get; }

    public IJournal Journal => _host.Services.GetRequiredService<IJournal>();

    public IInbox Inbox => _host.Services.GetRequiredService<IInbox>();

    /// <returns>The members as that engine sees them.</returns>
    public void AddTo(IServiceCollection services)
    {
        var view = Members.For();
        services.AddSingleton(view);
        services.AddSingleton<IMembers>(view);
        services.AddSingleton<ILeases>(view);
        services.AddSingleton<IJournal>(new FencedJournal(Journal, view));
        services.AddSingleton(Inbox);
        services.AddSingleton(_host.Services.GetRequiredService<IDueWork>());
        services.AddSingleton(_host.Services.GetRequiredService<IIncidentIndex>());
    }

    public void Dispose() => _host.Dispose();

    private sealed class FencedJournal(IJournal journal, SharedMembers.View members) : IJournal
    {
        public Task<CommitResult> CommitAsync(Commit commit, CancellationToken cancellationToken)
        {
            if (!commit.Farewell)
            {
                members.ThrowIfFenced();
            }

            return journal.CommitAsync(commit, cancellationToken);
        }

        public Task<ResourceHead> LoadAsync(ResourceKey resource, CancellationToken cancellationToken) =>
            journal.LoadAsync(resource, cancellationToken);

        public Task<IReadOnlyList<JournalEvent>> EventsAsync(ResourceKey resource, CancellationToken cancellationToken) =>
            journal.EventsAsync(resource, cancellationToken);

        public Task<EventPage> EventsAsync(
            IReadOnlyList<string> types, long after, DateTimeOffset since, CancellationToken cancellationToken) =>
            journal.EventsAsync(types, after, since, cancellationToken);

        public Task<Holdings> HeldAsync(CancellationToken cancellationToken) => journal.HeldAsync(cancellationToken);

        public Task<IReadOnlyList<Permit>> PermitsAsync(CancellationToken cancellationToken) => journal.PermitsAsync(cancellationToken);

        public Task<IReadOnlyList<ActiveAlert>> ActiveOfAsync(string source, CancellationToken cancellationToken) =>
            journal.ActiveOfAsync(source, cancellationToken);

        public Task<IReadOnlyList<ActiveAlert>> ActiveAsync(IReadOnlyList<string> ids, CancellationToken cancellationToken) =>
            journal.ActiveAsync(ids, cancellationToken);

        public Task<AlertChanges> AlertChangesAsync(long since, CancellationToken cancellationToken) =>
            journal.AlertChangesAsync(since, cancellationToken);
    }
}
