using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Remediator.Journal.Format;

namespace Remediator.Journal.Chain;

/// <summary>Length-prefixed fields on their way into SHA-256; no two lists of fields have the same bytes.</summary>
internal sealed class HashFields
{
    private readonly ArrayBufferWriter<byte> _bytes = new(1024);

    public HashFields(string layout) => Add(layout);

    public void Add(string? text)
    {
        if (text is null)
        {
            AddLength(-1);
            return;
        }

        var size = Encoding.UTF8.GetByteCount(text);
        AddLength(size);
        _bytes.Advance(Encoding.UTF8.GetBytes(text, _bytes.GetSpan(size)));
    }

    public void Add(long number)
    {
        AddLength(sizeof(long));
        BinaryPrimitives.WriteInt64BigEndian(_bytes.GetSpan(sizeof(long)), number);
        _bytes.Advance(sizeof(long));
    }

    /// <summary>Their number, and of each resource, version and hash.</summary>
    public void Add(IReadOnlyList<CheckpointHead> heads)
    {
        Add(heads.Count);
        foreach (var head in heads)
        {
            Add(head.Resource);
            Add(head.Version);
            Add(head.Hash);
        }
    }

    public string ToHash() => Convert.ToHexStringLower(SHA256.HashData(_bytes.WrittenSpan));

    private void AddLength(int length)
    {
        BinaryPrimitives.WriteInt32BigEndian(_bytes.GetSpan(sizeof(int)), length);
        _bytes.Advance(sizeof(int));
    }
}
