using Remediator.Core.Journal;
using static Remediator.Journal.Tests.Samples;

namespace Remediator.Journal.Tests.Conformance;

public abstract class AlertChangesConformance(PostgresDatabase? database) : StoreConformance(database)
{
    private long _version;

    [Fact]
    public async Task ActiveAlerts_AreThoseLastSeenAndNotGone()
    {
        var labels = new Dictionary<string, string> { ["team"] = "支付", ["empty"] = "" };
        var first = new ActiveAlert("f1", Deployment("a"), "KubePodCrashLooping", labels, Noon, Noon.AddMinutes(1));
        var second = new ActiveAlert("f2", Deployment("b"), "KubePodNotReady", labels, Noon, Noon);
        await Journal.CommitAsync(Commit(Deployment("a"), 0) with { AlertsNow = [first with { LastSeen = Noon }, second] }, Token);
        await Journal.CommitAsync(Commit(Deployment("a"), 0) with { AlertsNow = [first], AlertsGone = ["f2", "unknown"] }, Token);

        var all = await Journal.AlertChangesAsync(0, Token);

        var kept = Assert.Single(all.Firing);
        Assert.Equal(first with { Labels = kept.Labels }, kept);
        Assert.Equal(labels, kept.Labels);
        Assert.Equal((true, 0), (all.IsAll, all.Gone.Count));
    }

    [Fact]
    public async Task AlertsWithTheSameLabels_OfTwoSources_AreTwo_AndEachEndsItsOwn()
    {
        var ofNobody = new ActiveAlert("f1", Deployment("a"), "KubePodCrashLooping", new Dictionary<string, string>(), Noon, Noon);
        var (eu, us) = (ofNobody with { Source = "alertmanager/eu" }, ofNobody with { Source = "alertmanager/us" });
        await Journal.CommitAsync(Commit(Deployment("a"), 0) with { AlertsNow = [ofNobody, eu, us] }, Token);
        var first = await Journal.AlertChangesAsync(0, Token);
        await Journal.CommitAsync(Commit(Deployment("a"), 0) with { AlertsGone = [us.Id] }, Token);

        var later = await Journal.AlertChangesAsync(first.Version, Token);

        Assert.Equal(["f1", "f1@alertmanager/eu", "f1@alertmanager/us"], first.Firing.Select(a => a.Id).Order(StringComparer.Ordinal));
        Assert.Equal(["f1", "f1", "f1"], first.Firing.Select(a => a.Fingerprint));
        Assert.Equal([us.Id], later.Gone);
        Assert.Equal(
            [null, "alertmanager/eu"],
            (await Journal.AlertChangesAsync(0, Token)).Firing.Select(a => a.Source).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task ActiveAlerts_AreReadByTheirSource_AndByTheirIds()
    {
        var ofNobody = new ActiveAlert("f1", Deployment("a"), "A", new Dictionary<string, string> { ["pod"] = "x" }, Noon, Noon);
        ActiveAlert[] eu = [
            ofNobody with { Source = "alertmanager/eu" }, ofNobody with { Fingerprint = "f2", Source = "alertmanager/eu" },
            ofNobody with { Fingerprint = "gone", Source = "alertmanager/eu" }];
        await Journal.CommitAsync(
            Commit(Deployment("a"), 0) with { AlertsNow = [ofNobody, .. eu, ofNobody with { Source = "alertmanager/us" }] }, Token);
        await Journal.CommitAsync(Commit(Deployment("a"), 0) with { AlertsGone = [eu[2].Id] }, Token);

        Assert.Equal([eu[0].Id, eu[1].Id], (await Journal.ActiveOfAsync("alertmanager/eu", Token)).Select(a => a.Id));
        Assert.Empty(await Journal.ActiveOfAsync("alertmanager", Token));
        var found = await Journal.ActiveAsync(["f1", eu[1].Id, eu[2].Id, "unknown"], Token);
        Assert.Equal(["f1", eu[1].Id], found.Select(a => a.Id));
        Assert.Equal((null, "x"), (found[0].Source, found[0].Labels["pod"]));
        Assert.Empty(await Journal.ActiveAsync([], Token));
    }

    [Fact]
    public async Task Follower_HearsOfEachChangeOnce()
    {
        Assert.Equal(" | ", await NextAsync());
        await TellAsync(now: ["a", "b"]);
        Assert.Equal("a b | ", await NextAsync());
        Assert.Equal(" | ", await NextAsync());

        await TellAsync(now: ["b", "c"], gone: ["a", "never-heard-of"]);
        Assert.Equal("b c | a", await NextAsync());
        await TellAsync(gone: ["a"]);
        Assert.Equal(" | ", await NextAsync());

        await TellAsync(now: ["a"]);
        Assert.Equal("a | ", await NextAsync());
    }

    [Fact]
    public async Task Alert_ThatComesAndGoesInOneGroup_IsAsItWasTold_Last()
    {
        await Task.WhenAll(Enumerable.Range(0, 50).SelectMany(
            i => new[] { TellAsync(now: [$"a{i}"]), TellAsync(gone: [$"a{i}"]), TellAsync(gone: [$"b{i}"]), TellAsync(now: [$"b{i}"]) }));

        Assert.Equal(
            Enumerable.Range(0, 50).Select(i => $"b{i}").Order(StringComparer.Ordinal),
            (await Journal.AlertChangesAsync(0, Token)).Firing.Select(a => a.Fingerprint));
    }

    [Fact]
    public async Task Follower_WhoHasNotAskedForLong_BeginsAnew()
    {
        await TellAsync(now: ["a", "b"]);
        await NextAsync();
        var late = _version;
        await TellAsync(gone: ["a"]);
        await NextAsync();
        await TellAsync(gone: ["b"], at: Noon.AddMinutes(11));

        var anew = await Journal.AlertChangesAsync(late, Token);

        Assert.Equal((true, 0, 0), (anew.IsAll, anew.Firing.Count, anew.Gone.Count));
        Assert.Equal(" | b", await NextAsync());
    }

    [Fact]
    public async Task Version_FromAnotherStore_BeginsAnew()
    {
        await TellAsync(now: ["a"]);
        var changes = await Journal.AlertChangesAsync(1_000_000, Token);

        Assert.Equal((true, 1), (changes.IsAll, changes.Firing.Count));
    }

    /// <returns>What fires | what is gone.</returns>
    private async Task<string> NextAsync()
    {
        var changes = await Journal.AlertChangesAsync(_version, Token);
        Assert.Equal(_version == 0, changes.IsAll);
        _version = changes.Version;
        return $"{string.Join(' ', changes.Firing.Select(a => a.Fingerprint))} | {string.Join(' ', changes.Gone)}";
    }

    private Task<CommitResult> TellAsync(string[]? now = null, string[]? gone = null, DateTimeOffset? at = null) =>
        Journal.CommitAsync(Commit(Deployment(), 0) with
        {
            At = at ?? Noon,
            AlertsNow = [.. (now ?? []).Select(f => new ActiveAlert(f, Deployment(), "A", new Dictionary<string, string>(), Noon, Noon))],
            AlertsGone = gone ?? []
        }, Token);
}
