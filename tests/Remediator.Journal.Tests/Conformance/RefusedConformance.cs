using Remediator.Core.Journal;
using static Remediator.Journal.Tests.Samples;

namespace Remediator.Journal.Tests.Conformance;

/// <summary>
/// What the store cannot keep because of its values is refused for certain: that is no fault of the store, and of nobody else's write.
/// </summary>
public abstract class RefusedConformance(PostgresDatabase? database) : StoreConformance(database)
{
    [Fact]
    public async Task Commit_WhoseValuesCannotBeKept_IsRefused_AndThoseOfItsGroupAreWritten()
    {
        var refused = Journal.CommitAsync(Commit(Deployment("bad"), 0, Event() with { Payload = null! }), Token);
        var others = Enumerable.Range(0, 20).Select(i => Journal.CommitAsync(Commit(Deployment($"good-{i}"), 0, Event()), Token)).ToList();

        var e = await Assert.ThrowsAsync<ValuesRefusedException>(() => refused);
        Assert.Contains("cannot keep this: ", e.Message, StringComparison.Ordinal);
        Assert.All(await Task.WhenAll(others), result => Assert.IsType<CommitResult.Committed>(result));
        Assert.Equal(0, (await Journal.LoadAsync(Deployment("bad"), Token)).Version);
        Assert.Empty(await Journal.EventsAsync(Deployment("bad"), Token));
    }

    [Fact]
    public async Task Alert_WhoseValuesCannotBeKept_IsRefused_AndTheNextIsKept()
    {
        await Assert.ThrowsAsync<ValuesRefusedException>(() => Inbox.AddAsync([Entry("a"), Entry("b") with { Source = null! }], Token));

        Assert.Empty(await Inbox.WaitingAsync(0, 10, Token));
        Assert.Equal(1, await Inbox.AddAsync([Entry("a")], Token));
    }

    /// <summary>An index of PostgreSQL takes no more than 2,704 bytes; SQLite's takes what there is.</summary>
    [Fact]
    public async Task KeyThatIsTooLongForAnIndex_IsKept_OrRefusedForCertain()
    {
        var key = Convert.ToHexString(new Random(1).GetBytes(4000));
        await KeptOrRefusedAsync(() => Inbox.AddAsync([Entry(key)], Token));
        await KeptOrRefusedAsync(() => Journal.CommitAsync(Commit(Deployment(key), 0, Event()), Token));
        await KeptOrRefusedAsync(() => Journal.CommitAsync(
            Commit(
                Deployment(), 0, Event()) with { AlertsNow = [new(key, Deployment(), "A", new Dictionary<string, string>(), Noon, Noon)] },
            Token));

        Assert.Equal(1, await Inbox.AddAsync([Entry("short")], Token));
    }

    private async Task KeptOrRefusedAsync(Func<Task> write)
    {
        var fault = await Record.ExceptionAsync(write);
        if (Database is null)
            Assert.Null(fault);
        else
            Assert.Contains("54000", Assert.IsType<ValuesRefusedException>(fault).Message, StringComparison.Ordinal);
    }
}

internal static class RandomBytes
{
    public static byte[] GetBytes(this Random random, int count)
    {
        var bytes = new byte[count];
        random.NextBytes(bytes);
        return bytes;
    }
}
