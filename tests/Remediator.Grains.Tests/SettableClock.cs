namespace Remediator.Grains.Tests;

/// <summary>A wall clock that somebody sets while timers and elapsed time go on as they were.</summary>
internal sealed class SettableClock : TimeProvider
{
    private TimeSpan _offset;

    public void Set(TimeSpan offset) => _offset = offset;

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + _offset;
}
