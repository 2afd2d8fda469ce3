using Remediator.Core.Journal;
using Remediator.Journal.Tests.Conformance;

namespace Remediator.Journal.Tests.Sqlite;

public sealed class SqliteJournalConformance : JournalConformance, IDisposable
{
    private readonly TestStore _store = new();

    protected override IJournal Journal => _store.Journal;
    protected override IInbox Inbox => _store.Inbox;
    protected override IDueWork DueWork => _store.DueWork;

    public void Dispose() => _store.Dispose();
}

public sealed class SqlitePermitConformance : PermitConformance, IDisposable
{
    private readonly TestStore _store = new();

    protected override IJournal Journal => _store.Journal;
    protected override IInbox Inbox => _store.Inbox;
    protected override IDueWork DueWork => _store.DueWork;

    public void Dispose() => _store.Dispose();
}

public sealed class SqliteInboxConformance : InboxConformance, IDisposable
{
    private readonly TestStore _store = new();

    protected override IJournal Journal => _store.Journal;
    protected override IInbox Inbox => _store.Inbox;
    protected override IDueWork DueWork => _store.DueWork;

    public void Dispose() => _store.Dispose();
}
