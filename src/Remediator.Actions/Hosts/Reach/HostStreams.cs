using System.Text;

namespace Remediator.Actions.Hosts.Reach;

/// <summary>Reads what a host says, and never more than may be kept.</summary>
internal static class HostStreams
{
    private const int MostErrorBytes = 4096;

    /// <returns>Null where there was more than the most; the rest is not read.</returns>
    public static async Task<string?> ReadAsync(Stream stream, int most)
    {
        var buffer = new byte[most + 1];
        var count = await Task.Run(() => stream.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false));
        return count <= most ? Encoding.UTF8.GetString(buffer, 0, count) : null;
    }

    /// <summary>The beginning; the rest is read and forgotten, since what is not read would be kept for us.</summary>
    public static Task<string> HearAsync(Stream stream) => Task.Run(() =>
    {
        var kept = new byte[MostErrorBytes];
        var count = stream.ReadAtLeast(kept, kept.Length, throwOnEndOfStream: false);
        var rest = new byte[MostErrorBytes];
        while (stream.Read(rest) > 0)
        {
        }

        return Encoding.UTF8.GetString(kept, 0, count);
    });
}
