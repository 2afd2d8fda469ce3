namespace Remediator.Journal.Audit;

/// <summary>Writes an export line by line: its header at once, its end when told.</summary>
internal sealed class ExportWriter
{
    private readonly Stream _output;
    private readonly IProgress<long>? _progress;
    private long _entries;
    private long _checkpoints;

    public ExportWriter(Stream output, string? key, IProgress<long>? progress = null)
    {
        (_output, _progress) = (output, progress);
        Write(new ExportLine.Header(ExportLine.Format, key));
    }

    public void Write(StoreEntry entry)
    {
        switch (entry)
        {
            case StoreEntry.Stub(var stub):
                Write(ExportLine.Stub.Of(stub));
                break;
            case StoreEntry.Event(var e):
                Write(ExportLine.Event.Of(e));
                if (++_entries % 10_000 == 0)
                    _progress?.Report(_entries);
                break;
            case StoreEntry.Checkpoint(var checkpoint):
                Write(ExportLine.Checkpoint.Of(checkpoint));
                _checkpoints++;
                break;
        }
    }

    /// <returns>How many entries were written.</returns>
    public long End()
    {
        Write(new ExportLine.End(_entries, _checkpoints));
        _output.Flush();
        return _entries;
    }

    private void Write(ExportLine line)
    {
        _output.Write(line.ToBytes());
        _output.WriteByte((byte)'\n');
    }
}
