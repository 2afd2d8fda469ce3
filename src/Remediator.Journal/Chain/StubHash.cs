using Remediator.Journal.Archive;

namespace Remediator.Journal.Chain;

/// <summary>
/// SHA-256, in lower-case hexadecimal, over these fields, laid out as those of <see cref="EventHash"/>: the text <c>stub/1</c>,
/// id, sequence, entries, checkpoint_id, checkpoint_hash, at, file, file_hash, key, the number of heads, and for each head resource, version, hash.
/// </summary>
public static class StubHash
{
    public const string Layout = "stub/1";

    public static string Compute(StoredStub stub)
    {
        ArgumentNullException.ThrowIfNull(stub);
        var fields = new HashFields(Layout);
        fields.Add(stub.Id);
        fields.Add(stub.Sequence);
        fields.Add(stub.Entries);
        fields.Add(stub.CheckpointId);
        fields.Add(stub.CheckpointHash);
        fields.Add(stub.At);
        fields.Add(stub.File);
        fields.Add(stub.FileHash);
        fields.Add(stub.Key);
        fields.Add(stub.Heads);
        return fields.ToHash();
    }
}
