using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Remediator.Core.Alerts;
using Remediator.Core.Journal;
using Remediator.Core.Resources;
using Remediator.Core.Safety;
using Remediator.Sources.Alertmanager;
using Remediator.Sources.Alertmanager.Pages;
using Remediator.Sources.Alertmanager.Reconcile;
using Remediator.Sources.Alertmanager.Silences;
using Remediator.Testing;

namespace Remediator.Sources.Tests.Alertmanager.Pages;

public sealed class HeldAlertWatchTests : IAsyncLifetime
{
    private static readonly DateTimeOffset Now = new(2026, 11, 25, 12, 0, 0, TimeSpan.Zero);
    private static readonly Dictionary<string, string> Api = new() { ["alertname"] = "A", ["pod"] = "api-1" };

    private readonly FakeTimeProvider _time = new(Now);
    private readonly FakeInbox _inbox = new();
    private readonly FakeJournal _journal = new();
    private readonly Leader _leader = new();
    private readonly Meters _meters = new();
    private HttpEndpoint _endpoint = null!;
    private SilenceWatch _silences = null!;
    private HeldAlertWatch _watch = null!;

    public async ValueTask InitializeAsync()
    {
        _endpoint = await HttpEndpoint.StartAsync();
        var options = Options.Create(new AlertmanagerSourceOptions { Urls = [_endpoint.Url.ToString()] });
        var lists = new AlertmanagerLists(new(options), options);
        _silences = new(lists, options, _time, NullLogger<SilenceWatch>.Instance);
        _watch = new(lists, _silences, _journal, _inbox, _leader, options, _time, _meters, NullLogger<HeldAlertWatch>.Instance);
        _journal.Firing = [new(LabelFingerprint.Of(Api), new("test", "deployment", "shop", "api"), "A", Api, Now.AddMinutes(-9), Now.AddMinutes(-1))];
        Lists(upFor: TimeSpan.FromHours(1));
    }

    [Fact]
    public async Task HeldAlert_ThatIsListedNoMore_EndsWithinSeconds()
    {
        Hold();
        await LookAsync(seconds: 0);
        Assert.Empty(_inbox.Added);
        await LookAsync(seconds: 5);

        var told = Assert.Single(_inbox.Added);
        Assert.Equal((AlertStatus.Resolved, LabelFingerprint.Of(Api), Reconciliation.Source), (told.Alert.Status, told.Alert.Fingerprint, told.Source));
    }

    [Fact]
    public async Task HeldAlert_ThatIsSilenced_StillFires()
    {
        Hold();
        Lists(TimeSpan.FromHours(1), Listed(Now.AddMinutes(-9)));
        await LookAsync(0);
        await LookAsync(5);
        await LookAsync(5);
        Assert.Empty(_inbox.Added);
    }

    [Fact]
    public async Task HeldAlert_ThatBeganAnew_IsHeardOf()
    {
        Hold();
        Lists(TimeSpan.FromHours(1), Listed(Now.AddMinutes(-1)));
        await LookAsync(0);
        await LookAsync(5);
        Assert.Equal((AlertStatus.Firing, Now.AddMinutes(-1)), (Assert.Single(_inbox.Added).Alert.Status, _inbox.Added[0].Alert.StartsAt));
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
            case "another leads": (_leader.Leads, _) = (false, Hold()); break;
            default: Hold(); Lists(TimeSpan.FromMinutes(4)); break;
        }

        await LookAsync(0);
        await LookAsync(5);
        await LookAsync(5);
        Assert.Empty(_inbox.Added);
    }

    [Fact]
    public void Metric_CountsPagesThatAreHeld()
    {
        Hold();
        Hold(pod: "api-2");
        Hold(pod: "api-3", by: "bob");
        var held = 0;
        using var listener = new MeterListener { InstrumentPublished = (i, l) => { if (i.Name == "remediator.pages.held" && _meters.Made.Contains(i.Meter)) l.EnableMeasurementEvents(i); } };
        listener.SetMeasurementEventCallback<int>((_, value, _, _) => held = value);
        listener.Start();
        listener.RecordObservableInstruments();
        Assert.Equal(2, held);
    }

    public ValueTask DisposeAsync()
    {
        _watch.Dispose();
        _silences.Dispose();
        _meters.Dispose();
        return _endpoint.DisposeAsync();
    }

    private async Task LookAsync(int seconds)
    {
        _time.Advance(TimeSpan.FromSeconds(seconds));
        await _watch.LookAsync(TestContext.Current.CancellationToken);
    }

    private bool Hold(string pod = "api-1", string by = Silence.Ours, DateTimeOffset? until = null)
    {
        _silences.Remember(new($"silence of {pod}", by, "", Now.AddMinutes(-1), until ?? Now.AddMinutes(5), [new("alertname", "A", false, true), new("pod", pod, false, true)]));
        return true;
    }

    private void Lists(TimeSpan upFor, string alerts = "") => _endpoint
        .Always("GET", "/api/v2/status", new(200, $$"""{"uptime":"{{Now - upFor:O}}"}"""))
        .Always("GET", "/api/v2/alerts", new(200, $"[{alerts}]"));

    private static string Listed(DateTimeOffset startsAt) => $$$"""
        {"fingerprint":"{{{LabelFingerprint.Of(Api)}}}","receivers":[{"name":"remediator"}],"startsAt":"{{{startsAt:O}}}","labels":{"alertname":"A","pod":"api-1"},
         "status":{"inhibitedBy":[],"silencedBy":["silence of api-1"],"state":"suppressed"}}
        """;

    private sealed class Leader : ILeader
    {
        public bool Leads { get; set; } = true;
    }

    private sealed class Meters : IMeterFactory
    {
        public List<Meter> Made { get; } = [];

        public Meter Create(MeterOptions options)
        {
            Made.Add(new(options));
            return Made[^1];
        }

        public void Dispose() => Made.ForEach(m => m.Dispose());
    }

    private sealed class FakeJournal : IJournal
    {
        public IReadOnlyList<ActiveAlert> Firing { get; set; } = [];

        public Task<AlertChanges> AlertChangesAsync(long since, CancellationToken cancellationToken) => Task.FromResult(new AlertChanges(1, Firing, []));

        public Task<ResourceHead> LoadAsync(ResourceKey resource, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<IReadOnlyList<JournalEvent>> EventsAsync(ResourceKey resource, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<CommitResult> CommitAsync(Commit commit, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<EventPage> EventsAsync(IReadOnlyList<string> types, long after, DateTimeOffset since, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<Holdings> HeldAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<IReadOnlyList<Permit>> PermitsAsync(CancellationToken cancellationToken) => throw new NotSupportedException();
    }
}
