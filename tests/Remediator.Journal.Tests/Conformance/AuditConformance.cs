using Microsoft.Extensions.Time.Testing;
using Remediator.Core.Journal;
using Remediator.Core.Resources;
using Remediator.Journal.Audit;
using Remediator.Journal.Tests.Audit;
using static Remediator.Journal.Tests.Samples;

namespace Remediator.Journal.Tests.Conformance;

public abstract class AuditConformance(PostgresDatabase? database) : StoreConformance(database)
{
    private JournalAudit Audit => Store.Audit;

    [Fact]
    public async Task Incidents_AreFiltered_NewestFirst()
    {
        await OpenAsync("0001", "api", "open", 0);
        await OpenAsync("0002", "web", "resolved", 1);
        await OpenAsync("0003", "web", "open", 2);

        Assert.Equal(["0003", "0002", "0001"], Ids(new()));
        Assert.Equal(["0003", "0001"], Ids(new() { Status = "Open" }));
        Assert.Equal(["0003", "0002"], Ids(new() { Resource = "deployment/shop/web" }));
        Assert.Equal(["0003", "0002"], Ids(new() { Resource = "web" }));
        Assert.Empty(Ids(new() { Resource = "eb" }));
        Assert.Equal(["0001"], Ids(new() { Resource = Deployment("api").ToString() }));
        Assert.Equal(["0003", "0002"], Ids(new() { Since = Noon.AddMinutes(1) }));
        Assert.Equal(["0003"], Ids(new() { Limit = 1 }));
        Assert.Equal(Row("0002", "web", "resolved", 1), Audit.Incidents(new() { Status = "resolved" })[0]);
    }

    /// <summary>A namespace whose incidents are older than as many as are listed, of others.</summary>
    [Fact]
    public async Task Incidents_OfANamespace_AreChosenBeforeTheLimit()
    {
        await OpenAsync("0001", new ResourceKey("test", "deployment", "team-a", "api"), 0);
        await OpenAsync("0002", new ResourceKey("test", "deployment", "a/b c", "api"), 1, closed: true);
        await OpenAsync("0003", new ResourceKey("test", "node", "", "team-a"), 2);
        for (var i = 4; i < 10; i++)
            await OpenAsync($"000{i}", new ResourceKey("team-a", "team-a", "team-b", $"team-a{i}"), i);

        Assert.Equal(["0001"], Ids(new() { Namespace = "team-a", Limit = 3 }));
        Assert.Equal(["0001"], Ids(new() { Namespace = "team-a", Open = true, Status = "open", Resource = "api" }));
        Assert.Equal(["0002"], Ids(new() { Namespace = "a/b c", Limit = 3 }));
        Assert.Empty(Ids(new() { Namespace = "a/b c", Open = true }));
        Assert.Equal(["0003"], Ids(new() { Namespace = "" }));
        Assert.Empty(Ids(new() { Namespace = "team" }));
    }

    [Fact]
    public async Task Incident_IsFoundByABeginningThatOnlyItHas_WithItsEvents()
    {
        await OpenAsync("0a1", "api", "open", 0);
        await OpenAsync("0a1b", "web", "open", 1);
        await OpenAsync("0c", "db", "open", 2);

        var found = Assert.IsType<IncidentLookup.Found>(Audit.Incident("0c"));
        Assert.Equal(("0c", Deployment("db")), (found.Incident.Id, Assert.Single(found.Events).Resource));
        Assert.Equal("0a1", Assert.IsType<IncidentLookup.Found>(Audit.Incident("0a1")).Incident.Id);
        Assert.Equal("0a1b", Assert.IsType<IncidentLookup.Found>(Audit.Incident("0a1b")).Incident.Id);
        Assert.Equal(["0a1", "0a1b"], Assert.IsType<IncidentLookup.Ambiguous>(Audit.Incident("0a")).Ids);
        Assert.IsType<IncidentLookup.NotFound>(Audit.Incident("%"));
    }

    [Fact]
    public async Task OpenIncidents_OfSomeKinds_AreThoseOfThatKindAlone_OldestFirst()
    {
        await OpenAsync("0001", new("test", "node", "", "n1"), 1);
        await OpenAsync("0002", new("test", "zone", "", "node/a"), 0);
        await OpenAsync("0003", new("node", "deployment", "node", "node"), 2);
        await OpenAsync("0004", new("test", "node", "", "n2"), 3, closed: true);

        var index = new StoreJournal(Store.Store);

        Assert.Equal(["0002", "0001"], (await index.OpenAsync(["node", "zone"], Token)).Select(r => r.Id));
        Assert.Equal(new ResourceKey("test", "node", "", "n1"), Assert.Single(await index.OpenAsync(["node"], Token)).Resource);
        Assert.Empty(await index.OpenAsync(["cluster"], Token));
    }

    [Fact]
    public async Task DeadLetters_AreThoseRejectedOnceAndThosePoisoned_NewestFirst()
    {
        var rejected = new RejectedEntry("alertmanager", "{\"labels\":7}", "labels: not an object", "trace-2", Noon);
        await Inbox.RejectAsync([rejected], Token);
        await Inbox.RejectAsync([rejected, rejected with { Text = "other" }], Token);
        await Inbox.AddAsync([Entry()], Token);
        var id = (await Inbox.WaitingAsync(0, 1, Token))[0].Id;
        await Inbox.CountAttemptAsync(id, Token);
        await Inbox.DeadLetterAsync(id, "it failed five times", Token);
        await Inbox.DeadLetterAsync(id, "again", Token);

        Assert.Empty((await new StoreHealth(Store.Store).CheckAsync(Token)).Problem);
        Assert.Equal(3, Store.Metrics.DeadLetters);
        var letters = Audit.DeadLetters();

        Assert.Equal(["it failed five times", "labels: not an object", "labels: not an object"], letters.Select(letter => letter.Reason));
        Assert.Equal((1, "trace-1", Noon), (letters[0].Attempts, letters[0].TraceId, letters[0].ReceivedAt));
        Assert.Contains("KubePodCrashLooping", letters[0].Text, StringComparison.Ordinal);
        Assert.Equal(["other", "{\"labels\":7}"], letters.Skip(1).Select(letter => letter.Text));
        Assert.Equal(0, Store.Metrics.InboxWaiting);
    }

    [Fact]
    public async Task Export_WhileTheServerWrites_IsOneMoment()
    {
        using var store = await AuditedStore.CreateAsync(Database);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var writing = Task.Run(async () =>
        {
            for (var version = 0; !stop.IsCancellationRequested; version++)
            {
                await store.CommitAsync("busy", version, Event());
                if (version % 7 == 0)
                    await store.CheckpointAsync();
            }
        }, Token);
        for (var i = 0; i < 10; i++)
            Assert.Empty((await store.VerifyAsync(store.Export())).Faults);
        await stop.CancelAsync();
        await writing;
    }

    [Fact]
    public async Task Store_BesideItsServer_IsVerifiedLikeItsExport()
    {
        using var store = await AuditedStore.CreateAsync(Database);

        foreach (var report in new[] {
            store.Audit.Verify(store.PublicKey, cancellationToken: Token),
            await store.VerifyAsync(store.Export()) })
        {
            Assert.Empty(report.Faults);
            Assert.Equal((9, 4, 2, 2), (report.Entries, report.Resources, report.Checkpoints, report.UnanchoredEntries));
        }
    }

    [Fact]
    public async Task Events_OfSomeTypes_ComeInOrder_AfterASequenceAndSinceATime()
    {
        NewEvent Of(string type) => Event() with { Type = type };
        await Journal.CommitAsync(
            Commit(Deployment("api"), 0, Of("run-started"), Of("held"), Of("run-ended")) with { At = Noon.AddDays(-40) }, Token);
        await Journal.CommitAsync(Commit(Deployment("web"), 0, Of("held"), Of("run-started"), Of("run-ended")), Token);

        Task<EventPage> Read(long after) => Journal.EventsAsync(["run-started", "run-ended"], after, Noon.AddDays(-1), Token);
        Assert.Equal([5, 6], (await Read(0)).Events.Select(e => e.Sequence));
        Assert.Equal("run-ended", Assert.Single((await Read(5)).Events).Type);
        Assert.Equal((6, true), (await Read(6) is var end ? end.Seen : 0, end.IsLast));
        Assert.Equal([1, 3, 5, 6], Audit.Events(["run-started", "run-ended"], DateTimeOffset.MinValue).Select(e => e.Sequence));
    }

    [Fact]
    public async Task Events_ThatAreRare_AreFoundInBoundedSteps_BegunAtTheCheckpointOfTheWindow()
    {
        NewEvent Of(string type) => Event() with { Type = type };
        var time = new FakeTimeProvider(Noon.AddDays(-40));
        await Journal.CommitAsync(
            Commit(Deployment("old"), 0, [.. Enumerable.Repeat(Of("run-started"), 7_000)]) with { At = time.GetUtcNow() }, Token);
        using (var checkpointer = Store.Checkpointer(time))
            await checkpointer.WriteAsync(Token);
        await Journal.CommitAsync(Commit(Deployment("api"), 0, [.. Enumerable.Repeat(Of("held"), 11_000), Of("run-started")]), Token);

        var pages = new List<EventPage>();
        while (pages.LastOrDefault() is not { IsLast: true })
            pages.Add(await Journal.EventsAsync(["run-started"], pages.LastOrDefault()?.Seen ?? 0, Noon.AddDays(-30), Token));

        Assert.Equal([12_000, 17_000, 18_001], pages.Select(p => p.Seen));
        Assert.Equal([0, 0, 1], pages.Select(p => p.Events.Count));
    }

    private string[] Ids(IncidentFilter filter) => [.. Audit.Incidents(filter).Select(row => row.Id)];

    private async Task OpenAsync(string id, string name, string status, int minute)
    {
        var head = await Journal.LoadAsync(Deployment(name), Token);
        await Journal.CommitAsync(
            Commit(Deployment(name), head.Version, Event(incident: id)) with { Incidents = [Row(id, name, status, minute)] }, Token);
    }

    private Task<CommitResult> OpenAsync(string id, ResourceKey resource, int minute, bool closed = false) => Journal.CommitAsync(
        Commit(
            resource,
            0,
            Event(incident: id)) with { Incidents = [Row(id, "", closed ? "resolved" : "open", minute) with { Resource = resource }] },
        Token);

    private static IncidentRow Row(string id, string name, string status, int minute) => new()
    {
        Id = id,
        Resource = Deployment(name),
        Problem = "restart-loop",
        Status = status,
        Summary = "it restarts",
        OpenedAt = Noon.AddMinutes(minute),
        ClosedAt = status == "resolved" ? Noon.AddHours(1) : null
    };
}
