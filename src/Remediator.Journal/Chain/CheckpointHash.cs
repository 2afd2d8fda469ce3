using Remediator.Journal.Format;


namespace Remediator.Journal.Chain;

/// <summary>
/// SHA-256, in lower-case hexadecimal, over these fields, laid out as those of <see cref="EventHash"/>: the text <c>checkpoint/1</c>,
/// previous_hash, id, sequence, entries, at, key, the number of heads, and for each head resource, version, hash.
/// The first checkpoint follows on 64 zeros.
/// </summary>
public static class CheckpointHash
{
    public const string Layout = "checkpoint/1";

    public static string Compute(StoredCheckpoint checkpoint)
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        var fields = new HashFields(Layout);
        fields.Add(checkpoint.PreviousHash);
        fields.Add(checkpoint.Id);
        fields.Add(checkpoint.Sequence);
        fields.Add(checkpoint.Entries);
        fields.Add(checkpoint.At);
        fields.Add(checkpoint.Key);
        fields.Add(checkpoint.Heads);
        return fields.ToHash();
    }
}
