using Remediator.Core.Facts;
using Remediator.Core.Policies;

namespace Remediator.Facts.Inventory;

/// <summary>
/// The machines of the policy as facts. What is in force is always as new as can be; how a machine is, is not known here but by looks.
/// </summary>
public sealed class InventoryFacts(IDefinitions definitions, TimeProvider time) : IFactProvider
{
    private volatile Made? _made;

    public string Name => FactSchema.Hosts;

    public ViewStatus Current => new(ViewState.Ready, View, time.GetUtcNow(), "");

    private FactView View
    {
        get
        {
            var hosts = definitions.Current.Policy.Hosts;
            var made = _made;
            if (made is null || !ReferenceEquals(made.Hosts, hosts))
            {
                _made = made = new(
                    hosts, new((made?.View.Version ?? 0) + 1, time.GetUtcNow(), hosts.Select(h => Of(h, DateTimeOffset.UnixEpoch))));
            }

            return made.View;
        }
    }

    private static Fact Of(ManagedHost host, DateTimeOffset since) => new(
        "host",
        new Dictionary<string, string> { ["host"] = host.Name, ["address"] = host.Address, ["node"] = host.Node, ["zone"] = host.Zone },
        since);

    private sealed record Made(IReadOnlyList<ManagedHost> Hosts, FactView View);
}
