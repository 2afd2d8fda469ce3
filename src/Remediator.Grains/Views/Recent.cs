namespace Remediator.Grains.Views;

/// <summary>One reading of the store for all who ask within a moment. One that failed is not told again.</summary>
internal sealed class Recent<T>(Func<Task<T>> read, TimeSpan goodFor, TimeProvider time)
{
    private readonly Lock _lock = new();
    private Task<T>? _reading;
    private long _readAt;

    public Task<T> ReadAsync()
    {
        lock (_lock)
        {
            if (_reading is null or { IsFaulted: true } or { IsCanceled: true } || time.GetElapsedTime(_readAt) > goodFor)
            {
                _reading = read();
                _readAt = time.GetTimestamp();
            }

            return _reading;
        }
    }

    /// <summary>What was read may not be so any more.</summary>
    public void Forget()
    {
        lock (_lock)
        {
            _reading = null;
        }
    }
}
