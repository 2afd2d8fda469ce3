using Microsoft.Extensions.Hosting;
using Remediator.Core.Journal;

namespace Remediator.Grains.Membership;

internal sealed class Replica(Fence fence, ILocalSiloDetails self, ISiloStatusOracle silos, IHostApplicationLifetime lifetime) : IReplica
{
    public string Id { get; } = self.SiloAddress.ToParsableString();

    public Task<string> Fenced => fence.Over;

    public bool IsFenced => fence.IsTripped;

    public string Problem =>
        fence.IsTripped ? "the other replicas have declared this one dead; it ends"
        : lifetime.ApplicationStopping.IsCancellationRequested ? "it shuts down"
        : silos.CurrentStatus is SiloStatus.Active ? ""
        : $"it has not joined the other replicas yet ({silos.CurrentStatus})";
}
