using Remediator.Core.Journal;
using Remediator.Journal.Format;

namespace Remediator.Journal.Writing;

/// <summary>Appends a snapshot to a stream. Its document, wake-up and whatever else belongs to it stay as they are.</summary>
/// <returns>Null where the stream has another version by now.</returns>
internal sealed class SnapshotWrite(ResourceHead of, NewEvent snapshot, DateTimeOffset at) : IWrite<CheckpointHead?>
{
    private readonly string _resource = of.Resource.ToString();

    public string Kind => "snapshot";

    public void Ask(Image image) => image.Heads.Want(_resource);

    public CheckpointHead? Decide(Image image)
    {
        if (image.Heads[_resource] is not { } head || head.Version != of.Version)
            return null;
        head = EventRows.Append(image, _resource, head, [snapshot], at);
        image.Heads[_resource] = head;
        image.Changes.Put(Table.ResourceHead, _resource, head.Version, head.Hash, of.Document, (long)of.DocumentSchema);
        return new(_resource, head.Version, head.Hash);
    }
}
