using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Remediator.Core.Journal;
using Remediator.Journal.Audit;
using Remediator.Journal.Checkpoints;
using Remediator.Journal.Settings;
using Remediator.Journal.Storage;

namespace Remediator.Journal.Tests;

/// <summary>A store of its own in a folder of its own, gone with the test.</summary>
internal sealed class TestStore : IDisposable
{
    private readonly bool _ownsFolder;
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private Store? _store;

    public TestStore(string? folder = null, Action<JournalOptions>? configure = null, PostgresDatabase? database = null)
    {
        _ownsFolder = folder is null;
        Folder = folder ?? Directory.CreateTempSubdirectory("journal-").FullName;
        Options = new JournalOptions { DataFolder = Folder };
        if (database is not null)
            (Options.Postgres, Options.PostgresPasswordFile) = (database.Connection, database.PasswordFile);
        configure?.Invoke(Options);
        Open();
    }

    public string Folder { get; }

    public string File => JournalFolder.StoreFile(Folder);

    public JournalOptions Options { get; }

    public JournalMetrics Metrics { get; private set; } = null!;

    public Store Store => _store ?? throw new InvalidOperationException("The store is closed.");

    public IJournal Journal => new StoreJournal(Store);

    public IInbox Inbox => new StoreInbox(Store, TimeProvider.System);

    public IDueWork DueWork => new StoreDueWork(Store);

    public JournalAudit Audit => new(Folder, Options.Postgres, Options.PostgresPasswordFile);

    public Checkpointer Checkpointer(TimeProvider time) =>
        new(Store, Microsoft.Extensions.Options.Options.Create(Options), time, NullLogger<Checkpointer>.Instance);

    public void Open()
    {
        Metrics = new JournalMetrics(_services.GetRequiredService<IMeterFactory>());
        _store = JournalServices.Open(Options, Metrics, NullLogger<Store>.Instance);
    }

    public void Close()
    {
        _store?.Dispose();
        _store = null;
    }

    public void Dispose()
    {
        Close();
        _services.Dispose();
        if (_ownsFolder)
            Directory.Delete(Folder, recursive: true);
    }
}
