using Remediator.Core.Events;
using Remediator.Core.Pages;
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
    [InlineData("pod", "[[:alpha:]]+-[0-9]", true, true, true)]
    [InlineData("nothing", "", false, true, true)]
    [InlineData("nothing", ".+", true, false, true)]
    public void Silence_OfTheAlertAsItCame_Holds(string name, string value, bool isRegex, bool isEqual, bool held)
    {
        _bench.Silences = Bench.Read([Silence("bob", new SilenceMatcher(name, value, isRegex, isEqual))], Now, "");
        AssertHeld(held ? "silence s1 of bob until 2026-11-23 13:00:00Z: moving house" : null);
    }

    [Fact]
    public void Silence_NeedsAllOfItsMatchers()
    {
        _bench.Silences = Bench.Read(
            [Silence("bob", new SilenceMatcher("pod", "api-1", false, true), new SilenceMatcher("instance", "elsewhere", false, true))],
            Now,
            "");
        AssertHeld(null);
    }

    [Fact]
    public void Silence_OfOurOwn_HoldsNothing()
    {
        _bench.Silences = Bench.Read([Silence("remediator", new SilenceMatcher("pod", "api-1", false, true))], Now, "");
        AssertHeld(null);
    }

    [Theory]
    [InlineData(-120, -1, false)]
    [InlineData(-120, 0, false)]
    [InlineData(0, 1, true)]
    [InlineData(1, 120, false)]
    public void Silence_HoldsFromItsBeginningToItsEnd(int from, int to, bool held)
    {
        _bench.Silences = Bench.Read(
            [Silence("bob", new SilenceMatcher("pod", "api-1", false, true)) with {
                StartsAt = Now.AddSeconds(from),
                EndsAt = Now.AddSeconds(to) }],
            Now,
            "");
        _bench.Fire();
        Assert.Equal(held, _bench.Happenings<Held>().Any());
    }

    [Theory]
    [InlineData(null, "alertmanager/main has not been read yet")]
    [InlineData(-121, "alertmanager/main has not been read yet")]
    [InlineData(121, "alertmanager/main has not been read yet")]
    public void Silences_ThatCannotBeRead_Hold(int? readAt, string why)
    {
        _bench.Silences = Bench.Read([], readAt is { } seconds ? Now.AddSeconds(seconds) : null, "");
        AssertHeld($"it is unknown whether somebody has silenced its alerts; now: {why}");
    }

    [Fact]
    public void Silences_ThatCannotBeReadForAMoment_AreThoseThatWereRead()
    {
        _bench.Silences = Bench.Read([], Now.AddSeconds(-110), "http://am:9093: no answer within 20 s");
        AssertHeld(null);

        var later = new Bench { Silences = Bench.Read([], Now.AddSeconds(-130), "http://am:9093: no answer within 20 s") };
        later.Fire();
        Assert.Equal(
            "it is unknown whether somebody has silenced its alerts; now: http://am:9093: no answer within 20 s",
            later.Only<Held>().Reason);
    }

    [Theory]
    [InlineData("alertmanager/eu", "alertmanager/us", null)]
    [InlineData("alertmanager/eu", "alertmanager/eu", "silence s1 of bob until 2026-11-23 13:00:00Z: moving house")]
    [InlineData("alertmanager", "alertmanager/us", "silence s1 of bob until 2026-11-23 13:00:00Z: moving house")]
    [InlineData(null, "alertmanager/us", "silence s1 of bob until 2026-11-23 13:00:00Z: moving house")]
    [InlineData("alertmanager/removed", "alertmanager/us", "silence s1 of bob until 2026-11-23 13:00:00Z: moving house")]
    public void Silence_HoldsTheAlertsOfItsGroup_AndThoseOfNone(string? source, string silencedAt, string? held)
    {
        Silence[] silences = [Silence("bob", new SilenceMatcher("pod", "api-1", false, true))];
        _bench.Silences = new([.. new[] { "alertmanager/eu", "alertmanager/us" }.Select(
            g => new GroupSilences(g, g == silencedAt ? silences : [], Now, ""))]);
        _bench.Fire(source: source);
        Assert.Equal(held, _bench.Happenings<Held>().SingleOrDefault()?.Reason);
    }

    [Theory]
    [InlineData("alertmanager/eu", false)]
    [InlineData("alertmanager/us", true)]
    [InlineData("alertmanager", true)]
    [InlineData(null, true)]
    public void GroupThatIsAwayForTooLong_HoldsWhatItMayHaveSilenced_AndNothingElse(string? source, bool held)
    {
        _bench.Silences = new(
            [new("alertmanager/eu", [], Now, ""), new("alertmanager/us", [], Now.AddMinutes(-5), "http://us:9093: no answer within 10 s")]);
        _bench.Fire(source: source);
        Assert.Equal(
            held ? ["it is unknown whether somebody has silenced its alerts; now: http://us:9093: no answer within 10 s"] : [],
            _bench.Happenings<Held>().Select(h => h.Reason));
    }

    [Fact]
    public void GroupThatIsAwayForAMoment_HasTheSilencesThatItHad()
    {
        _bench.Silences = new([
            new("alertmanager/eu", [], Now, ""),
            new("alertmanager/us", [Silence("bob", new SilenceMatcher("pod", "api-1", false, true))], Now.AddSeconds(-100), "no answer")]);
        _bench.Fire(source: "alertmanager/us");
        Assert.Equal("silence s1 of bob until 2026-11-23 13:00:00Z: moving house", _bench.Only<Held>().Reason);
    }

    [Fact]
    public void PatternThatCannotBeRead_HoldsWhatItMayMatch_AndSaysSo()
    {
        _bench.Silences = Bench.Read([Silence("bob", new SilenceMatcher("pod", @"\p{Greek}", true, true))], Now, "");
        _bench.Fire();
        Assert.StartsWith(
            @"silence s1 of bob until 2026-11-23 13:00:00Z: moving house "
                + @"(it may match: the pattern of pod=~""\p{Greek}"" cannot be read here, ",
            _bench.Only<Held>().Reason,
            StringComparison.Ordinal);

        var narrowed = new Bench { Silences = Bench.Read(
            [Silence("bob", new SilenceMatcher("pod", @"\p{Greek}", true, true), new SilenceMatcher("pod", "other", false, true))],
            Now,
            "") };
        narrowed.Fire();
        Assert.Empty(narrowed.Happenings<Held>());

        // whether it must match or must not, nobody can tell
        Assert.True(new SilenceMatcher("pod", "[", true, false).Matches("api-1"));
    }

    [Theory]
    [InlineData("(")]
    [InlineData("[[:foo:]]")]
    public void LongPatternThatCannotBeRead_IsShownByItsBeginning(string part)
    {
        var matcher = new SilenceMatcher("pod", string.Concat(Enumerable.Repeat(part, 2000)), true, true);

        Assert.InRange(matcher.ToString().Length, 100, 120);
        Assert.InRange(matcher.Fault!.Length, 100, 250);
    }

    private static Silence Silence(string by, params SilenceMatcher[] matchers) =>
        new("s1", by, "moving house", Now.AddHours(-1), Now.AddHours(1), matchers);

    private void AssertHeld(string? reason)
    {
        _bench.Fire();
        Assert.Equal(reason is null ? [] : [("held", reason)], _bench.Happenings<Held>().Select(h => (h.Guard, h.Reason)));
        Assert.Equal(reason is null ? 1 : 0, _bench.Happenings<RunStarted>().Count());
    }
}
