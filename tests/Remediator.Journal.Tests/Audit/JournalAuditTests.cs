using Remediator.Core.Journal;
using Remediator.Journal.Audit;
using static Remediator.Journal.Tests.Samples;

namespace Remediator.Journal.Tests.Audit;

public sealed class JournalAuditTests : IDisposable
{
    private readonly TestStore _store = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private JournalAudit Audit => new(_store.Folder);

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
    public async Task DeadLetters_AreThoseRejectedOnceAndThosePoisoned_NewestFirst()
    {
        var rejected = new RejectedEntry("alertmanager", "{\"labels\":7}", "labels: not an object", "trace-2", Noon);
        await _store.Inbox.RejectAsync([rejected], Token);
        await _store.Inbox.RejectAsync([rejected, rejected with { Text = "other" }], Token);
        await _store.Inbox.AddAsync([Entry()], Token);
        var id = (await _store.Inbox.WaitingAsync(0, 1, Token))[0].Id;
        await _store.Inbox.CountAttemptAsync(id, Token);
        await _store.Inbox.DeadLetterAsync(id, "it failed five times", Token);
        await _store.Inbox.DeadLetterAsync(id, "again", Token);

        var letters = Audit.DeadLetters();

        Assert.Equal(["it failed five times", "labels: not an object", "labels: not an object"], letters.Select(letter => letter.Reason));
        Assert.Equal((1, "trace-1", Noon), (letters[0].Attempts, letters[0].TraceId, letters[0].ReceivedAt));
        Assert.Contains("KubePodCrashLooping", letters[0].Text, StringComparison.Ordinal);
        Assert.Equal(["other", "{\"labels\":7}"], letters.Skip(1).Select(letter => letter.Text));
        Assert.Equal(0, _store.Metrics.InboxWaiting);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Audit_LeavesTheFolderAsItWas(bool serverRuns)
    {
        using var store = await AuditedStore.CreateAsync();
        if (!serverRuns)
            store.Store.Close();
        var before = Files(store.Store.Folder);

        Assert.Empty(store.Audit.Incidents(new()));
        Assert.True(store.Audit.Verify(store.PublicKey, cancellationToken: Token).Ok);
        Assert.NotEmpty(store.Export());

        Assert.Equal(before, Files(store.Store.Folder));
        if (!serverRuns)
            store.Store.Open();
        await store.CommitAsync("a", 4, Event());
    }

    [Fact]
    public async Task Export_WhileTheServerWrites_IsOneMoment()
    {
        using var store = await AuditedStore.CreateAsync();
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
    public void Folder_WithoutAStore_IsSaidInWords()
    {
        var folder = Directory.CreateTempSubdirectory("empty-").FullName;
        var audit = new JournalAudit(folder);

        Assert.Equal(
            $"There is no journal in {folder} (no journal.db). Name the data folder of a server that has run (Journal:DataFolder).",
            Assert.Throws<StoreUnavailableException>(() => audit.Incidents(new())).Message);
        Assert.StartsWith($"There is no public key {folder}/checkpoint-key.pub.pem", Assert.Throws<StoreUnavailableException>(audit.PublicKeyPem).Message, StringComparison.Ordinal);
        File.WriteAllText(Path.Combine(folder, "journal.db"), "");
        Assert.Equal($"{folder}/journal.db is not a journal of Remediator.", Assert.Throws<StoreUnavailableException>(() => audit.Incidents(new())).Message);
        Assert.Single(Directory.GetFiles(folder));
        Directory.Delete(folder, recursive: true);
    }

    public void Dispose() => _store.Dispose();

    private string[] Ids(IncidentFilter filter) => [.. Audit.Incidents(filter).Select(row => row.Id)];

    private async Task OpenAsync(string id, string name, string status, int minute)
    {
        var head = await _store.Journal.LoadAsync(Deployment(name), Token);
        await _store.Journal.CommitAsync(Commit(Deployment(name), head.Version, Event(incident: id)) with { Incidents = [Row(id, name, status, minute)] }, Token);
    }

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

    private static (string, long, DateTime)[] Files(string folder) =>
        [.. new DirectoryInfo(folder).GetFiles().Where(file => !file.Name.EndsWith("-shm", StringComparison.Ordinal)).Select(file => (file.Name, file.Length, file.LastWriteTimeUtc)).Order()];
}
