using System.Text.Json.Nodes;
using Remediator.Journal.Audit;
using static Remediator.Journal.Tests.Samples;

namespace Remediator.Journal.Tests.Audit;

public sealed class VerifyExportTests : IAsyncLifetime
{
    private AuditedStore _store = null!;
    private byte[] _export = null!;
    private string[] _lines = null!;

    public async ValueTask InitializeAsync()
    {
        _store = await AuditedStore.CreateAsync();
        _export = _store.Export();
        _lines = _store.ExportLines();
    }

    public ValueTask DisposeAsync()
    {
        _store.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Export_IsAHeaderTheEntriesInOrderTheirCheckpointsAndAnEnd()
    {
        Assert.Equal(
            ["header", "event", "event", "event", "checkpoint", "event", "event", "event", "event", "checkpoint", "event", "event", "end"],
            _lines.Select(line => (string)JsonNode.Parse(line)!["line"]!));
        Assert.Equal("remediator-journal/2", (string)JsonNode.Parse(_lines[0])!["format"]!);
        Assert.Equal("""{"team":"支付 \u0000 \"α\" </script>"}""", (string)JsonNode.Parse(_lines[2])!["payload"]!);
        Assert.Contains("支付", _lines[2], StringComparison.Ordinal);

        var report = await _store.VerifyAsync(_export);

        Assert.Empty(report.Faults);
        Assert.True(report.Ok);
        Assert.Equal((9, 4, 2), (report.Entries, report.Resources, report.Checkpoints));
        Assert.Equal((2, 7), (report.LastCheckpoint!.Id, report.LastCheckpoint.Sequence));
        Assert.Equal((2, Noon.AddSeconds(6)), (report.UnanchoredEntries, report.UnanchoredSince));
    }

    [Fact]
    public async Task AnyLine_ThatIsDroppedDoubledOrMoved_IsFound()
    {
        for (var i = 0; i < _lines.Length; i++)
        {
            Assert.False((await _store.VerifyAsync([.. _lines[..i], .. _lines[(i + 1)..]])).Ok, $"line {i + 1} dropped");
            Assert.False((await _store.VerifyAsync([.. _lines[..i], _lines[i], .. _lines[i..]])).Ok, $"line {i + 1} doubled");
            for (var j = 0; j < _lines.Length; j++)
            {
                var moved = _lines.ToList();
                moved.RemoveAt(i);
                moved.Insert(j, _lines[i]);
                if (i != j)
                    Assert.False((await _store.VerifyAsync(moved)).Ok, $"line {i + 1} moved to {j + 1}");
            }
        }
    }

    [Fact]
    public async Task Entry_ThatIsChanged_IsNamedWithItsPlace()
    {
        _lines[2] = _lines[2].Replace("engine", "nobody", StringComparison.Ordinal);

        var fault = Assert.Single((await _store.VerifyAsync(_lines)).Faults);

        Assert.Equal(new VerifyFault("Its hash does not match its contents: this entry was changed.")
        {
            Line = 3,
            Sequence = 2,
            Resource = "prod/deployment/shop/a",
            Version = 2,
            IncidentId = "incident-1"
        }, fault);
    }

    [Fact]
    public async Task Entry_ThatIsDropped_IsNamedWithItsPlace()
    {
        var faults = (await _store.VerifyAsync(_lines.Where((_, line) => line != 5))).Faults;

        Assert.Equal("The entry with sequence 4 is missing before this entry: dropped or moved.", faults[0].Message);
        Assert.Equal((6, 5), (faults[0].Line, faults[0].Sequence));
        Assert.Equal("The entry with version 3 is missing of the resource before this entry: dropped or moved.", faults[1].Message);
        Assert.Equal(("prod/deployment/shop/a", 4), (faults[1].Resource, faults[1].Version));
    }

    [Fact]
    public async Task Checkpoint_KnownOutsideAndCutAway_IsMissed()
    {
        var second = (string)JsonNode.Parse(_lines[9])!["hash"]!;
        string[] cut = [.. _lines[..9], """{"line":"end","entries":7,"checkpoints":1}"""];

        Assert.True((await _store.VerifyAsync(cut)).Ok);
        Assert.True((await _store.VerifyAsync(_lines, second)).Ok);
        Assert.Equal(
            $"The checkpoint with hash {second} is known outside but is not here: the journal was cut or rewritten before it.",
            Assert.Single((await _store.VerifyAsync(cut, second)).Faults).Message);
    }

    [Fact]
    public async Task AnotherKey_IsRefused()
    {
        using var other = await AuditedStore.CreateAsync();

        var report = await other.VerifyAsync(_export);

        Assert.False(report.Ok);
        Assert.Null(report.LastCheckpoint);
        Assert.Equal(9, report.UnanchoredEntries);
        Assert.All(report.Faults, fault => Assert.Contains("not with the key given", fault.Message, StringComparison.Ordinal));
    }

    [Fact]
    public async Task SomethingThatIsNoKey_IsSaidInWords()
    {
        var e = await Assert.ThrowsAsync<FormatException>(
            () => ExportVerifier.VerifyAsync(new MemoryStream(_export), "hello", cancellationToken: TestContext.Current.CancellationToken));
        Assert.StartsWith("This is not a public key in PEM", e.Message, StringComparison.Ordinal);
    }
}
