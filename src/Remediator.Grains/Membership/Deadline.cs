namespace Remediator.Grains.Membership;

/// <summary>Ends a call when its time is over or the process stops, and leaves nothing registered behind.</summary>
internal sealed class Deadline : IDisposable
{
    private readonly CancellationTokenSource _time;
    private readonly CancellationTokenSource _either;

    public Deadline(TimeSpan left, TimeProvider time, CancellationToken stopping)
    {
        _time = new(left > TimeSpan.Zero ? left : TimeSpan.Zero, time);
        _either = CancellationTokenSource.CreateLinkedTokenSource(_time.Token, stopping);
    }

    public CancellationToken Token => _either.Token;

    public void Dispose()
    {
        _either.Dispose();
        _time.Dispose();
    }
}
