using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Remediator.Core.Actions;
using Remediator.Core.Alerts;
using Remediator.Core.Events;
using Remediator.Core.Facts;
using Remediator.Core.Journal;
using Remediator.Core.Pages;
using Remediator.Core.Pauses;
using Remediator.Core.Playbooks;
using Remediator.Core.Policies;
using Remediator.Core.Resources;
using Remediator.Core.Worlds;
using Remediator.Grains.Membership;
using Remediator.Grains.Tests.Replicas;
using Remediator.Journal;
using Remediator.Testing;

namespace Remediator.Grains.Tests;

/// <summary>A silo with the real engine on a real store, over a cluster that is pretended.</summary>
internal sealed class EngineHost : IAsyncDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    private readonly IHost _host;

    private EngineHost(IHost host) => _host = host;

    public IServiceProvider Services => _host.Services;

    public IInbox Inbox => Services.GetRequiredService<IInbox>();

    public IJournal Journal => Services.GetRequiredService<IJournal>();

    /// <summary>Its name in the cluster's book of who has done what.</summary>
    public string Name { get; private init; } = "";

    public IReplica Replica { get; private init; } = null!;

    public static Task<EngineHost> StartAsync(
        FakeCluster cluster,
        string folder,
        EngineSettings? settings = null,
        IPageSilences? pages = null,
        Action<IServiceCollection>? store = null) => StartAsync(cluster, settings, "", builder =>
    {
        builder.UseOrleans(silo => silo.UseLocalhostClustering(FreePort.Take(), gatewayPort: 0));
        builder.Services.AddJournal(o => o.DataFolder = folder);
        store?.Invoke(builder.Services);
        if (pages is not null)
        {
            builder.Services.AddSingleton(pages);
        }
    });

    /// <summary>One of several that share a store.</summary>
    public static Task<EngineHost> StartReplicaAsync(FakeCluster cluster, SharedStore store, string name, EngineSettings settings) =>
        StartAsync(cluster, settings, name, builder =>
    {
        builder.UseOrleans(silo => silo.UseReplicas(IPAddress.Loopback, FreePort.Take()));
        store.AddTo(builder.Services);
    });

    private static async Task<EngineHost> StartAsync(
        FakeCluster cluster, EngineSettings? settings, string name, Action<HostApplicationBuilder> store)
    {
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Logging.AddFilter(_ => false);
        builder.Services.AddSingleton(cluster.Time);
        store(builder);
        builder.Services.AddSingleton(settings
            ?? new EngineSettings {
                Mode = Mode.Auto,
                DurationScale = 0.02,
                TakeoverMargin = TimeSpan.FromMilliseconds(200),
                ShutdownGrace = TimeSpan.FromMilliseconds(200) });
        builder.Services.AddSingleton<IFactViews>(cluster);
        builder.Services.AddSingleton<IResourceResolver>(cluster);
        builder.Services.AddSingleton<IDefinitions>(cluster);
        builder.Services.AddSingleton<IPauseSwitch>(cluster);
        builder.Services.AddSingleton(new ActionRegistry([new FakeEvict(cluster, name), new FakeReady(cluster), .. cluster.Actions]));
        builder.Services.AddSingleton(new ClusterName("test"));
        builder.Services.AddEngine();
        var host = builder.Build();
        await host.StartAsync(TestContext.Current.CancellationToken);
        return new(host) { Name = name, Replica = host.Services.GetRequiredService<IReplica>() };
    }

    public Task PostAsync(string workload, string fingerprint, AlertStatus status = AlertStatus.Firing, DateTimeOffset? startsAt = null) =>
        Inbox.AddAsync(
        [
            new(
                new Alert
                {
                    Name = "KubePodCrashLooping",
                    Status = status,
                    Labels = new Dictionary<string, string> {
                        ["alertname"] = "KubePodCrashLooping",
                        ["namespace"] = FakeCluster.SpaceOf(workload),
                        ["workload"] = workload,
                        ["workload_kind"] = "deployment" },
                    StartsAt = startsAt ?? DateTimeOffset.UnixEpoch,
                    Fingerprint = fingerprint,
                },
                "test",
                "trace",
                DateTimeOffset.UnixEpoch)
        ],
        TestContext.Current.CancellationToken);

    public Task<IReadOnlyList<Event>> EventsAsync(string workload) => EventsAsync(FakeCluster.Key(workload));

    private async Task<IReadOnlyList<Event>> EventsAsync(ResourceKey resource) =>
        [.. (await Journal.EventsAsync(resource, TestContext.Current.CancellationToken)).Select(e => Happened.Read(e).Event)];

    /// <summary>Waits until the journal holds such an event; says what it holds when that does not come.</summary>
    public Task<T> AwaitAsync<T>(string workload, Func<T, bool>? which = null, TimeSpan? within = null) =>
        AwaitAsync(FakeCluster.Key(workload), which, within);

    public async Task<T> AwaitAsync<T>(ResourceKey resource, Func<T, bool>? which = null, TimeSpan? within = null)
    {
        T? found = default;
        await Wait.UntilAsync(
            $"{typeof(T).Name} on {resource.Display}",
            async () => (found = (await EventsAsync(resource)).OfType<T>().FirstOrDefault(e => which?.Invoke(e) ?? true)) is not null,
            TestContext.Current.CancellationToken,
            async () => $"The journal holds: {string.Join(", ", (await EventsAsync(resource)).Select(EventCodec.NameOf))}",
            within);
        return found!;
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync(CancellationToken.None);
        _host.Dispose();
    }
}
