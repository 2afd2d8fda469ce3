using Remediator.Core.Alerts;
using Remediator.Core.Journal;
using Remediator.Core.Resources;

namespace Remediator.Core.Tests.Alerts;

public sealed class ReconciliationTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 24, 12, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Every = TimeSpan.FromMinutes(1);
    private static readonly DateTimeOffset LongAgo = Now.AddHours(-3);

    [Fact]
    public void AlertThatTheWebhookNeverTold_IsTold_OnceTwoRoundsHaveSeenIt()
    {
        var reading = Reading(LongAgo, Listed("a"));
        Assert.Empty(Round(Reconciliation.None, [reading], []).Tell);
        var told = Assert.Single(Twice([reading], []).Tell);
        Assert.Equal(("a", AlertStatus.Firing), (told.Fingerprint, told.Status));
    }

    public static TheoryData<string, AlertmanagerReading[], ActiveAlert[]> NothingToTell => new()
    {
        { "both know it", [Reading(LongAgo, Listed("a"))], [Known("a")] },
        { "the webhook may be on its way", [Reading(LongAgo, Listed("a", startsAt: Now.AddSeconds(-90)))], [] },
        { "it is for others", [Reading(LongAgo, Listed("a") with { IsForUs = false })], [] },
        { "it is muted and new", [Reading(LongAgo, Listed("a") with { IsMuted = true })], [] },
        { "it is muted and known", [Reading(LongAgo, Listed("a") with { IsMuted = true })], [Known("a")] },
        { "it is our own", [Reading(LongAgo, Listed("a", name: OwnAlerts.RemediationFailed))], [] },
        { "it is about us", [Reading(LongAgo, Listed("a", about: OwnAlerts.Engine))], [] },
        { "we know a later beginning", [Reading(LongAgo, Listed("a"))], [Known("a", startsAt: Now.AddHours(-1))] },
        { "it goes to others now, and still fires", [Reading(LongAgo, Listed("a") with { IsForUs = false })], [Known("a")] },
        { "nobody answered", [], [Known("a")] },
        { "the Alertmanager has just started and was told nothing yet", [Reading(Now.AddMinutes(-4))], [Known("a")] },
        { "one of two has forgotten it", [Reading(LongAgo), Reading(LongAgo, Listed("a"))], [Known("a")] },
        { "we heard of it a moment ago", [Reading(LongAgo)], [Known("a", lastSeen: Now.AddSeconds(-90))] },
    };

    [Theory]
    [MemberData(nameof(NothingToTell), DisableDiscoveryEnumeration = true)]
    public void Nothing_IsTold_When(string why, AlertmanagerReading[] readings, ActiveAlert[] known) =>
        Assert.True(Twice(readings, known).Tell.Count == 0, why);

    [Fact]
    public void EndThatTheWebhookNeverTold_IsTold_OnceTwoRoundsHaveMissedIt()
    {
        Assert.Empty(Round(Reconciliation.None, [Reading(LongAgo)], [Known("a")]).Tell);
        var told = Assert.Single(Twice([Reading(LongAgo)], [Known("a")]).Tell);
        Assert.Equal(("a", AlertStatus.Resolved, LongAgo, Now), (told.Fingerprint, told.Status, told.StartsAt, told.EndsAt));
    }

    [Fact]
    public void OneThatHasStarted_AndOneThatHasNot_AreBothAsked()
    {
        var told = Twice([Reading(LongAgo), Reading(Now.AddMinutes(-1))], [Known("a")]).Tell;
        Assert.Equal(AlertStatus.Resolved, Assert.Single(told).Status);
    }

    [Fact]
    public void AlertThatBeganAgain_IsTold()
    {
        var told = Twice([Reading(LongAgo, Listed("a", startsAt: Now.AddMinutes(-10)))], [Known("a")]).Tell;
        Assert.Equal(Now.AddMinutes(-10), Assert.Single(told).StartsAt);
    }

    [Fact]
    public void KnownAlert_ThatIsNotRepeated_IsHeardOfAgain_MutedOrNot()
    {
        var told = Round(Reconciliation.None, [Reading(LongAgo, Listed("a") with { IsMuted = true })], [Known("a", lastSeen: Now.AddMinutes(-31))]).Tell;
        Assert.Equal(("a", AlertStatus.Firing, LongAgo), Assert.Single(told.Select(t => (t.Fingerprint, t.Status, t.StartsAt))));
    }

    [Fact]
    public void RoundInWhichNobodyAnswered_CountsForNothing()
    {
        var seen = Round(Reconciliation.None, [Reading(LongAgo)], [Known("a")]);
        var blind = Round(seen, [], [Known("a")]);
        Assert.Empty(Round(blind, [Reading(LongAgo)], [Known("a")]).Tell);
    }

    private static Reconciliation Round(Reconciliation last, IReadOnlyList<AlertmanagerReading> readings, IReadOnlyList<ActiveAlert> known) =>
        last.Next(readings, known, Now, Every);

    private static Reconciliation Twice(IReadOnlyList<AlertmanagerReading> readings, IReadOnlyList<ActiveAlert> known) =>
        Round(Round(Reconciliation.None, readings, known), readings, known);

    private static AlertmanagerReading Reading(DateTimeOffset since, params ListedAlert[] alerts) => new(since, alerts);

    private static ListedAlert Listed(string fingerprint, string name = "KubePodCrashLooping", DateTimeOffset? startsAt = null, string about = "shop") => new(
        new() { Name = name, Status = AlertStatus.Firing, Labels = new Dictionary<string, string> { ["alertname"] = name, [OwnAlerts.About] = about }, StartsAt = startsAt ?? LongAgo, Fingerprint = fingerprint },
        IsForUs: true,
        IsMuted: false);

    private static ActiveAlert Known(string fingerprint, DateTimeOffset? startsAt = null, DateTimeOffset? lastSeen = null) => new(
        fingerprint, new ResourceKey("test", "deployment", "shop", "api"), "KubePodCrashLooping", new Dictionary<string, string>(), startsAt ?? LongAgo, lastSeen ?? Now.AddMinutes(-10));
}
