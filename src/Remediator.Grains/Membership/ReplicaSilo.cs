using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Configuration;
using Remediator.Core.Journal;

namespace Remediator.Grains.Membership;

public static class ReplicaSilo
{
    /// <summary>Who shares a store is one cluster, whatever it calls the Kubernetes that it looks after.</summary>
    private const string Cluster = "remediator";

    /// <summary>
    /// A silo that works together with those of other processes, which are found in the store. Wants <see cref="IMembers"/>.
    /// </summary>
    /// <param name="address">Where the others reach this one; it listens there alone.</param>
    public static ISiloBuilder UseReplicas(this ISiloBuilder silo, IPAddress address, int port)
    {
        silo.ConfigureEndpoints(address, port, gatewayPort: 0);
        silo.Configure<ClusterOptions>(cluster => cluster.ClusterId = cluster.ServiceId = Cluster);
        silo.Configure<ClusterMembershipOptions>(Tune);
        silo.Services.AddSingleton<IMembershipTable, MembershipTable>();
        silo.Services.AddSingleton<ILeader>(provider => provider.GetRequiredService<Leader>());
        silo.Services.AddHostedService<ReplicaWatch>();
        return silo;
    }

    /// <summary>
    /// A silo that falls silent is declared dead after three probes, and not while something came from it within three times the longest of
    /// them: so its work is taken over within 30 s. Who starts at another address after a crash of all does not wait for the dead for
    /// minutes.
    /// </summary>
    private static void Tune(ClusterMembershipOptions membership)
    {
        membership.ProbeTimeout = TimeSpan.FromSeconds(3);
        membership.MaxProbeTimeout = TimeSpan.FromSeconds(5);
        membership.TableRefreshTimeout = TimeSpan.FromSeconds(15);
        membership.IAmAliveTablePublishTimeout = TimeSpan.FromSeconds(5);
        membership.NumMissedTableIAmAliveLimit = 3;
    }
}
