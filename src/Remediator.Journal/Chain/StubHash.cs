using Remediator.Journal.Format;


namespace Remediator.Journal.Chain;

/// <summary>
/// SHA-256, in lower-case hexadecimal, over these fields, laid out as those of <see cref="EventHash"/>: the text <c>stub/2</c>,
/// id, sequence, entries, checkpoint_id, checkpoint_hash, at, file, file_hash, key, the number of heads, for each head resource, version,
/// hash, and the same of the snapshots. A stub without snapshots is of an older version: <c>stub/1</c>, and nothing after the heads.
/// </summary>
public static class StubHash
{
    public const string Layout = "stub/2";
    public const string LayoutWithoutSnapshots = "stub/1";

    public static string Compute(StoredStub stub)
    {
        ArgumentNullException.ThrowIfNull(stub);
        var fields = new HashFields(stub.Snapshots is null ? LayoutWithoutSnapshots : Layout);
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
        if (stub.Snapshots is { } snapshots)
            fields.Add(snapshots);
        return fields.ToHash();
    }
}
