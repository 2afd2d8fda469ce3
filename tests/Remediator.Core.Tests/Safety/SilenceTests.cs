using Remediator.Core.Incidents;
using Remediator.Core.Safety;
using Remediator.Core.Tests.Incidents;

namespace Remediator.Core.Tests.Safety;

public sealed class SilenceTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 23, 12, 0, 0, TimeSpan.Zero);

    private readonly Bench _bench = new();

    [Theory]
    [InlineData("pod", "api-1", false, true, true)]
    [InlineData("pod", "api-2", false, true, false)]
    [InlineData("pod", "api-.*", true, true, true)]
    [InlineData("pod", "api", true, true, false)]
    [InlineData("pod", "api-2", false, false, true)]
    [InlineData("team", "", false, true, true)]
    [InlineData("workload", "api", false, true, false)]
    [InlineData("alertname", "Kube(Pod|Node).*", true, true, true)]
    [InlineData("pod", "(?!x)api-1", true, true, true)]
    [InlineData("pod", "[", true, false, true)]
    public void Silence_OfTheAlertAsItCame_Holds(string name, string value, bool isRegex, bool isEqual, bool held)
    {
        _bench.Silences = new([Silence("bob", new SilenceMatcher(name, value, isRegex, isEqual))], Now, "");
        AssertHeld(held ? "silence s1 of bob until 2026-11-23 13:00:00Z: moving house" : null);
    }

    [Fact]
    public void Silence_NeedsAllOfItsMatchers()
    {
        _bench.Silences = new([Silence("bob", new SilenceMatcher("pod", "api-1", false, true), new SilenceMatcher("instance", "elsewhere", false, true))], Now, "");
        AssertHeld(null);
    }

    [Fact]
    public void Silence_OfOurOwn_HoldsNothing()
    {
        _bench.Silences = new([Silence("remediator", new SilenceMatcher("pod", "api-1", false, true))], Now, "");
        AssertHeld(null);
    }

    [Theory]
    [InlineData(-120, -1, false)]
    [InlineData(-120, 0, false)]
    [InlineData(0, 1, true)]
    [InlineData(1, 120, false)]
    public void Silence_HoldsFromItsBeginningToItsEnd(int from, int to, bool held)
    {
        _bench.Silences = new([Silence("bob", new SilenceMatcher("pod", "api-1", false, true)) with { StartsAt = Now.AddSeconds(from), EndsAt = Now.AddSeconds(to) }], Now, "");
        _bench.Fire();
        Assert.Equal(held, _bench.Happenings<Held>().Any());
    }

    [Theory]
    [InlineData(null, "Alertmanager has not been read yet")]
    [InlineData(-121, "Alertmanager has not been read yet")]
    [InlineData(121, "Alertmanager has not been read yet")]
    public void Silences_ThatCannotBeRead_Hold(int? readAt, string why)
    {
        _bench.Silences = new([], readAt is { } seconds ? Now.AddSeconds(seconds) : null, "");
        AssertHeld($"whether somebody has silenced its alerts cannot be known: {why}");
    }

    [Fact]
    public void Silences_ThatCannotBeReadForAMoment_AreThoseThatWereRead()
    {
        _bench.Silences = new([], Now.AddSeconds(-110), "http://am:9093: no answer within 20 s");
        AssertHeld(null);

        var later = new Bench { Silences = new([], Now.AddSeconds(-130), "http://am:9093: no answer within 20 s") };
        later.Fire();
        Assert.Equal("whether somebody has silenced its alerts cannot be known: http://am:9093: no answer within 20 s", later.Only<Held>().Reason);
    }

    private static Silence Silence(string by, params SilenceMatcher[] matchers) => new("s1", by, "moving house", Now.AddHours(-1), Now.AddHours(1), matchers);

    private void AssertHeld(string? reason)
    {
        _bench.Fire();
        Assert.Equal(reason is null ? [] : [("held", reason)], _bench.Happenings<Held>().Select(h => (h.Guard, h.Reason)));
        Assert.Equal(reason is null ? 1 : 0, _bench.Happenings<RunStarted>().Count());
    }
}
