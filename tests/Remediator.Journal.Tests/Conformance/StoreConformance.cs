using Remediator.Core.Journal;

namespace Remediator.Journal.Tests.Conformance;

/// <summary>What every engine of the store must do; derived once for each.</summary>
public abstract class StoreConformance
{
    protected static CancellationToken Token => TestContext.Current.CancellationToken;

    protected abstract IJournal Journal { get; }

    protected abstract IInbox Inbox { get; }

    protected abstract IDueWork DueWork { get; }
}
