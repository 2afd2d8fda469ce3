using System.Collections.Concurrent;

namespace Remediator.Grains.Work;

/// <summary>So many calls at once of each sort to each outside system, so that one that hangs delays nothing but itself.</summary>
internal sealed class Bulkheads
{
    private const int AtOnce = 32;

    private readonly ConcurrentDictionary<string, SemaphoreSlim> _places = new(StringComparer.Ordinal);

    /// <param name="bulkhead">
    /// Names the sort of call and the system: <c>look/kubernetes/prod</c>. There must not be any number of them.
    /// </param>
    /// <param name="within">
    /// Ends the wait for a place as well as the call. A call that does not heed it keeps its place until it ends, and nobody waits for it.
    /// </param>
    public async Task<T> CallAsync<T>(string bulkhead, Func<CancellationToken, Task<T>> call, CancellationToken within)
    {
        var places = _places.GetOrAdd(bulkhead, _ => new(AtOnce));
        await places.WaitAsync(within);
        Task<T> running;
        try
        {
            running = call(within);
        }
        catch
        {
            places.Release();
            throw;
        }

        _ = running.ContinueWith(
            ended =>
            {
                _ = ended.Exception;
                places.Release();
            },
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
        return await running.WaitAsync(within);
    }
}
