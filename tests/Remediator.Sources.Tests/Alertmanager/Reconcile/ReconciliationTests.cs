using Remediator.Core.Alerts;
using Remediator.Core.Journal;
using Remediator.Core.Resources;
using Remediator.Sources.Alertmanager.Lists;

namespace Remediator.Sources.Tests.Alertmanager.Reconcile;

public sealed class ReconciliationTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 24, 12, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Every = TimeSpan.FromMinutes(1);
    private static readonly DateTimeOffset LongAgo = Now.AddHours(-3);
    private static readonly TimeSpan Long = TimeSpan.FromHours(3);

    [Fact]
    public void AlertThatTheWebhookNeverTold_IsTold_OnceTwoRoundsHaveSeenIt()
    {
        var reading = Reading(Long, Listed("a"));
        Assert.Empty(Round(Reconciliation.None, [reading], []).Tell);
        var told = Assert.Single(Twice([reading], []).Tell);
        Assert.Equal(("a", AlertStatus.Firing), (told.Fingerprint, told.Status));
    }

    private static readonly Dictionary<string, (AlertmanagerReading[] Readings, ActiveAlert[] Known)> Cases = new()
    {
        ["both know it"] = ([Reading(Long, Listed("a"))], [Known("a")]),
        ["the webhook may be on its way"] = ([Reading(Long, Listed("a", startsAt: Now.AddSeconds(-90)))], []),
        ["it is for others"] = ([Reading(Long, Listed("a") with { IsForUs = false })], []),
        ["it is muted and new"] = ([Reading(Long, Listed("a") with { IsMuted = true })], []),
        ["it is muted and known"] = ([Reading(Long, Listed("a") with { IsMuted = true })], [Known("a")]),
        ["it is our own"] = ([Reading(Long, Listed("a", name: OwnAlerts.RemediationFailed))], []),
        ["it proves that alerting works"] = ([Reading(Long, Listed("a", name: "Watchdog"))], []),
        ["it mutes others"] = ([Reading(Long, Listed("a", name: "InfoInhibitor"))], []),
        ["it is about us"] = ([Reading(Long, Listed("a", about: OwnAlerts.Engine))], []),
        ["we know a later beginning"] = ([Reading(Long, Listed("a"))], [Known("a", startsAt: Now.AddHours(-1))]),
        ["it goes to others now, and still fires"] = ([Reading(Long, Listed("a") with { IsForUs = false })], [Known("a")]),
        ["nobody answered"] = ([], [Known("a")]),
        ["the Alertmanager has just started and was told nothing yet"] = ([Reading(TimeSpan.FromMinutes(4))], [Known("a")]),
        ["one of two has forgotten it"] = ([Reading(Long), Reading(Long, Listed("a"))], [Known("a")]),
        ["we heard of it a moment ago"] = ([Reading(Long)], [Known("a", lastSeen: Now.AddSeconds(-90))]),
    };

    public static TheoryData<string> NothingToTell => [.. Cases.Keys];

    [Theory]
    [MemberData(nameof(NothingToTell))]
    public void Nothing_IsTold_When(string why) => Assert.Empty(Twice(Cases[why].Readings, Cases[why].Known).Tell);

    [Fact]
    public void EndThatTheWebhookNeverTold_IsTold_OnceTwoRoundsHaveMissedIt()
    {
        Assert.Empty(Round(Reconciliation.None, [Reading(Long)], [Known("a")]).Tell);
        var told = Assert.Single(Twice([Reading(Long)], [Known("a")]).Tell);
        Assert.Equal(("a@alertmanager/eu", AlertStatus.Resolved, LongAgo, Now), (told.Id, told.Status, told.StartsAt, told.EndsAt));
    }

    [Fact]
    public void OneThatHasStarted_AndOneThatHasNot_AreBothAsked()
    {
        var told = Twice([Reading(Long), Reading(TimeSpan.FromMinutes(1))], [Known("a")]).Tell;
        Assert.Equal(AlertStatus.Resolved, Assert.Single(told).Status);
    }

    [Fact]
    public void AlertThatBeganAgain_IsTold()
    {
        var told = Twice([Reading(Long, Listed("a", startsAt: Now.AddMinutes(-10)))], [Known("a")]).Tell;
        Assert.Equal(Now.AddMinutes(-10), Assert.Single(told).StartsAt);
    }

    [Fact]
    public void KnownAlert_ThatIsNotRepeated_IsHeardOfAgain_MutedOrNot()
    {
        var told = Round(
            Reconciliation.None, [Reading(Long, Listed("a") with { IsMuted = true })], [Known("a", lastSeen: Now.AddMinutes(-31))]).Tell;
        Assert.Equal(("a", AlertStatus.Firing, LongAgo), Assert.Single(told.Select(t => (t.Fingerprint, t.Status, t.StartsAt))));
    }

    [Fact]
    public void RoundInWhichNobodyAnswered_CountsForNothing()
    {
        var seen = Round(Reconciliation.None, [Reading(Long)], [Known("a")]);
        var blind = Round(seen, [], [Known("a")]);
        Assert.Empty(Round(blind, [Reading(Long)], [Known("a")]).Tell);
    }

    private static readonly Dictionary<string, (AlertmanagerReading Reading, ActiveAlert[] Known)> Differences = new()
    {
        ["an alert that is not taken"] = (Reading(Long, Listed("a")), []),
        ["an end that is not taken"] = (Reading(Long), [Known("a")]),
        ["a repetition that is not taken"] = (Reading(Long, Listed("a")), [Known("a", lastSeen: Now.AddHours(-2))]),
    };

    public static TheoryData<string> NotTaken => [.. Differences.Keys];

    /// <summary>What the engine cannot take is a dead letter, and would be another one every minute.</summary>
    [Theory]
    [MemberData(nameof(NotTaken))]
    public void DifferenceThatStays_IsToldEachHalfHour_NotInEachRound(string what)
    {
        var (reading, known) = Differences[what];
        var (last, told) = (Reconciliation.None, new List<DateTimeOffset>());
        for (var now = Now; now < Now.AddMinutes(65); now += Every)
        {
            last = last.Next([reading], known, now, Every);
            told.AddRange(last.Tell.Select(_ => now));
        }

        Assert.InRange(told.Count, 2, 3);
        Assert.All(told.Zip(told.Skip(1)), pair => Assert.Equal(TimeSpan.FromMinutes(30), pair.Second - pair.First));
    }

    [Fact]
    public void DifferenceThatWasGone_IsToldAgain()
    {
        AlertmanagerReading[] listed = [Reading(Long, Listed("a"))];
        var taken = Round(Twice(listed, []), listed, [Known("a")]);
        Assert.Single(Round(Round(taken, listed, []), listed, []).Tell);
    }

    private static Reconciliation Round(
        Reconciliation last, IReadOnlyList<AlertmanagerReading> readings, IReadOnlyList<ActiveAlert> known) =>
        last.Next(readings, known, Now, Every);

    private static Reconciliation Twice(IReadOnlyList<AlertmanagerReading> readings, IReadOnlyList<ActiveAlert> known) =>
        Round(Round(Reconciliation.None, readings, known), readings, known);

    private static AlertmanagerReading Reading(TimeSpan upFor, params ListedAlert[] alerts) => new(upFor, alerts);

    private static ListedAlert Listed(
        string fingerprint, string name = "KubePodCrashLooping", DateTimeOffset? startsAt = null, string about = "shop") => new(
        new() {
            Name = name,
            Status = AlertStatus.Firing,
            Labels = new Dictionary<string, string> { ["alertname"] = name, [OwnAlerts.About] = about },
            StartsAt = startsAt ?? LongAgo,
            Fingerprint = fingerprint },
        IsForUs: true,
        IsMuted: false);

    private static ActiveAlert Known(string fingerprint, DateTimeOffset? startsAt = null, DateTimeOffset? lastSeen = null) => new(
        fingerprint, new ResourceKey("test", "deployment", "shop", "api"), "KubePodCrashLooping", new Dictionary<string, string>(),
        startsAt ?? LongAgo, lastSeen ?? Now.AddMinutes(-10))
            { Source = "alertmanager/eu" };
}
