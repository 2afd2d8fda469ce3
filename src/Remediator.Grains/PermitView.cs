using Remediator.Core.Journal;

namespace Remediator.Grains;

/// <summary>
/// What is in flight, as the budget guard is told. It may be a moment old: a place that is not there any more is refused by the transaction,
/// and one that came free meanwhile is found at the next look.
/// </summary>
internal sealed class PermitView(IJournal journal, TimeProvider time)
{
    private static readonly TimeSpan GoodFor = TimeSpan.FromMilliseconds(250);

    private readonly Lock _lock = new();
    private Task<IReadOnlyList<Permit>>? _permits;
    private long _readAt;

    /// <summary>What others than this incident hold of these budgets.</summary>
    public async Task<IReadOnlyList<BudgetUse>> OthersAsync(IReadOnlyList<BudgetLimit> limits, string? incident)
    {
        var held = await ReadAsync();
        return
        [
            .. from limit in limits
               let holders = held.Where(p => p.Budget == limit.Budget && p.IncidentId != incident).Select(p => p.IncidentId).ToList()
               select new BudgetUse(limit.Budget, holders.Count, [.. holders.Take(3)])
        ];
    }

    /// <summary>This silo has just taken or given back a place.</summary>
    public void Changed()
    {
        lock (_lock)
        {
            _permits = null;
        }
    }

    private Task<IReadOnlyList<Permit>> ReadAsync()
    {
        lock (_lock)
        {
            if (_permits is null or { IsFaulted: true } || time.GetElapsedTime(_readAt) > GoodFor)
            {
                _permits = journal.PermitsAsync(CancellationToken.None);
                _readAt = time.GetTimestamp();
            }

            return _permits;
        }
    }
}
