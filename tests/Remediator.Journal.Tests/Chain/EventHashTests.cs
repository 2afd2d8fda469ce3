using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Remediator.Journal.Chain;
using Remediator.Journal.Format;

namespace Remediator.Journal.Tests.Chain;

public class EventHashTests
{
    private static readonly StoredEvent Sample = new()
    {
        Sequence = 258,
        Resource = "prod/deployment/shop/api",
        Version = 7,
        EventId = "019ab0c2-0000-7000-8000-000000000000",
        IncidentId = null,
        Type = "alert-observed",
        Schema = 1,
        At = "2026-11-23T12:00:00.0000000Z",
        Actor = "engine",
        TraceId = "",
        Payload = """{"team":"支付"}""",
        PreviousHash = EventHash.None,
        Hash = ""
    };

    [Fact]
    public void Hash_IsOfTheDocumentedBytes()
    {
        byte[] expected =
        [
            .. Text("event/1"), .. Text(new string('0', 64)), .. Number(258), .. Text("prod/deployment/shop/api"), .. Number(7),
            .. Text("019ab0c2-0000-7000-8000-000000000000"), 0xFF, 0xFF, 0xFF, 0xFF, .. Text("alert-observed"), .. Number(1),
            .. Text("2026-11-23T12:00:00.0000000Z"), .. Text("engine"), .. Text(""), .. Text("""{"team":"支付"}""")
        ];

        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(expected)), EventHash.Compute(Sample));
    }

    [Fact]
    public void Hash_StaysWhatItWas() =>
        Assert.Equal("3a1dac3b2c7eaff6784e70182a095b1ffc2dfe2fffd41c6b4c8831a17de01d6d", EventHash.Compute(Sample));

    [Property]
    public bool Hashes_OfDifferentTexts_Differ(
        NonNull<string> actor, NonNull<string> traceId, NonNull<string> otherActor, NonNull<string> otherTraceId)
    {
        var one = Sample with { Actor = actor.Get, TraceId = traceId.Get };
        var other = Sample with { Actor = otherActor.Get, TraceId = otherTraceId.Get };
        return one == other == (EventHash.Compute(one) == EventHash.Compute(other)) || HasLoneSurrogate(one, other);
    }

    [Property]
    public Property Text_ThatMovesToTheNextColumn_ChangesTheHash(NonEmptyString text)
    {
        var left = Sample with { Actor = text.Get, TraceId = "" };
        var right = Sample with { Actor = "", TraceId = text.Get };
        return (EventHash.Compute(left) != EventHash.Compute(right)).ToProperty();
    }

    [Fact]
    public void Null_IsNotTheEmptyText() =>
        Assert.NotEqual(EventHash.Compute(Sample), EventHash.Compute(Sample with { IncidentId = "" }));

    // The store keeps UTF-8, in which such halves of characters do not exist.
    private static bool HasLoneSurrogate(params StoredEvent[] events) =>
        events.Any(e => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(e.Actor + "|" + e.TraceId)) != e.Actor + "|" + e.TraceId);

    private static byte[] Text(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        return [.. Length(bytes.Length), .. bytes];
    }

    private static byte[] Number(long number)
    {
        var bytes = new byte[8];
        BinaryPrimitives.WriteInt64BigEndian(bytes, number);
        return [.. Length(8), .. bytes];
    }

    private static byte[] Length(int length)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(bytes, length);
        return bytes;
    }
}
