using Remediator.Journal.Format;


namespace Remediator.Journal.Writing;

/// <returns>False where another process has written a checkpoint meanwhile.</returns>
internal sealed class CheckpointWrite(StoredCheckpoint checkpoint) : IWrite<bool>
{
    public string Kind => "checkpoint";

    public void Ask(Image image)
    {
        // the newest one is known to every group
    }

    public bool Decide(Image image)
    {
        if (image.Checkpoint != checkpoint.Id - 1)
            return false;
        image.Checkpoint = checkpoint.Id;
        image.Changes.Put(
            Table.Checkpoint, checkpoint.Id, checkpoint.Sequence, checkpoint.Entries, checkpoint.At, StoredJson.Heads(checkpoint.Heads),
            checkpoint.Key,
            checkpoint.PreviousHash, checkpoint.Hash, checkpoint.Signature);
        return true;
    }
}
