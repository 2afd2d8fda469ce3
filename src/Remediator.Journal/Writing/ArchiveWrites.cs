using Remediator.Journal.Format;


namespace Remediator.Journal.Writing;

/// <param name="newestAt">Time of the newest entry in the file.</param>
/// <returns>False where another process has archived meanwhile.</returns>
internal sealed class StubWrite(StoredStub stub, string newestAt) : IWrite<bool>
{
    public string Kind => "archive";

    public void Ask(Image image)
    {
        // the newest one is known to every group
    }

    public bool Decide(Image image)
    {
        if (image.Archive != stub.Id - 1)
            return false;
        image.Archive = stub.Id;
        image.Changes.Put(
            Table.Archive, stub.Id, stub.Sequence, stub.Entries, stub.CheckpointId, stub.CheckpointHash, stub.At, stub.File, stub.FileHash,
            StoredJson.Heads(stub.Heads), stub.Key, stub.Hash, stub.Signature, StoredJson.Heads(stub.Snapshots!), newestAt);
        return true;
    }
}

/// <summary>Deletes what an archive has. The store itself refuses to delete anything else.</summary>
internal sealed class PurgeWrite(long upToSequence, long beforeCheckpoint) : IWrite<bool>
{
    public string Kind => "archive";

    public void Ask(Image image)
    {
        // there is nothing to know
    }

    public bool Decide(Image image)
    {
        image.Changes.Run(Commands.PurgeEvents, upToSequence);
        image.Changes.Run(Commands.PurgeCheckpoints, beforeCheckpoint);
        return true;
    }
}
