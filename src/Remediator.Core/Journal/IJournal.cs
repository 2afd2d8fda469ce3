using Remediator.Core.Alerts;
using Remediator.Core.Resources;

namespace Remediator.Core.Journal;

/// <summary>The engine's memory: each <see cref="CommitAsync"/> is one transaction, or nothing.</summary>
public interface IJournal
{
    /// <summary>The resource's head, or version 0 with no document where nothing is known of it.</summary>
    Task<ResourceHead> LoadAsync(ResourceKey resource, CancellationToken cancellationToken);

    /// <summary>All events of one resource in order, to rebuild a document of another schema.</summary>
    Task<IReadOnlyList<JournalEvent>> EventsAsync(ResourceKey resource, CancellationToken cancellationToken);

    /// <summary>
    /// Three outcomes: it is written (or refused in words, see <see cref="CommitResult"/>), it is certainly not written because of its
    /// values, or nobody knows.
    /// </summary>
    /// <exception cref="ValuesRefusedException">Certainly not written: the store cannot keep these values.</exception>
    /// <exception cref="StoreUnavailableException">
    /// The store is busy, full, read-only or away; whether this was committed is unknown.
    /// </exception>
    Task<CommitResult> CommitAsync(Commit commit, CancellationToken cancellationToken);

    /// <summary>
    /// The next events of some types, of all resources, in the order of the journal. One question looks at a bounded number of entries.
    /// </summary>
    /// <param name="after">The sequence up to which was looked before; 0 to begin with the first entry that may be as young.</param>
    /// <param name="since">Nothing older.</param>
    Task<EventPage> EventsAsync(IReadOnlyList<string> types, long after, DateTimeOffset since, CancellationToken cancellationToken);

    /// <summary>All that is held now: for the guards, which the transaction checks again.</summary>
    Task<Holdings> HeldAsync(CancellationToken cancellationToken);

    /// <summary>Every place that is taken now.</summary>
    Task<IReadOnlyList<Permit>> PermitsAsync(CancellationToken cancellationToken);

    /// <summary>Every alert of a source that fires now.</summary>
    Task<IReadOnlyList<ActiveAlert>> ActiveOfAsync(string source, CancellationToken cancellationToken);

    /// <summary>Those of these ids that fire now.</summary>
    Task<IReadOnlyList<ActiveAlert>> ActiveAsync(IReadOnlyList<string> ids, CancellationToken cancellationToken);

    /// <summary>What has changed of the active alerts since a version that was given before; since 0, all of them.</summary>
    Task<AlertChanges> AlertChangesAsync(long since, CancellationToken cancellationToken);
}

/// <summary>Where alerts wait, durable, until their resource's grain has consumed them.</summary>
public interface IInbox
{
    /// <summary>Adds all entries or none. Those whose dedupe key waits already are known duplicates.</summary>
    /// <returns>How many were new.</returns>
    /// <exception cref="ValuesRefusedException">None was kept: the store cannot keep the values of one of them.</exception>
    /// <exception cref="StoreUnavailableException">Nothing was kept for certain; the sender must try again.</exception>
    Task<int> AddAsync(IReadOnlyList<InboxEntry> entries, CancellationToken cancellationToken);

    /// <summary>
    /// Keeps what came in but cannot be read as an alert, as a dead letter with its reason. The same text again is a no-op.
    /// </summary>
    /// <exception cref="StoreUnavailableException">Nothing was kept for certain; the sender must try again.</exception>
    Task RejectAsync(IReadOnlyList<RejectedEntry> rejected, CancellationToken cancellationToken);

    /// <summary>Waiting rows in order of arrival, after the given id.</summary>
    Task<IReadOnlyList<InboxRow>> WaitingAsync(long afterId, int limit, CancellationToken cancellationToken);

    /// <summary>Returns when there may be rows that were not there when <see cref="WaitingAsync"/> was last asked: at once where this
    /// process adds them, soon where another one does. For one caller at a time.</summary>
    Task ChangedAsync(CancellationToken cancellationToken);

    /// <summary>The id of the row in which this very alert waits; null where it waits no more.</summary>
    Task<long?> FindAsync(Alert alert, CancellationToken cancellationToken);

    /// <summary>Probes of the health check that wait, in order of arrival, however many alerts wait before them.</summary>
    Task<IReadOnlyList<InboxRow>> ProbesAsync(int limit, CancellationToken cancellationToken);

    /// <summary>As <see cref="ChangedAsync"/>, of <see cref="ProbesAsync"/>.</summary>
    Task ProbeAddedAsync(CancellationToken cancellationToken);

    /// <summary>Whether the row waits still.</summary>
    Task<bool> WaitsAsync(long id, CancellationToken cancellationToken);

    /// <summary>Counts a try that failed; the row stays.</summary>
    /// <returns>How often it was tried so far; 0 where the row waits no more.</returns>
    Task<int> CountAttemptAsync(long id, CancellationToken cancellationToken);

    /// <summary>Moves a row that cannot be handled to the dead letters, with its reason.</summary>
    Task DeadLetterAsync(long id, string reason, CancellationToken cancellationToken);
}

/// <summary>What came in and could not be handled.</summary>
public interface IDeadLetters
{
    /// <summary>Puts an alert back into the inbox as if it had come now, once what it failed on is mended.</summary>
    /// <exception cref="StoreUnavailableException">Whether this was written is unknown.</exception>
    Task<RetryOutcome> RetryAsync(long id, CancellationToken cancellationToken);
}

public enum RetryOutcome { Waits, NotThere, NeverAnAlert }

/// <summary>Wake-ups, written in the commits; the resume point after every crash.</summary>
public interface IDueWork
{
    /// <summary>The earliest first.</summary>
    /// <param name="after">Only those that were due later than this.</param>
    Task<IReadOnlyList<DueWork>> DueAsync(DateTimeOffset after, DateTimeOffset now, int limit, CancellationToken cancellationToken);

    /// <summary>
    /// Changes the wake-up of a resource and nothing else: for who has nothing to tell, but has to be asked at another time.
    /// </summary>
    /// <param name="version">That the resource is believed to have.</param>
    /// <param name="due">Null for never.</param>
    /// <returns>False where it has another version: nothing was written.</returns>
    /// <exception cref="StoreUnavailableException">Whether this was written is unknown.</exception>
    Task<bool> PutAsync(ResourceKey resource, long version, DateTimeOffset? due, CancellationToken cancellationToken);
}

/// <summary>The store cannot take or give anything now. The message says why, in words for an operator.</summary>
public class StoreUnavailableException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>
/// The store cannot keep what it was given, because of the values: too long for an index, against a constraint, of no encoding. Nothing was
/// written, for certain, and trying the same again leads to the same.
/// </summary>
public sealed class ValuesRefusedException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>Which incidents there are.</summary>
public interface IIncidentIndex
{
    Task<ResourceKey?> ResourceOfAsync(string incidentId, CancellationToken cancellationToken);

    /// <summary>The open incidents of resources of these kinds, oldest first.</summary>
    Task<IReadOnlyList<IncidentRow>> OpenAsync(IReadOnlyList<string> kinds, CancellationToken cancellationToken);

    /// <summary>The open incidents whose evidence names what they wait for, oldest first.</summary>
    Task<IReadOnlyList<IncidentRow>> WaitingAsync(CancellationToken cancellationToken);
}

/// <summary>Whether the store takes writes now, for health checks and for people.</summary>
public interface IStoreHealth
{
    Task<StoreStatus> CheckAsync(CancellationToken cancellationToken);
}

/// <param name="Problem">Why nothing can be written; empty when a write went through to the disk just now.</param>
/// <param name="InboxWaiting">Alerts that no grain has consumed yet; 0 where that cannot be known.</param>
/// <param name="DeadLetters">Deliveries and alerts that could not be handled, up to 10,000; 0 where that cannot be known.</param>
public sealed record StoreStatus(string Problem, long InboxWaiting, long DeadLetters);
