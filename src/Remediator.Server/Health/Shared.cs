namespace Remediator.Server.Health;

/// <summary>
/// One result for all who ask: made once at a time, and told again while it is young. So no number of callers makes more work.
/// </summary>
internal sealed class Shared<T>(Func<CancellationToken, Task<T>> make, TimeProvider time)
{
    private static readonly TimeSpan GoodFor = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private Task<T>? _made;
    private long _doneAt;

    /// <param name="cancellationToken">Ends the waiting of this caller alone.</param>
    public Task<T> GetAsync(CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (_made is null || (_made.IsCompleted && time.GetElapsedTime(Volatile.Read(ref _doneAt)) > GoodFor))
                _made = MakeAsync();
            return _made.WaitAsync(cancellationToken);
        }
    }

    private async Task<T> MakeAsync()
    {
        await Task.Yield();
        try
        {
            return await make(CancellationToken.None);
        }
        finally
        {
            Volatile.Write(ref _doneAt, time.GetTimestamp());
        }
    }
}
