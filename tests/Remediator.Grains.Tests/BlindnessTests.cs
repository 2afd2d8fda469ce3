using Microsoft.Extensions.Time.Testing;
using Remediator.Core.Facts;
using Remediator.Grains.Views;

namespace Remediator.Grains.Tests;

public class BlindnessTests
{
    private static readonly TimeSpan MaxAge = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(5);

    private readonly Clock _time = new();
    private readonly Blindness _blindness;

    public BlindnessTests() => _blindness = new(_time, MaxAge, TimeSpan.FromSeconds(30));

    [Fact]
    public void ViewThatGrewTooOld_IsToldAtOnce_AndNotAfterItsPatienceToo() =>
        Assert.Equal(TimeSpan.FromSeconds(65), ToldAfter(Seen(_time.GetUtcNow())));

    [Fact]
    public void ClusterThatWasNeverSeen_IsToldAfterThePatience() =>
        Assert.Equal(TimeSpan.FromSeconds(30), ToldAfter(new(ViewState.Loading, FactView.Empty, DateTimeOffset.UnixEpoch, "")));

    [Fact]
    public void ClockThatIsSetAhead_OrASuspendedMachine_IsNotBlindness()
    {
        var seen = Seen(_time.GetUtcNow());
        Assert.False(_blindness.IsLong(seen));

        _time.Ahead = TimeSpan.FromHours(1);

        Assert.False(_blindness.IsLong(seen));
        _time.Advance(Look);
        Assert.False(_blindness.IsLong(Seen(_time.GetUtcNow())));
    }

    [Fact]
    public void ViewThatIsAlwaysTooOld_IsBlindness_ThoughItHasNews()
    {
        bool AgeIsToldAt(int look) => _blindness.IsLong(Seen(_time.GetUtcNow() - MaxAge - Look)) == (look >= 6);

        for (var look = 0; look < 10; look++, _time.Advance(Look))
            Assert.True(AgeIsToldAt(look), $"look {look}");
    }

    [Fact]
    public void ClusterThatIsSeenAgain_BeginsAnew()
    {
        ToldAfter(Seen(_time.GetUtcNow()));

        Assert.False(_blindness.IsLong(Seen(_time.GetUtcNow())));
        Assert.Equal(TimeSpan.FromSeconds(65), ToldAfter(Seen(_time.GetUtcNow())));
    }

    private static ViewStatus Seen(DateTimeOffset at) => new(ViewState.Ready, FactView.Empty, at, "");

    private TimeSpan ToldAfter(ViewStatus view)
    {
        var start = _time.GetTimestamp();
        for (var look = 0; look < 100; look++, _time.Advance(Look))
        {
            if (_blindness.IsLong(view))
                return _time.GetElapsedTime(start);
        }

        throw new TimeoutException("It was not told in 100 looks.");
    }

    /// <summary>A wall clock that somebody sets while elapsed time goes on as it was.</summary>
    private sealed class Clock : FakeTimeProvider
    {
        public TimeSpan Ahead { get; set; }

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Ahead;

        public override long GetTimestamp() => base.GetUtcNow().Ticks;
    }
}
