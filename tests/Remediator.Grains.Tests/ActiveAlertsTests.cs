using Remediator.Core.Facts;
using Remediator.Core.Journal;
using Remediator.Core.Resources;
using Remediator.Grains.Views;

namespace Remediator.Grains.Tests;

/// <summary>
/// A view knows at least what was told to whoever asks, and is made again for what others were told only once in a while.
/// </summary>
public sealed class ActiveAlertsTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 25, 12, 0, 0, TimeSpan.Zero);

    private readonly StandingClock _clock = new();
    private readonly ActiveAlerts _alerts;

    public ActiveAlertsTests() => _alerts = new(_clock, []);

    [Fact]
    public void WhoWasTold_SeesIt()
    {
        Over(0);
        Assert.Equal(1, Over(_alerts.Change([Alert("a")], [])));
        Assert.Equal(0, Over(_alerts.Change([], ["a"])));
    }

    [Fact]
    public void WhatOthersWereTold_ComesWithinAMoment()
    {
        Over(0);
        _alerts.Change([Alert("a")], []);
        Assert.Equal(0, Over(0));
        _clock.Elapsed += TimeSpan.FromMilliseconds(100);
        Assert.Equal(1, Over(0));
    }

    [Fact]
    public void AnAlertThatIsOnlyRepeated_MakesNoOtherView()
    {
        var first = _alerts.Change([Alert("a")], []);
        var view = _alerts.Over(FactView.Empty, Now, first);
        Assert.Equal(first, _alerts.Change([Alert("a") with { LastSeen = Now + TimeSpan.FromMinutes(4) }], []));
        _clock.Elapsed += TimeSpan.FromHours(1);
        Assert.Same(view, _alerts.Over(FactView.Empty, Now, first));
    }

    [Fact]
    public void AnotherViewOfTheCluster_IsTakenAtOnce()
    {
        var version = _alerts.Change([Alert("a")], []);
        _alerts.Over(FactView.Empty, Now, version);
        var view = _alerts.Over(new(7, Now, [new("node", new Dictionary<string, string> { ["node"] = "n" }, Now)]), Now, version);
        Assert.Equal(7, view.Version);
        Assert.Single(view.Named("HostDown"));
    }

    [Fact]
    public async Task WhoWaits_WaitsWithTheOthersForOneView()
    {
        Over(_alerts.Change(Enumerable.Range(0, 1000).Select(i => Alert($"{i}")), []));
        var one = _alerts.GatherAsync(_alerts.Change([Alert("a")], []));
        var two = _alerts.GatherAsync(_alerts.Change([Alert("b")], []));
        Assert.Same(one, two);
        Assert.False(two.IsCompleted);
        _clock.Fire();
        await two;
        Assert.Equal(1002, Over(3));
        Assert.True(_alerts.GatherAsync(3).IsCompleted);
    }

    [Fact]
    public void WhereThereAreFew_NobodyWaits() => Assert.True(_alerts.GatherAsync(_alerts.Change([Alert("a")], [])).IsCompleted);

    [Theory]
    [InlineData("alertmanager/told", 25, 25, true)]
    [InlineData("alertmanager/told", 23, 23, false)]
    [InlineData("alertmanager/told", 25, 1, false)]
    [InlineData("alertmanager/told", -25, 25, false)]
    [InlineData("alertmanager/listed", 2500, 2500, false)]
    [InlineData("alertmanager", 2500, 2500, false)]
    [InlineData(null, 2500, 2500, false)]
    public void AlertThatIsNotRepeated_IsForgotten_OnlyWhereItsSourceRepeats_ByTheWallAndByTheTimeThatPassed(
        string? source, int hoursOnTheWall, int hoursThatPassed, bool forgotten)
    {
        var alerts = new ActiveAlerts(_clock, [new(["alertmanager/told"])]);
        var alert = Alert("a") with { Source = source };
        alerts.Begin([alert]);
        _clock.Elapsed += TimeSpan.FromHours(hoursThatPassed);
        // whoever follows the store is told the same again, and has heard nothing new by it
        alerts.Begin([alert]);
        var now = Now.AddHours(hoursOnTheWall);

        Assert.Equal(forgotten, alerts.IsForgotten(alert.Id, now));
        Assert.Equal(forgotten ? 0 : 1, alerts.Over(FactView.Empty, now, 0).Named("HostDown").Count);
    }

    [Fact]
    public void AlertThatIsRepeated_IsBelievedForAnotherDay()
    {
        var alerts = new ActiveAlerts(_clock, [new(["alertmanager/told"])]);
        var alert = Alert("a") with { Source = "alertmanager/told" };
        alerts.Begin([alert]);
        _clock.Elapsed += TimeSpan.FromHours(23);
        alerts.Change([alert with { LastSeen = Now.AddHours(23) }], []);
        _clock.Elapsed += TimeSpan.FromHours(2);

        Assert.False(alerts.IsForgotten(alert.Id, Now.AddHours(48)));
        Assert.False(alerts.IsForgotten("unknown", Now.AddHours(48)));
    }

    private int Over(long atLeast) => _alerts.Over(FactView.Empty, Now, atLeast).Named("HostDown").Count;

    private static ActiveAlert Alert(string fingerprint) =>
        new(
            fingerprint, new ResourceKey("test", "node", "", "n"), "HostDown", new Dictionary<string, string> { ["node"] = fingerprint },
            Now, Now);

    /// <summary>Goes on when it is told to, and its timers end together.</summary>
    private sealed class StandingClock : TimeProvider
    {
        private readonly List<(TimerCallback Callback, object? State)> _timers = [];

        public TimeSpan Elapsed { get; set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Elapsed.Ticks;

        public void Fire() => _timers.ForEach(t => t.Callback(t.State));

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            _timers.Add((callback, state));
            return new Timer();
        }

        private sealed class Timer : ITimer
        {
            public bool Change(TimeSpan dueTime, TimeSpan period) => true;

            public void Dispose()
            {
            }

            public ValueTask DisposeAsync() => ValueTask.CompletedTask;
        }
    }
}
