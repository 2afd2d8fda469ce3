using Remediator.Core.Journal;
using Remediator.Core.Records;

namespace Remediator.Grains.Views;

/// <summary>
/// What is in flight, as the guards are told. It may be a moment old: a place that is not there any more is refused by the transaction,
/// and one that came free meanwhile is found at the next look.
/// </summary>
internal sealed class PermitView
{
    private readonly Recent<InFlight> _held;

    public PermitView(IJournal journal, SlowStartView slowStart, TimeProvider time) =>
        _held = new(() => ReadOnceAsync(journal, slowStart), TimeSpan.FromMilliseconds(250), time);

    /// <summary>This silo has just taken or given back a place.</summary>
    public void Changed() => _held.Forget();

    public Task<InFlight> ReadAsync() => _held.ReadAsync();

    /// <summary>In this order: a repair that has given back its place has its outcome in the journal.</summary>
    private static async Task<InFlight> ReadOnceAsync(IJournal journal, SlowStartView slowStart)
    {
        var held = await journal.HeldAsync(CancellationToken.None);
        return new(held, await slowStart.ReadAsync());
    }
}

/// <param name="SlowStart">At least as new as what is held.</param>
internal sealed record InFlight(Holdings Held, SlowStartBook SlowStart);
