using Remediator.Core.Actions;
using Remediator.Core.Pages;
using Remediator.Testing;

namespace Remediator.Sources.Tests.Alertmanager.Pages;

/// <summary>What the engine makes of silences, as the real Alertmanager understands it.</summary>
[Trait("Needs", "Alertmanager")]
public sealed class SilencesOfAlertmanagerTests
{
    private static readonly Dictionary<string, string> Api = new()
        { ["alertname"] = "KubePodCrashLooping", ["namespace"] = "shop", ["pod"] = "api-1", ["summary"] = "it said \"no\" \\ twice\n.*" };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Hold_SilencesThatAlertAlone_UntilItsEnd_AndOnce()
    {
        await using var alertmanager = await StartAsync();
        await alertmanager.FireAsync(Api);
        await alertmanager.FireAsync(new Dictionary<string, string>(Api) { ["pod"] = "api-2" });
        using var ours = new Groups(TimeProvider.System, Groups.Group("eu", alertmanager.Url));
        var hold = Hold(TimeSpan.FromMinutes(5));

        var id = await ours.Pages.HoldAsync(hold, Token);
        var again = await ours.Pages.HoldAsync(hold, Token);

        Assert.Equal(id, again);
        var silence = Assert.Single(await alertmanager.SilencesAsync());
        Assert.Equal(
            (id, "active", "remediator", hold.Comment, Millis(hold.Until)),
            (silence.Id, silence.State, silence.CreatedBy, silence.Comment, Millis(silence.EndsAt)));
        Assert.Equal(Api.Order(ByName), silence.Matches.Order(ByName));
        Assert.Equal(
            ("suppressed", "active"), (await alertmanager.StateAsync("pod", "api-1"), await alertmanager.StateAsync("pod", "api-2")));

        var reading = await ours.Lists.NamedAsync(
            new(Groups.Group("eu"), alertmanager.Url), ["KubePodCrashLooping"], ours.Silences.OurIds("alertmanager/eu"), Token);
        Assert.Equal(2, reading.Alerts.Count);
        Assert.All(reading.Alerts, a => Assert.False(a.IsMuted));
    }

    [Fact]
    public async Task HoldThatIsExtended_IsStillOneSilence_AndEndsLater()
    {
        await using var alertmanager = await StartAsync();
        await alertmanager.FireAsync(Api);
        using var ours = new Groups(TimeProvider.System, Groups.Group("eu", alertmanager.Url));
        var id = await ours.Pages.HoldAsync(Hold(TimeSpan.FromMinutes(5)), Token);
        var longer = Hold(TimeSpan.FromMinutes(25)) with { SilenceId = id };

        var extended = await ours.Pages.HoldAsync(longer, Token);
        var again = await ours.Pages.HoldAsync(longer, Token);

        Assert.Equal(extended, again);
        var silence = Assert.Single(await alertmanager.SilencesAsync(), s => s.State == "active");
        Assert.Equal((extended, Millis(longer.Until)), (silence.Id, Millis(silence.EndsAt)));
        Assert.Equal("suppressed", await alertmanager.StateAsync("pod", "api-1"));
        Assert.Equal([extended], ours.Silences.OurIds("alertmanager/eu"));

        Assert.Equal(extended, await ours.Pages.ReleaseAsync(longer, Token));
        Assert.Equal("active", await alertmanager.StateAsync("pod", "api-1"));
        Assert.All(await alertmanager.SilencesAsync(), s => Assert.Equal("expired", s.State));
    }

    [Fact]
    public async Task Release_LetsItRingAtOnce_AlsoWhereItsIdWasNeverHeardOf()
    {
        await using var alertmanager = await StartAsync();
        await alertmanager.FireAsync(Api);
        using var ours = new Groups(TimeProvider.System, Groups.Group("eu", alertmanager.Url));
        var hold = Hold(TimeSpan.FromMinutes(5));
        var id = await ours.Pages.HoldAsync(hold, Token);

        Assert.Equal(id, await ours.Pages.ReleaseAsync(hold, Token));

        Assert.Equal("expired", Assert.Single(await alertmanager.SilencesAsync()).State);
        Assert.Equal("active", await alertmanager.StateAsync("pod", "api-1"));
        Assert.Empty(ours.Silences.Ours("alertmanager/eu"));
        Assert.Null(await ours.Pages.ReleaseAsync(hold with { SilenceId = id }, Token));
        Assert.NotEqual(id, await ours.Pages.HoldAsync(hold, Token));
    }

    [Fact]
    public async Task Release_LeavesSilencesOfOthersAndOfOtherIncidents()
    {
        await using var alertmanager = await StartAsync();
        using var ours = new Groups(TimeProvider.System, Groups.Group("eu", alertmanager.Url));
        var other = Hold(TimeSpan.FromMinutes(5)) with { IncidentId = "06zzzz", Comment = "Incident 06zzzz" };
        await ours.Pages.HoldAsync(other, Token);

        Assert.Null(await ours.Pages.ReleaseAsync(Hold(TimeSpan.FromMinutes(5)), Token));
        Assert.Equal("active", Assert.Single(await alertmanager.SilencesAsync()).State);
    }

    [Fact]
    public async Task Silence_ThatNobodyRemoves_EndsByItself()
    {
        await using var alertmanager = await StartAsync();
        await alertmanager.FireAsync(Api);
        using var ours = new Groups(TimeProvider.System, Groups.Group("eu", alertmanager.Url));
        var hold = Hold(TimeSpan.FromSeconds(20));
        var id = await ours.Pages.HoldAsync(hold, Token);

        var ended = await alertmanager.AwaitSilenceAsync("a silence that is over", s => s.Id == id && s.State == "expired");

        Assert.Equal(Millis(hold.Until), Millis(ended.EndsAt));
        Assert.Equal("active", await alertmanager.StateAsync("pod", "api-1"));
    }

    [Fact]
    public async Task Set_SharesASilence_SoThatAnyOfThemCanEndIt()
    {
        await using var first = await StartAsync();
        await using var second = await AlertmanagerProcess.StartAsync(peer: first);
        using var ours = new Groups(TimeProvider.System, Groups.Group("eu", first.Url, second.Url));
        var hold = Hold(TimeSpan.FromMinutes(5));

        var id = await ours.Pages.HoldAsync(hold, Token);
        await second.AwaitSilenceAsync("the silence of the first", s => s.Id == id && s.State == "active");
        await first.KillAsync();

        Assert.Equal(id, await ours.Pages.ReleaseAsync(hold with { SilenceId = id }, Token));
        Assert.Equal("expired", Assert.Single(await second.SilencesAsync()).State);
    }

    [Fact]
    public async Task SilenceOfPeople_IsNotGone_BecauseAReplicaWasStartedWithoutItsData_WhileItsPeerIsAway()
    {
        var port = FreePort.Take();
        await using var first = await StartAsync();
        await using var second = await AlertmanagerProcess.StartAsync(port: port, peer: first);
        var silence = await first.SilenceAsync("namespace", "shop");
        await second.AwaitSilenceAsync("the silence of the first", s => s.Id == silence && s.State == "active");
        using var ours = new Groups(TimeProvider.System, Groups.Group("eu", first.Url, second.Url));
        await ours.Silences.ReadAsync(Token);
        await first.KillAsync();
        await second.KillAsync();

        await using var anew = await AlertmanagerProcess.StartAsync(port: port);
        Assert.Empty(await anew.SilencesAsync());
        await ours.Silences.ReadAsync(Token);

        Assert.Equal(silence, Assert.Single(ours.Silences.Current.Groups[0].Silences).Id);
        Assert.Contains("may not know of every silence", ours.Silences.Current.Groups[0].Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Alertmanager_ThatIsAway_IsPassedOver_AndNamedWhereAllAre()
    {
        await using var alertmanager = await StartAsync();
        using var some = new Groups(TimeProvider.System, Groups.Group("eu", "http://127.0.0.1:1", alertmanager.Url));
        using var none = new Groups(TimeProvider.System, Groups.Group("eu", "http://127.0.0.1:1"));
        var hold = Hold(TimeSpan.FromMinutes(5));

        var id = await some.Pages.HoldAsync(hold, Token);
        Assert.Equal(id, await some.Pages.ReleaseAsync(hold, Token));

        var doubt = await Assert.ThrowsAsync<ActionFailedException>(() => some.Pages.ReleaseAsync(hold, Token));
        Assert.StartsWith("http://127.0.0.1:1: ", doubt.Message, StringComparison.Ordinal);
        Assert.Equal(
            FailureKind.Transient, (await Assert.ThrowsAsync<ActionFailedException>(() => none.Pages.HoldAsync(hold, Token))).Kind);
    }

    private static async Task<AlertmanagerProcess> StartAsync()
    {
        Assert.SkipUnless(AlertmanagerProcess.IsInstalled, "There is no prometheus-alertmanager on this machine; tests/run installs it.");
        return await AlertmanagerProcess.StartAsync();
    }

    private static PageHold Hold(TimeSpan time) =>
        new(
            "06h0jp", "f1@alertmanager/eu", Api, TimeProvider.System.GetUtcNow() + time,
            "Incident 06h0jp, deployment shop/api: evict pod shop/api-1.", null);

    private static Comparer<KeyValuePair<string, string>> ByName { get; } = Comparer<KeyValuePair<string, string>>
        .Create((a, b) => string.CompareOrdinal(a.Key, b.Key));

    private static long Millis(DateTimeOffset time) => time.ToUnixTimeMilliseconds();
}
