using Microsoft.Extensions.Time.Testing;
using Remediator.Core.Alerts;
using Remediator.Core.Journal;
using Remediator.Sources.Webhook;
using Remediator.Testing;

namespace Remediator.Sources.Tests.Alertmanager;

/// <summary>Two real Alertmanagers that know nothing of each other.</summary>
[Trait("Needs", "Alertmanager")]
public sealed class TwoAlertmanagersTests
{
    private const string Eu = "alertmanager/eu";
    private const string Us = "alertmanager/us";

    private readonly FakeTimeProvider _time = new(TimeProvider.System.GetUtcNow());

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task OneThatIsAway_ResolvesNothing_NorDoesWhatIsInNoListAtAll()
    {
        await using var eu = await StartAsync();
        await using var us = await StartAsync();
        await eu.FireAsync(Labels("of-eu"));
        await us.FireAsync(Labels("of-us"));
        using var groups = Of(eu, us);
        groups.Journal.Firing.AddRange([
            Known("of-eu", Eu), Known("of-us", Us), Known("by-curl", AlertSource.Unlisted), Known("of-before", null),
            Known("of-removed", "alertmanager/removed")]);
        // one that eu knows no more: once that is told, eu's absences are proofs
        groups.Journal.Firing.Add(Known("ended-at-eu", Eu));
        await us.KillAsync();

        await UntilAsync("the end of the alert that eu lists no more", groups, () => Told(groups, AlertStatus.Resolved).Any());
        groups.Journal.Firing.RemoveAll(a => a.Name == "ended-at-eu");
        for (var minute = 0; minute < 5; minute++)
            await RoundAsync(groups);

        Assert.Equal([("ended-at-eu", Eu)], Told(groups, AlertStatus.Resolved).Select(a => (a.Name, a.Source)).Distinct());
    }

    [Fact]
    public async Task OneThatIsAway_EndsNoPage_AndForgetsNoSilence()
    {
        await using var eu = await StartAsync();
        await using var us = await StartAsync();
        await us.FireAsync(Labels("of-us"));
        var silence = await us.SilenceAsync("namespace", "shop");
        using var groups = Of(eu, us);
        groups.Journal.Firing.Add(Known("of-us", Us));
        await groups.Pages.HoldAsync(
            new("06h0jp", Known("of-us", Us).Id, Labels("of-us"), _time.GetUtcNow().AddHours(1), "Incident 06h0jp", null), Token);
        await groups.Silences.ReadAsync(Token);
        Assert.Equal([0, 2], groups.Silences.Current.Groups.Select(g => g.Silences.Count));
        await us.KillAsync();

        for (var seconds = 0; seconds < 300; seconds += 5)
        {
            _time.Advance(TimeSpan.FromSeconds(5));
            await groups.Held.CheckAsync(Token);
            await groups.Silences.ReadAsync(Token);
            var ofUs = Assert.Single(groups.Silences.Current.For(Us));
            Assert.Contains(ofUs.Silences, s => s.Id == silence && s.Covers(Labels("of-us"), _time.GetUtcNow()));
            Assert.Equal(seconds < 120, ofUs.IsFresh(_time.GetUtcNow()));
            Assert.True(Assert.Single(groups.Silences.Current.For(Eu)).IsFresh(_time.GetUtcNow()));
        }

        Assert.Empty(groups.Inbox.Added);
    }

    [Fact]
    public async Task SingleOne_ThatWasStartedAgainWithoutItsData_EndsNoSilence_UntilItListsItsEnd()
    {
        await using var eu = await StartAsync();
        var silence = await eu.SilenceAsync("namespace", "shop");
        using var groups = Of(eu);
        await groups.Silences.ReadAsync(Token);
        await eu.KillAsync();
        await using var empty = await AlertmanagerProcess.StartAsync(port: new Uri(eu.Url).Port);
        Assert.Empty(await empty.SilencesAsync());

        for (var minutes = 0; minutes < 30; minutes++)
        {
            _time.Advance(TimeSpan.FromMinutes(1));
            await groups.Silences.ReadAsync(Token);
            var of = Assert.Single(groups.Silences.Current.For(Eu));
            Assert.Contains(of.Silences, s => s.Id == silence && s.Covers(Labels("of-eu"), _time.GetUtcNow()));
            Assert.True(of.IsFresh(_time.GetUtcNow()));
            Assert.Equal([silence], of.Lost.Keys);
        }

        var next = await empty.SilenceAsync("namespace", "other");
        await groups.Silences.ReadAsync(Token);
        Assert.Equal([next, silence], groups.Silences.Current.Groups[0].Silences.Select(s => s.Id));
        await empty.ExpireAsync(next);
        await groups.Silences.ReadAsync(Token);
        Assert.Equal([silence], groups.Silences.Current.Groups[0].Silences.Select(s => s.Id));
    }

    [Fact]
    public async Task AlertThatGoesToOthersNow_StillFires()
    {
        await using var eu = await StartAsync();
        await eu.FireAsync(Labels("a \"b\" \\ c|d.*\n"));
        using var groups = Of(eu);
        groups.Journal.Firing.AddRange([Known("a \"b\" \\ c|d.*\n", Eu), Known("ended", Eu)]);

        await UntilAsync("the end of the other one", groups, () => Told(groups, AlertStatus.Resolved).Any());

        Assert.Equal(["ended"], Told(groups, AlertStatus.Resolved).Select(a => a.Name).Distinct());
        Assert.Equal(["a \"b\" \\ c|d.*\n"], Told(groups, AlertStatus.Firing).Select(a => a.Name).Distinct());
    }

    private static Groups Of(FakeTimeProvider time, params IReadOnlyList<(string Name, AlertmanagerProcess Process)> groups) =>
        new(time, TimeSpan.FromSeconds(1), [.. groups.Select(g => Groups.Group(g.Name, g.Process.Url))]);

    private Groups Of(AlertmanagerProcess eu) => Of(_time, ("eu", eu));

    private Groups Of(AlertmanagerProcess eu, AlertmanagerProcess us) => Of(_time, ("eu", eu), ("us", us));

    private static IEnumerable<Alert> Told(Groups groups, AlertStatus status) =>
        groups.Inbox.Added.Select(e => e.Alert).Where(a => a.Status == status);

    private async Task RoundAsync(Groups groups)
    {
        _time.Advance(TimeSpan.FromMinutes(1));
        await groups.RoundAsync(Token);
    }

    private Task UntilAsync(string what, Groups groups, Func<bool> isSo) => Wait.UntilAsync(what, async () =>
    {
        if (!isSo())
            await RoundAsync(groups);
        return isSo();
    }, Token);

    private ActiveAlert Known(string name, string? source) =>
        new(
            LabelFingerprint.Of(Labels(name)), new("test", "deployment", "shop", "api"), name, Labels(name), _time.GetUtcNow().AddHours(-1),
            _time.GetUtcNow().AddHours(-1))
            { Source = source };

    private static Dictionary<string, string> Labels(string name) => new() { ["alertname"] = name, ["namespace"] = "shop" };

    private static async Task<AlertmanagerProcess> StartAsync()
    {
        Assert.SkipUnless(AlertmanagerProcess.IsInstalled, "There is no prometheus-alertmanager on this machine; tests/run installs it.");
        return await AlertmanagerProcess.StartAsync();
    }
}
