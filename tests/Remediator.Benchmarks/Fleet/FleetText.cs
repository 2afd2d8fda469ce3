using System.Runtime.CompilerServices;
using System.Text;

namespace Remediator.Benchmarks.Fleet;

/// <summary>UTF-8 that grows.</summary>
internal sealed class FleetText
{
    private byte[] _bytes = new byte[64 * 1024];

    public int Length { get; private set; }

    public ReadOnlyMemory<byte> Written => _bytes.AsMemory(0, Length);

    public void Clear() => Length = 0;

    public void Add(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(Room(bytes.Length));
        Length += bytes.Length;
    }

    public void Add(ref DefaultInterpolatedStringHandler text)
    {
        var chars = text.Text;
        Length += Encoding.UTF8.GetBytes(chars, Room(chars.Length * 3));
        text.Clear();
    }

    private Span<byte> Room(int more)
    {
        if (_bytes.Length - Length < more)
            Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, Length + more));
        return _bytes.AsSpan(Length);
    }
}
