using System.Diagnostics;
using System.Text.RegularExpressions;
using Remediator.Core.Journal;
using Remediator.Core.Resources;
using Remediator.Journal.Audit;

namespace Remediator.Journal.Tests.Sqlite;

/// <summary>A process of its own, killed with SIGKILL in the middle of its work.</summary>
public sealed partial class CrashTests : IDisposable
{
    private const int Alerts = 400;
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("crash-");

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
        var journal = new JournalAudit(_folder.FullName);
        var crashed = _folder.GetFiles().Select(file => file.Name).Order().ToArray();
        Assert.Empty(journal.Verify(journal.PublicKeyPem(), cancellationToken: TestContext.Current.CancellationToken).Faults);
        Assert.Equal(crashed, _folder.GetFiles().Select(file => file.Name).Order());

        using var store = new TestStore(_folder.FullName);
        var token = TestContext.Current.CancellationToken;
        var waiting = (await store.Inbox.WaitingAsync(0, Alerts, token)).Select(row => int.Parse(row.Alert.Fingerprint)).ToHashSet();
        foreach (var alert in said.Taken.Except(waiting))
            Assert.Equal(2, (await store.Journal.LoadAsync(Resource(alert), token)).Version);
        Assert.Empty(said.Done.Intersect(waiting));
        var due = await store.DueWork.DueAsync(Samples.Noon, Alerts, token);
        Assert.Equal(2 * due.Count, store.Audit.Verify(store.Audit.PublicKeyPem(), cancellationToken: token).Entries);
        Assert.Empty(said.Done.Except(due.Select(work => int.Parse(work.Resource.Name))));
        Assert.Equal(new CommitResult.Committed(1), await store.Journal.CommitAsync(Samples.Commit(Samples.Deployment(), 0, Samples.Event()), token));
    }

    [Fact]
    public async Task SecondProcess_OnOneFolder_IsRefusedInWords()
    {
        using var store = new TestStore(_folder.FullName);

        var (_, exitCode, errors) = await StartWriterAsync(failpoint: null);

        Assert.NotEqual(0, exitCode);
        Assert.Contains(
            $"The data folder {_folder.FullName} is in use by another running Remediator, which holds {_folder.FullName}/data.lock. "
            + "Stop that one, or give this one a folder of its own (Journal:DataFolder).", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Process_ThatWasNotKilled_LeavesNothingUnanchored()
    {
        var (said, exitCode) = await RunWriterAsync(failpoint: null);

        Assert.Equal((0, Alerts, Alerts), (exitCode, said.Taken.Count, said.Done.Count));
        var journal = new JournalAudit(_folder.FullName);
        var report = journal.Verify(journal.PublicKeyPem(), cancellationToken: TestContext.Current.CancellationToken);
        Assert.Empty(report.Faults);
        Assert.Equal((2 * Alerts, Alerts, 0), (report.Entries, report.Resources, report.UnanchoredEntries));
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private static ResourceKey Resource(int alert) => new("prod", "deployment", "shop", $"{alert}");

    private async Task<((HashSet<int> Taken, HashSet<int> Done) Said, int ExitCode)> RunWriterAsync(string? failpoint)
    {
        var (said, exitCode, _) = await StartWriterAsync(failpoint);
        return ((Numbers("taken"), Numbers("done")), exitCode);

        HashSet<int> Numbers(string word) => [.. SaidLine().Matches(said).Where(m => m.Groups[1].Value == word).Select(m => int.Parse(m.Groups[2].Value))];
    }

    private async Task<(string Said, int ExitCode, string Errors)> StartWriterAsync(string? failpoint)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "Remediator.Journal.Writer.dll"), _folder.FullName, $"{Alerts}"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true
        };
        if (failpoint is not null)
            start.Environment[Failpoint.Variable] = failpoint;
        using var process = Process.Start(start)!;
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        deadline.CancelAfter(TimeSpan.FromSeconds(90));
        try
        {
            var said = process.StandardOutput.ReadToEndAsync(deadline.Token);
            var errors = process.StandardError.ReadToEndAsync(deadline.Token);
            await process.WaitForExitAsync(deadline.Token);
            return (await said, process.ExitCode, await errors);
        }
        finally
        {
            if (!process.HasExited)
                process.Kill();
        }
    }

    [GeneratedRegex(@"^(taken|done) (\d+)$", RegexOptions.Multiline)]
    private static partial Regex SaidLine();
}
