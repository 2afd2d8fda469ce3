using System.Buffers;
using System.IO.Pipelines;
using Remediator.Core.Language;
using Remediator.Journal.Chain;

namespace Remediator.Journal.Audit;

/// <summary>Checks an export with nothing but the public key.</summary>
public static class ExportVerifier
{
    /// <param name="knownOutside">Hashes of checkpoints that stand outside: each must be in the export.</param>
    /// <exception cref="FormatException">The text is no public key.</exception>
    public static async Task<VerifyReport> VerifyAsync(
        Stream export, string publicKeyPem, IEnumerable<string>? knownOutside = null, IProgress<long>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(export);
        using var key = new PublicKey(publicKeyPem);
        var verifier = new ChainVerifier(key);
        var state = new Lines(verifier, key);
        var reader = PipeReader.Create(export, new StreamPipeReaderOptions(bufferSize: 65_536, leaveOpen: true));
        while (true)
        {
            var read = await reader.ReadAsync(cancellationToken);
            var rest = read.Buffer;
            while (rest.PositionOf((byte)'\n') is { } end)
            {
                state.Next(rest.Slice(0, end));
                rest = rest.Slice(rest.GetPosition(1, end));
                if (verifier.Line % 10_000 == 0)
                    progress?.Report(verifier.Entries);
            }

            reader.AdvanceTo(rest.Start, rest.End);
            if (read.IsCompleted)
            {
                state.Finish(leftOver: rest.Length);
                await reader.CompleteAsync();
                return verifier.Report(knownOutside ?? []);
            }
        }
    }

    private sealed class Lines(ChainVerifier verifier, PublicKey key)
    {
        private bool _ended;

        public void Next(ReadOnlySequence<byte> bytes)
        {
            verifier.Line = (verifier.Line ?? 0) + 1;
            var line = bytes.IsSingleSegment ? ExportLine.Parse(bytes.FirstSpan) : ExportLine.Parse(bytes.ToArray());
            if (line is null)
                Fault("This line is not one of an export as it was written: it was changed.");
            else if (_ended)
                Fault("This line comes after the end of the export: it was inserted.");
            else if (line is ExportLine.Header != (verifier.Line == 1))
                Fault(verifier.Line == 1 ? "The export does not begin with its header." : "There is a second header: exports were joined.");
            else
                Take(line);
        }

        public void Finish(long leftOver)
        {
            if (verifier.Line is null && leftOver == 0)
                Fault("The export is empty.");
            else if (leftOver > 0)
                Fault($"{Plural.Of(leftOver, "byte")} after the last line: the export was cut off or added to.");
            else if (!_ended)
                Fault("The export has no end: it was cut off.");
        }

        private void Take(ExportLine line)
        {
            switch (line)
            {
                case ExportLine.Header { FormatName: not (ExportLine.Format or ExportLine.FormerFormat) } header:
                    Fault($"The format '{header.FormatName}' is not known here ({ExportLine.Format} is).");
                    break;
                case ExportLine.Header header when header.Key is not null && header.Key != key.Fingerprint:
                    Fault($"The export is of a store with key {header.Key}, not with the key given ({key.Fingerprint}).");
                    break;
                case ExportLine.Stub s:
                    verifier.Stub(s.ToStored());
                    break;
                case ExportLine.Event e:
                    verifier.Event(e.ToStored());
                    break;
                case ExportLine.Checkpoint c:
                    verifier.Checkpoint(c.ToStored());
                    break;
                case ExportLine.End end:
                    _ended = true;
                    if (end.Entries != verifier.Entries - verifier.Archived || end.Checkpoints != verifier.Checkpoints)
                        Fault($"The export ends with {Plural.Of(end.Entries, "entry", "entries")} and "
                            + $"{Plural.Of(end.Checkpoints, "checkpoint")}, here are "
                            + $"{verifier.Entries - verifier.Archived} and {verifier.Checkpoints}.");
                    break;
            }
        }

        private void Fault(string message) => verifier.Fault(new VerifyFault(message));
    }
}
