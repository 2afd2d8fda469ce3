using Remediator.Core.Journal;
using Remediator.Core.Resources;
using Remediator.Journal.Audit;

namespace Remediator.Journal.Tests.Conformance;

/// <summary>A process of its own, killed with SIGKILL in the middle of its work.</summary>
public abstract class CrashConformance(PostgresDatabase? database) : IAsyncLifetime
{
    private const int Alerts = 400;
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("crash-");

    public async ValueTask InitializeAsync()
    {
        if (database is not null)
            await database.ClearAsync();
    }

    [Theory]
    [InlineData("mid-group-commit:3", false)]
    [InlineData("mid-group-commit:300", false)]
    [InlineData("mid-group-commit:601", true)]
    [InlineData("after-commit:5", false)]
    [InlineData("after-inbox-commit:150", false)]
    public async Task WhatWasAcknowledged_IsThereAfterTheCrash_AndNothingByHalves(string failpoint, bool inCommits)
    {
        var (said, exitCode) = await RunWriterAsync(failpoint);

        Assert.Equal(128 + 9, exitCode);
        Assert.Equal(inCommits, said.Done.Count > 0 || said.Taken.Count == Alerts);
        var journal = database is null
            ? new JournalAudit(_folder.FullName)
            : new JournalAudit(_folder.FullName, database.Connection, database.PasswordFile);
        var crashed = _folder.GetFiles().Select(file => file.Name).Order().ToArray();
        Assert.Empty(journal.Verify(journal.PublicKeyPem(), cancellationToken: TestContext.Current.CancellationToken).Faults);
        Assert.Equal(crashed, _folder.GetFiles().Select(file => file.Name).Order());

        using var store = new TestStore(_folder.FullName, database: database);
        var token = TestContext.Current.CancellationToken;
        var waiting = (await store.Inbox.WaitingAsync(0, Alerts, token)).Select(row => int.Parse(row.Alert.Fingerprint)).ToHashSet();
        foreach (var alert in said.Taken.Except(waiting))
            Assert.Equal(2, (await store.Journal.LoadAsync(Resource(alert), token)).Version);
        Assert.Empty(said.Done.Intersect(waiting));
        var due = await store.DueWork.DueAsync(DateTimeOffset.MinValue, Samples.Noon, Alerts, token);
        Assert.Equal(2 * due.Count, store.Audit.Verify(store.Audit.PublicKeyPem(), cancellationToken: token).Entries);
        Assert.Empty(said.Done.Except(due.Select(work => int.Parse(work.Resource.Name))));
        Assert.Equal(
            new CommitResult.Committed(1),
            await store.Journal.CommitAsync(Samples.Commit(Samples.Deployment(), 0, Samples.Event()), token));
    }

    [Fact]
    public async Task SecondProcess_OnOneFolder_IsRefusedInWords()
    {
        using var store = new TestStore(_folder.FullName, database: database);

        using var writer = new WriterProcess(_folder.FullName, Alerts, database);
        await writer.EndAsync();

        Assert.NotEqual(0, writer.ExitCode);
        Assert.Contains(
            $"The data folder {_folder.FullName} is in use by another running Remediator, which holds {_folder.FullName}/data.lock. "
            + "Stop that one, or give this one a folder of its own (Journal:DataFolder).", writer.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Process_ThatWasNotKilled_LeavesNothingUnanchored()
    {
        var (said, exitCode) = await RunWriterAsync(failpoint: null);

        Assert.Equal((0, Alerts, Alerts), (exitCode, said.Taken.Count, said.Done.Count));
        using var store = new TestStore(_folder.FullName, database: database);
        var report = store.Audit.Verify(store.Audit.PublicKeyPem(), cancellationToken: TestContext.Current.CancellationToken);
        Assert.Empty(report.Faults);
        Assert.Equal((2 * Alerts, Alerts, 0), (report.Entries, report.Resources, report.UnanchoredEntries));
    }

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        _folder.Delete(recursive: true);
        return ValueTask.CompletedTask;
    }

    private static ResourceKey Resource(int alert) => new("prod", "deployment", "shop", $"{alert}");

    private async Task<((HashSet<int> Taken, HashSet<int> Done) Said, int ExitCode)> RunWriterAsync(string? failpoint)
    {
        using var writer = new WriterProcess(_folder.FullName, Alerts, database, failpoint);
        await writer.EndAsync();
        return ((writer.Said("taken"), writer.Said("done")), writer.ExitCode);
    }
}
