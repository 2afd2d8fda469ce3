using Remediator.Core.Journal;
using Remediator.Journal.Storage;
using Remediator.Journal.Writing;

namespace Remediator.Journal;

/// <summary>Writes to the disk, since a full or read-only one still lets everything be read.</summary>
internal sealed class StoreHealth(Store store) : IStoreHealth
{
    public async Task<StoreStatus> CheckAsync(CancellationToken cancellationToken)
    {
        try
        {
            await store.Writer.WriteAsync(new TouchWrite(), cancellationToken);
            return new("", await store.Room.CountAsync(cancellationToken), await store.Room.CountDeadLettersAsync(cancellationToken));
        }
        catch (Exception e) when (e is StoreUnavailableException or ReplicaFencedException)
        {
            return new(e.Message, 0, 0);
        }
    }
}
