using Remediator.Core.Journal;

namespace Remediator.Grains.Views;

/// <summary>
/// What is in flight, as the guards are told. It may be a moment old: a place that is not there any more is refused by the transaction,
/// and one that came free meanwhile is found at the next look.
/// </summary>
internal sealed class PermitView(IJournal journal, TimeProvider time)
{
    private static readonly TimeSpan GoodFor = TimeSpan.FromMilliseconds(250);

    private readonly Lock _lock = new();
    private Task<Holdings>? _held;
    private long _readAt;

    /// <summary>This silo has just taken or given back a place.</summary>
    public void Changed()
    {
        lock (_lock)
        {
            _held = null;
        }
    }

    public Task<Holdings> ReadAsync()
    {
        lock (_lock)
        {
            if (_held is null or { IsFaulted: true } || time.GetElapsedTime(_readAt) > GoodFor)
            {
                _held = journal.HeldAsync(CancellationToken.None);
                _readAt = time.GetTimestamp();
            }

            return _held;
        }
    }
}
