using Remediator.Core.Policies;

namespace Remediator.Actions.Hosts.Reach;

/// <summary>How a host can be reached.</summary>
internal enum HostWay
{
    Ssh,

    /// <summary>A pod that is already there.</summary>
    Agent,

    SystemsManager,
}

/// <summary>Which ways there are to a host, and which is tried first.</summary>
internal static class HostWays
{
    /// <returns>Those that its entry names, the one that most probably still answers first.</returns>
    public static IReadOnlyList<HostWay> Of(ManagedHost host, HostTrouble trouble) => [.. Ordered(trouble).Where(w => Has(host, w))];

    public static string Name(HostWay way) => way switch
    {
        HostWay.Ssh => "SSH",
        HostWay.Agent => "the agent",
        _ => "Systems Manager",
    };

    private static HostWay[] Ordered(HostTrouble trouble) => trouble is HostTrouble.Service
        ? [HostWay.Ssh, HostWay.SystemsManager, HostWay.Agent]
        : [HostWay.Ssh, HostWay.Agent, HostWay.SystemsManager];

    private static bool Has(ManagedHost host, HostWay way) => way switch
    {
        HostWay.Ssh => host.HasSsh,
        HostWay.Agent => host.Agent.Length > 0,
        _ => host.Instance.Length > 0,
    };
}
