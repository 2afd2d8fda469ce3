using Remediator.Core.Alerts;
using Remediator.Core.Journal;

namespace Remediator.Sources.Tests;

/// <summary>Keeps in memory; can be told to be away, and can hold calls until it is let go.</summary>
internal sealed class FakeInbox : IInbox
{
    private readonly HashSet<string> _waiting = [];

    public List<InboxEntry> Added { get; } = [];

    public List<RejectedEntry> Rejected { get; } = [];

    public string? Away { get; set; }

    /// <summary>Name of the alerts whose values it cannot keep.</summary>
    public string? Refuses { get; set; }

    public TaskCompletionSource? Hold { get; set; }

    public TaskCompletionSource Reached { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public async Task<int> AddAsync(IReadOnlyList<InboxEntry> entries, CancellationToken cancellationToken)
    {
        Reached.TrySetResult();
        if (Hold is { } hold)
            await hold.Task.WaitAsync(cancellationToken);
        ThrowIfAway();
        if (entries.Any(e => e.Alert.Name == Refuses))
            throw new ValuesRefusedException("It cannot keep this.");
        var fresh = entries.Where(e => _waiting.Add(e.Alert.DedupeKey)).ToList();
        Added.AddRange(fresh);
        return fresh.Count;
    }

    public Task ProbeAddedAsync(CancellationToken cancellationToken) => Task.Delay(Timeout.Infinite, cancellationToken);

    public Task ChangedAsync(CancellationToken cancellationToken) => Task.Delay(Timeout.Infinite, cancellationToken);

    public Task RejectAsync(IReadOnlyList<RejectedEntry> rejected, CancellationToken cancellationToken)
    {
        ThrowIfAway();
        Rejected.AddRange(rejected);
        return Task.CompletedTask;
    }

    public Task<IReadOnlyList<InboxRow>> WaitingAsync(long afterId, int limit, CancellationToken cancellationToken) =>
        throw new NotSupportedException("Sources only add.");

    public Task<long?> FindAsync(Alert alert, CancellationToken cancellationToken) =>
        throw new NotSupportedException("Sources only add.");

    public Task<IReadOnlyList<InboxRow>> ProbesAsync(int limit, CancellationToken cancellationToken) =>
        throw new NotSupportedException("Sources only add.");

    public Task<bool> WaitsAsync(long id, CancellationToken cancellationToken) =>
        throw new NotSupportedException("Sources only add.");

    public Task<int> CountAttemptAsync(long id, CancellationToken cancellationToken) =>
        throw new NotSupportedException("Sources only add.");

    public Task DeadLetterAsync(long id, string reason, CancellationToken cancellationToken) =>
        throw new NotSupportedException("Sources only add.");

    private void ThrowIfAway()
    {
        if (Away is { } reason)
            throw new StoreUnavailableException(reason);
    }
}
