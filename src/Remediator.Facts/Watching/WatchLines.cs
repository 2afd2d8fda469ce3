using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;

namespace Remediator.Facts.Watching;

/// <summary>The lines of a watch's body, each as long as it lasts: the bytes are only valid until the next one is asked for.</summary>
internal static class WatchLines
{
    private const int LongestLine = 32 * 1024 * 1024;

    public static async IAsyncEnumerable<ReadOnlySequence<byte>> ReadAsync(
        Stream body, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var reader = PipeReader.Create(body, new(bufferSize: 16 * 1024));
        try
        {
            while (true)
            {
                var read = await reader.ReadAsync(cancellationToken);
                var buffer = read.Buffer;
                while (buffer.PositionOf((byte)'\n') is { } end)
                {
                    var line = buffer.Slice(0, end);
                    buffer = buffer.Slice(buffer.GetPosition(1, end));
                    if (!line.IsEmpty)
                        yield return line;
                }

                if (buffer.Length > LongestLine)
                    throw new InvalidDataException($"A line of the watch is longer than {LongestLine} bytes.");

                reader.AdvanceTo(buffer.Start, buffer.End);
                if (!read.IsCompleted)
                    continue;

                if (!buffer.IsEmpty)
                    throw new InvalidDataException("The watch ended in the middle of a line.");

                yield break;
            }
        }
        finally
        {
            await reader.CompleteAsync();
        }
    }
}
