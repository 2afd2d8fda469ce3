using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace Remediator.Journal.Tests.Audit;

/// <summary>No change of an export goes unseen, wherever it is.</summary>
public sealed class EveryByteTests : IAsyncLifetime
{
    private AuditedStore _store = null!;
    private byte[] _export = null!;

    public async ValueTask InitializeAsync()
    {
        _store = await AuditedStore.CreateSmallAsync();
        _export = _store.Export();
        Assert.True((await _store.VerifyAsync(_export)).Ok);
    }

    public ValueTask DisposeAsync()
    {
        _store.Dispose();
        return ValueTask.CompletedTask;
    }

    [Theory]
    [InlineData(0x01)]
    [InlineData(0x20)]
    public async Task AnyByte_ThatIsFlipped_IsFound(byte bits)
    {
        var changed = _export.ToArray();
        for (var i = 0; i < changed.Length; i++)
        {
            changed[i] ^= bits;
            var report = await _store.VerifyAsync(changed);
            Assert.False(report.Ok, $"byte {i} of {changed.Length} flipped, not found: {Around(changed, i)}");
            Assert.True(report.Faults[0].Line is { } line && Math.Abs(line - LineOf(i)) <= 1
                || report.Faults[0].Message.Contains("bytes after the last line", StringComparison.Ordinal),
                $"byte {i} of line {LineOf(i)} flipped, first fault {report.Faults[0]}");
            changed[i] ^= bits;
        }
    }

    [Fact]
    public async Task AnyByte_ThatIsDroppedOrDoubled_IsFound()
    {
        for (var i = 0; i < _export.Length; i++)
        {
            Assert.False((await _store.VerifyAsync([.. _export[..i], .. _export[(i + 1)..]])).Ok, $"byte {i} dropped, not found");
            Assert.False((await _store.VerifyAsync([.. _export[..i], _export[i], .. _export[i..]])).Ok, $"byte {i} doubled, not found");
        }
    }

    [Fact]
    public void AnyEdit_AtRandom_IsFound()
    {
        var edits = from at in Gen.Choose(0, _export.Length - 1)
                    from length in Gen.Choose(0, Math.Min(40, _export.Length - at))
                    from text in Gen.ArrayOf(Gen.Choose(0, 255).Select(value => (byte)value))
                    select (At: at, Length: length, Text: text);
        Prop.ForAll(Arb.From(edits), edit =>
        {
            byte[] changed = [.. _export[..edit.At], .. edit.Text, .. _export[(edit.At + edit.Length)..]];
            return changed.AsSpan().SequenceEqual(_export) || !_store.VerifyAsync(changed).GetAwaiter().GetResult().Ok;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));
    }

    [Fact]
    public async Task Export_ThatWasCutOff_IsFound()
    {
        for (var length = 0; length < _export.Length; length++)
            Assert.False((await _store.VerifyAsync(_export[..length])).Ok, $"cut after {length} bytes");
    }

    private int LineOf(int position) => 1 + _export.AsSpan(0, position).Count((byte)'\n');

    private static string Around(byte[] bytes, int at) =>
        Encoding.UTF8.GetString(bytes.AsSpan(Math.Max(0, at - 20), Math.Min(40, bytes.Length - Math.Max(0, at - 20))));
}
