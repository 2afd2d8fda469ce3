namespace Remediator.Grains.Inbox;

/// <summary>
/// So much is worked on at once that whoever sends alerts is still answered in time. What takes long waits for somebody else, another
/// replica or the store, and no longer counts.
/// </summary>
internal sealed class Turns(int atOnce, TimeSpan longest, TimeProvider time) : IDisposable
{
    private readonly SemaphoreSlim _free = new(atOnce);

    /// <summary>Returns once the work has begun.</summary>
    /// <param name="cancellationToken">Ends the wait for a turn, and nothing else.</param>
    public async Task StartAsync(Func<Task> work, CancellationToken cancellationToken)
    {
        await _free.WaitAsync(cancellationToken);
        _ = RunAsync(work);
    }

    public void Dispose() => _free.Dispose();

    private async Task RunAsync(Func<Task> work)
    {
        await work().WaitAsync(longest, time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _free.Release();
    }
}
