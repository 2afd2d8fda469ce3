using Remediator.Core.Journal;
using Remediator.Core.Records;

namespace Remediator.Grains.Views;

/// <summary>
/// What is in flight, as the guards are told. It may be a moment old: a place that is not there any more is refused by the transaction,
/// and one that came free meanwhile is found at the next look.
/// </summary>
internal sealed class PermitView(IJournal journal, SlowStartView slowStart, TimeProvider time)
{
    private static readonly TimeSpan GoodFor = TimeSpan.FromMilliseconds(250);

    private readonly Lock _lock = new();
    private Task<InFlight>? _held;
    private long _readAt;

    /// <summary>This silo has just taken or given back a place.</summary>
    public void Changed()
    {
        lock (_lock)
        {
            _held = null;
        }
    }

    public Task<InFlight> ReadAsync()
    {
        lock (_lock)
        {
            if (_held is null or { IsFaulted: true } || time.GetElapsedTime(_readAt) > GoodFor)
            {
                _held = ReadOnceAsync();
                _readAt = time.GetTimestamp();
            }

            return _held;
        }
    }

    /// <summary>In this order: a repair that has given back its place has its outcome in the journal.</summary>
    private async Task<InFlight> ReadOnceAsync()
    {
        var held = await journal.HeldAsync(CancellationToken.None);
        return new(held, await slowStart.ReadAsync());
    }
}

/// <param name="SlowStart">At least as new as what is held.</param>
internal sealed record InFlight(Holdings Held, SlowStartBook SlowStart);
