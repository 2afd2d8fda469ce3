using System.Buffers;
using Microsoft.AspNetCore.Http;

namespace Remediator.Sources.Intake;

/// <summary>A whole request body in rented memory.</summary>
internal sealed class BodyBuffer : IDisposable
{
    private byte[] _rented;

    private BodyBuffer(int size) => _rented = ArrayPool<byte>.Shared.Rent(size);

    public int Length { get; private set; }

    public ReadOnlySpan<byte> Bytes => _rented.AsSpan(0, Length);

    /// <returns>Null where the body is longer than <paramref name="limit"/>.</returns>
    public static async Task<BodyBuffer?> ReadAsync(HttpRequest request, int limit, CancellationToken cancellationToken)
    {
        var buffer = new BodyBuffer((int)(request.ContentLength ?? Math.Min(limit, 64 * 1024)) + 1);
        try
        {
            if (await buffer.FillAsync(request.Body, limit, cancellationToken))
                return buffer;

            buffer.Dispose();
            return null;
        }
        catch
        {
            buffer.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        if (_rented.Length > 0)
            ArrayPool<byte>.Shared.Return(_rented);
        _rented = [];
    }

    private async Task<bool> FillAsync(Stream body, int limit, CancellationToken cancellationToken)
    {
        while (await body.ReadAsync(_rented.AsMemory(Length), cancellationToken) is > 0 and var read)
        {
            Length += read;
            if (Length > limit)
                return false;
            if (Length == _rented.Length)
                Grow();
        }

        return true;
    }

    private void Grow()
    {
        var larger = ArrayPool<byte>.Shared.Rent(_rented.Length * 2);
        Bytes.CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_rented);
        _rented = larger;
    }
}
