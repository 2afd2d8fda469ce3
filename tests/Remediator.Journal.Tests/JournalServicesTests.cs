using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Remediator.Core.Journal;
using Remediator.Journal.Audit;
using Remediator.Journal.Settings;
using static Remediator.Journal.Tests.Samples;

namespace Remediator.Journal.Tests;

public sealed class JournalServicesTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("wired-");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Host_OpensTheStoreAndLeavesNothingUnanchored()
    {
        using (var host = Build(_folder.FullName))
        {
            await host.StartAsync(Token);
            Assert.True(File.Exists(Path.Combine(_folder.FullName, "journal.db")));
            await host.Services.GetRequiredService<IInbox>().AddAsync([Entry()], Token);
            await host.Services.GetRequiredService<IJournal>().CommitAsync(Commit(Deployment(), 0, Event()), Token);
            Assert.Empty(await host.Services.GetRequiredService<IDueWork>().DueAsync(DateTimeOffset.MinValue, Noon, 1, Token));
            await host.StopAsync(Token);
        }

        var audit = new JournalAudit(_folder.FullName);
        var report = audit.Verify(audit.PublicKeyPem(), cancellationToken: Token);
        Assert.Equal((true, 1, 0), (report.Ok, report.Entries, report.UnanchoredEntries));
        Assert.False(File.Exists(Path.Combine(_folder.FullName, "journal.db-wal")));
    }

    [Fact]
    public async Task Host_OnAFolderInUse_DoesNotStart()
    {
        using var first = Build(_folder.FullName);
        await first.StartAsync(Token);
        using var second = Build(_folder.FullName);

        await Assert.ThrowsAsync<StoreUnavailableException>(() => second.StartAsync(Token));
        await first.StopAsync(Token);
    }

    [Fact]
    public async Task Settings_ThatAreWrong_AreToldAllAtOnce()
    {
        using var host = Build("", options => (options.BatchSize, options.QueueLimit, options.CheckpointInterval) = (0, 0, TimeSpan.Zero));

        var e = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync(Token));

        Assert.Equal(
            [
                "DataFolder: Journal:DataFolder is missing: name the folder that keeps the journal.",
                "CheckpointInterval: The field JournalOptions.CheckpointInterval must be between 00:00:01 and 1.00:00:00.",
                "QueueLimit: The field JournalOptions.QueueLimit must be between 1 and 1000000.",
                "BatchSize: The field JournalOptions.BatchSize must be between 1 and 10000."
            ], e.Failures);
    }

    [Theory]
    [InlineData("Host=db;Database=d;Username=u;Password=secret", "",
        "Journal:Postgres must not contain the password: settings are shown and copied. Put it into a file, and set "
            + "Journal:PostgresPasswordFile.")]
    [InlineData("Host=db;Database=d", "", "Journal:Postgres must name Host, Database and Username.")]
    [InlineData("", "/run/secret", "Journal:PostgresPasswordFile is set, but Journal:Postgres names no database.")]
    [InlineData("Hots=db", "",
        "Journal:Postgres is not a connection string such as 'Host=db.example;Database=remediator;Username=remediator': "
            + "Couldn't set hots (Parameter 'hots')")]
    public async Task Postgres_ThatIsSetWrong_IsToldInWords(string connection, string passwordFile, string words)
    {
        using var host = Build(_folder.FullName, options => (options.Postgres, options.PostgresPasswordFile) = (connection, passwordFile));

        Assert.Equal([words], (await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync(Token))).Failures);
    }

    /// <summary>Nothing would be archived, and whoever set it would wait for it for ever.</summary>
    [Fact]
    public async Task TimeToKeep_WithADatabase_AndWithoutAFolderForTheRest_IsRefused_AndWithOneIsNot()
    {
        const string Connection = "Host=127.0.0.1;Port=1;Database=d;Username=u";
        using var without = Build(_folder.FullName, o => (o.Postgres, o.KeepFor) = (Connection, TimeSpan.FromDays(60)));

        var e = await Assert.ThrowsAsync<OptionsValidationException>(() => without.StartAsync(Token));

        Assert.Equal(
            "Journal:KeepFor is 60.00:00:00, but with PostgreSQL nothing is archived, and so nothing is deleted, without a "
                + "folder: set Journal:ArchiveFolder to a persistent volume, or leave Journal:KeepFor out, and all entries stay "
                + "in the database.",
            Assert.Single(e.Failures));
        using var with = Build(
            _folder.FullName, o => (o.Postgres, o.KeepFor, o.ArchiveFolder) = (Connection, TimeSpan.FromDays(60), _folder.FullName));
        using var unset = Build(_folder.FullName, o => o.Postgres = Connection);
        foreach (var host in (IHost[])[with, unset])
            Assert.Contains(
                "cannot be reached", (await Assert.ThrowsAsync<StoreUnavailableException>(() => host.StartAsync(Token))).Message,
                StringComparison.Ordinal);
    }

    [Fact]
    public async Task Members_AreOfAStoreThatIsShared()
    {
        using var host = Build(_folder.FullName);
        await host.StartAsync(Token);

        Assert.Null(host.Services.GetService<IMembers>());
        Assert.True(await host.Services.GetRequiredService<ILeases>().HoldAsync("pump", "a", TimeSpan.Zero, Token));
        Assert.True(await host.Services.GetRequiredService<ILeases>().HoldAsync("pump", "b", TimeSpan.Zero, Token));
        await host.StopAsync(Token);
    }

    [Fact]
    public async Task Metrics_TellCommitsAndWhatWaits()
    {
        using var host = Build(_folder.FullName);
        var (commits, waiting) = (0L, 0L);
        using var listener = new MeterListener();
        var meters = host.Services.GetRequiredService<IMeterFactory>();
        listener.InstrumentPublished = (instrument, l) =>
        {
            if (instrument.Meter.Name == "Remediator.Journal" && instrument.Meter.Scope == meters)
                l.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, _, _) =>
        {
            if (instrument.Name == "remediator.journal.commits")
                Interlocked.Add(ref commits, value);
            else if (instrument.Name == "remediator.inbox.waiting")
                waiting = value;
        });
        listener.Start();
        await host.StartAsync(Token);
        await host.Services.GetRequiredService<IInbox>().AddAsync([Entry("a"), Entry("b")], Token);
        await host.Services.GetRequiredService<IJournal>().CommitAsync(Commit(Deployment(), 0, Event()) with { Consumed = [1] }, Token);
        listener.RecordObservableInstruments();

        Assert.Equal((2, 1), (commits, waiting));
        await host.StopAsync(Token);
    }

    [Fact]
    public async Task TenThousandAlerts_AtOnce_AreKeptAndConsumedOnce()
    {
        using var host = Build(_folder.FullName);
        await host.StartAsync(Token);
        var (inbox, journal) = (host.Services.GetRequiredService<IInbox>(), host.Services.GetRequiredService<IJournal>());
        var added = await Task.WhenAll(Enumerable.Range(0, 5000).Select(i => inbox.AddAsync([Entry($"f{i}"), Entry($"g{i}")], Token)));
        Assert.Equal(10_000, added.Sum());

        for (var rows = await inbox.WaitingAsync(0, 1000, Token); rows.Count > 0; rows = await inbox.WaitingAsync(rows[^1].Id, 1000, Token))
            await Task.WhenAll(rows.Select(row => journal.CommitAsync(
                Commit(Deployment(row.Alert.Fingerprint), 0, Event()) with { Consumed = [row.Id], Due = Noon }, Token)));

        Assert.Empty(await inbox.WaitingAsync(0, 1, Token));
        Assert.Equal(
            10_000, (await host.Services.GetRequiredService<IDueWork>().DueAsync(DateTimeOffset.MinValue, Noon, 20_000, Token)).Count);
        await host.StopAsync(Token);
        var audit = new JournalAudit(_folder.FullName);
        var report = audit.Verify(audit.PublicKeyPem(), cancellationToken: Token);
        Assert.Equal((true, 10_000, 10_000, 0), (report.Ok, report.Entries, report.Resources, report.UnanchoredEntries));
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private static IHost Build(string folder, Action<JournalOptions>? configure = null)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddJournal(options =>
        {
            options.DataFolder = folder;
            configure?.Invoke(options);
        });
        return builder.Build();
    }
}
