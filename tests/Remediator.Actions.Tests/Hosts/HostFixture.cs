using Remediator.Actions.Hosts.Reach;
using Remediator.Core.Actions;
using Remediator.Core.Facts;
using Remediator.Core.Policies;
using Remediator.Core.Resources;
using Remediator.Testing;

namespace Remediator.Actions.Tests.Hosts;

/// <summary>One host for all tests that leave it as it was.</summary>
public sealed class HostFixture : IAsyncLifetime
{
    public TestHost Host { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Host = await TestHost.StartAsync();

    public ValueTask DisposeAsync() => Host.DisposeAsync();

    internal static ManagedHost Entry(TestHost host, string user = "root") => new()
    {
        Name = "db-1",
        Address = host.Address,
        User = user,
        KeyFile = host.KeyFile,
        HostKeys = [Key(host.PinnedKey)],
        KeepsJournal = 32 << 20,
        Units = ["cron.service"],
    };

    internal static HostKey Key(string text) => new(text.Split(' ')[0], text.Split(' ')[1]);

    internal static HostShell Shell(params IReadOnlyList<ManagedHost> hosts) => ShellBy([], hosts);

    /// <param name="others">Ways besides SSH.</param>
    internal static HostShell ShellBy(IReadOnlyList<IReachHost> others, params IReadOnlyList<ManagedHost> hosts) =>
        new(() => hosts, [new SshWay(() => hosts, new FilesAsTheyAre(), TimeProvider.System), .. others]);

    internal static Machines Machines(params IReadOnlyList<ManagedHost> hosts) => new(Shell(hosts));

    internal static ActionRequest Request(object input, string mountPoint = "/", string id = "act-1", int seconds = 100) => new()
    {
        ActionId = id,
        IncidentId = "incident",
        Resource = new("test", ResourceKinds.FileSystem, "", $"db-1:{mountPoint}"),
        Input = input,
        Facts = FactView.Empty,
        NotAfter = TimeProvider.System.GetUtcNow().AddSeconds(seconds),
    };
}
