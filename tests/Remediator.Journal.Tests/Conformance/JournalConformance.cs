using Remediator.Core.Incidents;
using Remediator.Core.Journal;
using Remediator.Journal.Chain;
using static Remediator.Journal.Tests.Samples;

namespace Remediator.Journal.Tests.Conformance;

public abstract class JournalConformance(PostgresDatabase? database) : StoreConformance(database)
{
    [Fact]
    public async Task Load_OfAnUnknownResource_IsVersionZero() =>
        Assert.Equal(new ResourceHead(Deployment(), 0, null, 0), await Journal.LoadAsync(Deployment(), Token));

    [Fact]
    public async Task Commit_OfEvents_MovesTheHead()
    {
        Assert.Equal(new CommitResult.Committed(2), await Journal.CommitAsync(Commit(Deployment(), 0, Event(), Event()), Token));
        Assert.Equal(
            new ResourceHead(Deployment(), 2, """{"events":2}""", ResourceState.Schema), await Journal.LoadAsync(Deployment(), Token));
    }

    [Fact]
    public async Task Events_ComeBackAsTheyWereWritten()
    {
        var odd = Deployment("a/b %41 支付");
        await Journal.CommitAsync(
            Commit(odd, 0, Event("""{"text":"支付 \"α\"\u0000"}""", incident: null)) with { At = Noon.AddTicks(1) }, Token);
        await Journal.CommitAsync(Commit(odd, 1, Event("two")), Token);

        var events = await Journal.EventsAsync(odd, Token);

        Assert.Equal([1, 2], events.Select(e => e.Version));
        Assert.Equal([1, 2], events.Select(e => e.Sequence));
        Assert.Equal([null, "incident-1"], events.Select(e => e.IncidentId));
        Assert.Equal(["""{"text":"支付 \"α\"\u0000"}""", "two"], events.Select(e => e.Payload));
        Assert.Equal([Noon.AddTicks(1), Noon], events.Select(e => e.At));
        Assert.All(
            events,
            e => Assert.Equal(
                (odd, "alert-observed", 1, "engine", "0af7651916cd43dd8448eb211c80319c"),
                (e.Resource, e.Type, e.Schema, e.Actor, e.TraceId)));
        Assert.Equal([EventHash.None, events[0].Hash], events.Select(e => e.PreviousHash));
        Assert.Distinct(events.Select(e => e.EventId));
    }

    [Fact]
    public async Task Sequence_RunsThroughAllResources_WithoutGapsAfterRefusals()
    {
        await Journal.CommitAsync(Commit(Deployment("a"), 0, Event(), Event()), Token);
        await Journal.CommitAsync(Commit(Deployment("b"), 7, Event()), Token);
        await Journal.CommitAsync(Commit(Deployment("c"), 0, Event()) with { Acquire = new("incident-1", [new("none", 0)], []) }, Token);
        await Journal.CommitAsync(Commit(Deployment("b"), 0, Event()), Token);

        Assert.Equal(3, Assert.Single(await Journal.EventsAsync(Deployment("b"), Token)).Sequence);
        Assert.Empty(await Journal.EventsAsync(Deployment("c"), Token));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public async Task Commit_OnAnotherVersion_IsAConflictAndLeavesNothing(long expected)
    {
        await Journal.CommitAsync(Commit(Deployment(), 0, Event()), Token);
        await Inbox.AddAsync([Entry()], Token);
        var row = Assert.Single(await Inbox.WaitingAsync(0, 10, Token));

        var result = await Journal.CommitAsync(Commit(Deployment(), expected, Event()) with
        {
            Due = Noon,
            Consumed = [row.Id],
            AlertsNow = [new ActiveAlert("f", Deployment(), "A", new Dictionary<string, string>(), Noon, Noon)],
            Acquire = new("incident-1", [new("all", 1)], [Deployment()])
        }, Token);

        Assert.Equal(new CommitResult.Conflict(), result);
        Assert.Single(await Journal.EventsAsync(Deployment(), Token));
        Assert.Single(await Inbox.WaitingAsync(0, 10, Token));
        Assert.Empty(await DueWork.DueAsync(DateTimeOffset.MinValue, Noon, 10, Token));
        Assert.Empty((await Journal.AlertChangesAsync(0, Token)).Firing);
        Assert.Empty(await Journal.PermitsAsync(Token));
    }

    [Fact]
    public async Task Commit_OfAnAlertThatIsConsumedAlready_IsAConflictAndLeavesNothing()
    {
        await Inbox.AddAsync([Entry("a"), Entry("b")], Token);
        var ids = (await Inbox.WaitingAsync(0, 10, Token)).Select(row => row.Id).ToArray();
        await Journal.CommitAsync(Commit(Deployment("first"), 0, Event()) with { Consumed = [ids[0]] }, Token);

        Assert.Equal(
            new CommitResult.Conflict(),
            await Journal.CommitAsync(Commit(Deployment("second"), 0, Event()) with { Consumed = ids }, Token));
        Assert.Equal(
            new CommitResult.Conflict(), await Journal.CommitAsync(Commit(Deployment("third"), 0) with { Consumed = [4711] }, Token));
        Assert.Empty(await Journal.EventsAsync(Deployment("second"), Token));
        Assert.Equal(ids[1], Assert.Single(await Inbox.WaitingAsync(0, 10, Token)).Id);
    }

    [Fact]
    public async Task Commits_OfOneAlertAtOnce_ExactlyOneConsumesIt()
    {
        await Inbox.AddAsync([Entry()], Token);
        var id = Assert.Single(await Inbox.WaitingAsync(0, 10, Token)).Id;

        var results = await Task.WhenAll(Enumerable.Range(0, 50)
            .Select(i => Journal.CommitAsync(Commit(Deployment($"r{i}"), 0, Event()) with { Consumed = [id] }, Token)));

        Assert.Single(results, result => result is CommitResult.Committed);
        Assert.Equal(49, results.Count(result => result is CommitResult.Conflict));
    }

    [Fact]
    public async Task Commits_OfOneResourceAtOnce_FollowOnEachOther()
    {
        await Task.WhenAll(Enumerable.Range(0, 50).Select(i => Journal.CommitAsync(Commit(Deployment(), 2 * i, Event(), Event()), Token)));

        var events = await Journal.EventsAsync(Deployment(), Token);
        Assert.Equal(Enumerable.Range(1, 100).Select(i => (long)i), events.Select(e => e.Version));
        Assert.Equal(events.SkipLast(1).Select(e => e.Hash).Prepend(EventHash.None), events.Select(e => e.PreviousHash));
        Assert.Equal("""{"events":100}""", (await Journal.LoadAsync(Deployment(), Token)).Document);
    }

    [Fact]
    public async Task Text_ThatNoDatabaseCanKeep_IsKeptMarked()
    {
        var odd = Event("a\0b\ud83d") with { Actor = "\0", TraceId = "t\0" };
        var row =
            new IncidentRow { Id = "i\0", Resource = Deployment("n\0"), Problem = "p", Status = "s", Summary = "\0", OpenedAt = Noon };

        Assert.IsType<CommitResult.Committed>(
            await Journal.CommitAsync(Commit(Deployment("n\0"), 0, odd) with { Incidents = [row] }, Token));

        var kept = Assert.Single(await Journal.EventsAsync(Deployment("n\0"), Token));
        Assert.Equal(("a\u2400b\ufffd", "\u2400", "t\u2400"), (kept.Payload, kept.Actor, kept.TraceId));
        Assert.Equal("i\u2400", Assert.Single(Store.Audit.Incidents(new())).Id);
        using (var checkpointer = Store.Checkpointer(TimeProvider.System))
            await checkpointer.WriteAsync(Token);
        Assert.Empty(Store.Audit.Verify(Store.Audit.PublicKeyPem(), cancellationToken: Token).Faults);
    }

    [Fact]
    public async Task IncidentsThatNameWhatTheyWaitFor_AreFound_AsLongAsTheyAreOpen()
    {
        var rows = Enumerable.Range(1, 4).Select(i => new IncidentRow
        {
            Id = $"i{i}",
            Resource = Deployment($"r{i}"),
            Problem = "p",
            Status = "held",
            Summary = "",
            OpenedAt = Noon.AddMinutes(-i),
            ClosedAt = i == 3 ? Noon : null,
            WaitsFor = i == 2 ? null : "server db.shop",
        }).ToList();
        foreach (var row in rows)
            await Journal.CommitAsync(Commit(row.Resource, 0, Event()) with { Incidents = [row] }, Token);

        Assert.Equal([rows[3], rows[0]], await ((IIncidentIndex)Journal).WaitingAsync(Token));
        await Journal.CommitAsync(Commit(rows[0].Resource, 1, Event()) with { Incidents = [rows[0] with { WaitsFor = null }] }, Token);
        Assert.Equal([rows[3]], await ((IIncidentIndex)Journal).WaitingAsync(Token));
    }

    [Fact]
    public async Task Commit_WithoutEvents_IsFencedByTheHeadToo()
    {
        await Journal.CommitAsync(Commit(Deployment(), 0, Event()), Token);

        Assert.Equal(new CommitResult.Conflict(), await Journal.CommitAsync(Commit(Deployment(), 0), Token));
        Assert.Equal(
            new CommitResult.Committed(1),
            await Journal.CommitAsync(Commit(Deployment(), 1) with { Document = "{}", DocumentSchema = 4 }, Token));
        Assert.Equal(new ResourceHead(Deployment(), 1, "{}", 4), await Journal.LoadAsync(Deployment(), Token));
    }

    [Fact]
    public async Task Writers_OfOneVersion_ExactlyOneWins()
    {
        var results = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => Journal.CommitAsync(Commit(Deployment(), 0, Event()), Token)));

        Assert.Single(results, result => result is CommitResult.Committed);
        Assert.Equal(49, results.Count(result => result is CommitResult.Conflict));
    }

    [Fact]
    public async Task DueWork_IsTheLastOneCommitted_InOrderOfTime()
    {
        await Journal.CommitAsync(Commit(Deployment("a"), 0) with { Due = Noon.AddSeconds(-1) }, Token);
        await Journal.CommitAsync(Commit(Deployment("b"), 0) with { Due = Noon.AddSeconds(-2) }, Token);
        await Journal.CommitAsync(Commit(Deployment("c"), 0) with { Due = Noon.AddTicks(1) }, Token);
        await Journal.CommitAsync(Commit(Deployment("d"), 0) with { Due = Noon }, Token);
        await Journal.CommitAsync(Commit(Deployment("a"), 0) with { Due = Noon }, Token);
        await Journal.CommitAsync(Commit(Deployment("d"), 0) with { Due = null }, Token);

        Assert.Equal(
            [new(Deployment("b"), Noon.AddSeconds(-2)), new(Deployment("a"), Noon)],
            await DueWork.DueAsync(DateTimeOffset.MinValue, Noon, 10, Token));
        Assert.Equal(Deployment("b"), Assert.Single(await DueWork.DueAsync(DateTimeOffset.MinValue, Noon, 1, Token)).Resource);
    }

    [Fact]
    public async Task WakeUp_ChangesAlone_UnlessSomebodyElseHasDecided()
    {
        await Journal.CommitAsync(Commit(Deployment(), 0, Event()) with { Due = Noon }, Token);
        var head = await Journal.LoadAsync(Deployment(), Token);

        Assert.True(await DueWork.PutAsync(Deployment(), 1, Noon.AddSeconds(-9), Token));
        Assert.False(await DueWork.PutAsync(Deployment(), 2, Noon.AddSeconds(-5), Token));

        Assert.Equal(
            new DueWork(Deployment(), Noon.AddSeconds(-9)),
            Assert.Single(await DueWork.DueAsync(DateTimeOffset.MinValue, Noon, 10, Token)));
        Assert.Equal(head, await Journal.LoadAsync(Deployment(), Token));
        Assert.True(await DueWork.PutAsync(Deployment(), 1, null, Token));
        Assert.Empty(await DueWork.DueAsync(DateTimeOffset.MinValue, Noon, 10, Token));
    }

    [Fact]
    public async Task WakeUps_AreRead_AfterATime()
    {
        foreach (var seconds in Enumerable.Range(0, 5))
            await Journal.CommitAsync(Commit(Deployment($"w{seconds}"), 0, Event()) with { Due = Noon.AddSeconds(seconds) }, Token);

        Assert.Equal(
            ["w2", "w3"], (await DueWork.DueAsync(Noon.AddSeconds(1), Noon.AddSeconds(3), 10, Token)).Select(due => due.Resource.Name));
    }

    [Fact]
    public async Task CommitWithoutEvents_LeavesTheDocumentAsItIs()
    {
        await Journal.CommitAsync(Commit(Deployment(), 0, Event()), Token);
        var head = await Journal.LoadAsync(Deployment(), Token);
        await Inbox.AddAsync([Entry()], Token);

        var row = Assert.Single(await Inbox.WaitingAsync(0, 10, Token));
        Assert.Equal(
            new CommitResult.Committed(1),
            await Journal.CommitAsync(Commit(Deployment(), 1) with { Document = null, Consumed = [row.Id] }, Token));

        Assert.Equal(head, await Journal.LoadAsync(Deployment(), Token));
        Assert.Empty(await Inbox.WaitingAsync(0, 10, Token));
    }
}
