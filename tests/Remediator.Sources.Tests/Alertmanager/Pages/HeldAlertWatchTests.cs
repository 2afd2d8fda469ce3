using System.Diagnostics.Metrics;
using Microsoft.Extensions.Time.Testing;
using Remediator.Core.Alerts;
using Remediator.Core.Journal;
using Remediator.Core.Pages;
using Remediator.Sources.Webhook;
using Remediator.Testing;

namespace Remediator.Sources.Tests.Alertmanager.Pages;

public sealed class HeldAlertWatchTests : IAsyncLifetime
{
    private const string Eu = "alertmanager/eu";
    private const string Us = "alertmanager/us";

    private static readonly DateTimeOffset Now = new(2026, 11, 25, 12, 0, 0, TimeSpan.Zero);
    private static readonly Dictionary<string, string> Api = new() { ["alertname"] = "A", ["pod"] = "api-1" };

    private readonly FakeTimeProvider _time = new(Now);
    private HttpEndpoint _endpoint = null!;
    private Groups _groups = null!;

    private FakeInbox Inbox => _groups.Inbox;

    public async ValueTask InitializeAsync()
    {
        _endpoint = await HttpEndpoint.StartAsync();
        _groups = new(_time, Groups.Group("eu", _endpoint.Url.ToString()), Groups.Group("us", $"{_endpoint.Url}us"));
        _groups.Journal.Firing.Add(Known(Eu));
        Lists(upFor: TimeSpan.FromHours(1));
    }

    [Fact]
    public async Task HeldAlert_ThatIsListedNoMore_EndsWithinSeconds()
    {
        Hold();
        await CheckAsync(seconds: 0);
        Assert.Empty(Inbox.Added);
        await CheckAsync(seconds: 5);

        var told = Assert.Single(Inbox.Added);
        Assert.Equal(
            (AlertStatus.Resolved, LabelFingerprint.Of(Api), "alertmanager-list"),
            (told.Alert.Status, told.Alert.Fingerprint, told.Source));
    }

    [Fact]
    public async Task HeldAlert_ThatIsSilenced_StillFires()
    {
        Hold();
        Lists(TimeSpan.FromHours(1), Listed(Now.AddMinutes(-9)));
        await CheckAsync(0);
        await CheckAsync(5);
        await CheckAsync(5);
        Assert.Empty(Inbox.Added);
    }

    [Fact]
    public async Task HeldAlert_ThatBeganAnew_IsHeardOf()
    {
        Hold();
        Lists(TimeSpan.FromHours(1), Listed(Now.AddMinutes(-1)));
        await CheckAsync(0);
        await CheckAsync(5);
        Assert.Equal((AlertStatus.Firing, Now.AddMinutes(-1)), (Assert.Single(Inbox.Added).Alert.Status, Inbox.Added[0].Alert.StartsAt));
    }

    [Theory]
    [InlineData("none is held")]
    [InlineData("it is over")]
    [InlineData("another alert")]
    [InlineData("somebody else's")]
    [InlineData("another leads")]
    [InlineData("just started")]
    public async Task AlertThatNoSilenceOfOursHides_IsLeftToTheWebhook(string what)
    {
        switch (what)
        {
            case "none is held": break;
            case "it is over": Hold(until: Now); break;
            case "another alert": Hold(pod: "api-2"); break;
            case "somebody else's": Hold(by: "bob"); break;
            case "another leads": (_groups.Leads, _) = (false, Hold()); break;
            default: Hold(); Lists(TimeSpan.FromMinutes(4)); break;
        }

        await CheckAsync(0);
        await CheckAsync(5);
        await CheckAsync(5);
        Assert.Empty(Inbox.Added);
    }

    [Fact]
    public async Task HeldAlert_OfAGroupThatDoesNotAnswer_IsNotOver_BecauseAnotherGroupDoesNotListIt()
    {
        Hold(source: Us);
        _groups.Journal.Firing.Add(Known(Us));
        for (var seconds = 0; seconds < 60; seconds += 5)
            await CheckAsync(seconds: 5);

        Assert.Empty(Inbox.Added);
    }

    [Fact]
    public async Task SameAlert_OfNobodyAndOfAnotherGroup_IsLeftAlone()
    {
        Hold();
        _groups.Journal.Firing.AddRange([Known(null), Known(Us), Known(AlertSource.Unlisted)]);
        await CheckAsync(0);
        await CheckAsync(5);

        Assert.Equal(Eu, Assert.Single(Inbox.Added).Alert.Source);
    }

    [Fact]
    public async Task Alertmanager_IsAskedForTheNamesOfWhatIsHeld_AndForNothingElse()
    {
        Hold();
        await CheckAsync(0);

        Assert.All(_endpoint.Of("GET", "/api/v2/alerts"), r =>
            Assert.EndsWith("&filter=alertname%3D~%22A%22", r.Query, StringComparison.Ordinal));
        Assert.Empty(_endpoint.Of("GET", "/us/api/v2/alerts"));
    }

    [Fact]
    public void Metric_CountsPagesThatAreHeld()
    {
        Hold();
        Hold(pod: "api-2");
        Hold(pod: "api-3", by: "bob");
        var held = 0;
        using var listener = new MeterListener { InstrumentPublished = (
            i, l) => { if (i.Name == "remediator.pages.held" && _groups.Meters.Contains(i.Meter)) l.EnableMeasurementEvents(i); } };
        listener.SetMeasurementEventCallback<int>((_, value, _, _) => held = value);
        listener.Start();
        listener.RecordObservableInstruments();
        Assert.Equal(2, held);
    }

    public ValueTask DisposeAsync()
    {
        _groups.Dispose();
        return _endpoint.DisposeAsync();
    }

    private static ActiveAlert Known(string? source) =>
        new(LabelFingerprint.Of(Api), new("test", "deployment", "shop", "api"), "A", Api, Now.AddMinutes(-9), Now.AddMinutes(-1))
            { Source = source };

    private async Task CheckAsync(int seconds)
    {
        _time.Advance(TimeSpan.FromSeconds(seconds));
        await _groups.Held.CheckAsync(TestContext.Current.CancellationToken);
    }

    private bool Hold(string pod = "api-1", string by = Silence.Ours, DateTimeOffset? until = null, string source = Eu)
    {
        _groups.Silences.Remember(
            source,
            new(
                $"silence of {pod}", by, "", Now.AddMinutes(-1), until ?? Now.AddMinutes(5),
                [new("alertname", "A", false, true), new("pod", pod, false, true)]));
        return true;
    }

    private void Lists(TimeSpan upFor, string alerts = "") => _endpoint
        .Always("GET", "/api/v2/status", new(200, $$"""{"uptime":"{{TimeProvider.System.GetUtcNow() - upFor:O}}"}"""))
        .Always("GET", "/api/v2/alerts", new(200, $"[{alerts}]"));

    private static string Listed(DateTimeOffset startsAt) => $$$"""
        {"fingerprint":"{{{LabelFingerprint.Of(Api)}}}","receivers":[{"name":"remediator"}],"startsAt":"{{{startsAt:O}}}","labels":{"alertname":"A","pod":"api-1"},
         "status":{"inhibitedBy":[],"silencedBy":["silence of api-1"],"state":"suppressed"}}
        """;
}
