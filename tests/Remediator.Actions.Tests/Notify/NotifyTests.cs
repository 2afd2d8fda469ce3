using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Remediator.Actions.Notify;
using Remediator.Actions.Notify.Alertmanager;
using Remediator.Actions.Notify.Webhook;
using Remediator.Core.Actions;
using Remediator.Core.Alerts;
using Remediator.Testing;

namespace Remediator.Actions.Tests.Notify;

public sealed class NotifyTests : IAsyncLifetime
{
    private const string Alerts = "/api/v2/alerts";

    private static readonly DateTimeOffset Now = new(2026, 11, 23, 3, 0, 0, TimeSpan.Zero);

    private static readonly Notification Escalated = new()
    {
        IncidentId = "inc-1",
        Resource = "deployment shop/api",
        Labels = new Dictionary<string, string> {
            ["cluster"] = "prod",
            ["namespace"] = "shop",
            ["owner.team"] = "a",
            ["alertname"] = "KubePodCrashLooping",
            ["empty"] = "" },
        Problem = "restart-loop",
        Severity = "critical",
        Message = "deployment shop/api keeps restarting: Error",
        Reason = "no rung is left",
        Tried = ["evict the one bad pod: not ready within 5 min"],
        NextStep = "undo the rollout",
        Evidence = "panic: no database\npassword=hunter2",
        StartsAt = Now,
        EndsAt = Now.AddMinutes(10),
    };

    private readonly FakeTimeProvider _time = new(Now);
    private readonly string _file = Path.GetTempFileName();
    private HttpEndpoint? _server;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private HttpEndpoint Server => _server ?? throw new InvalidOperationException("The endpoint is not started.");

    private string Url => Server.Url.ToString();

    public async ValueTask InitializeAsync()
    {
        _server = await HttpEndpoint.StartAsync();
        await File.WriteAllTextAsync(_file, "s3cret\n", Token);
    }

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        File.Delete(_file);
    }

    private static readonly Notification Waiting = Escalated with
    {
        Reason = "",
        NextStep = null,
        Waits = new(
            "undo the rollout",
            new() { Summary = "take api back to revision 1", Changes = [new("deployment shop/api", "image", "api:2", "api:1")] },
            Now.AddMinutes(30),
            "remediator approve inc-1"),
    };

    [Fact]
    public async Task Alertmanager_IsToldOfAStepThatWaits_UnderANameOfItsOwn()
    {
        Server.Always("POST", Alerts, new(200));
        await Alertmanager(Url).NotifyAsync(Waiting, Token);

        var alert = JsonNode.Parse(Assert.Single(Server.Of("POST", Alerts)).Body)!.AsArray().Single()!;
        Assert.Equal(OwnAlerts.RemediationWaitsForApproval, alert["labels"]?["alertname"]?.ToString());
        Assert.Contains(
            "Plan: take api back to revision 1\n  image: api:2 -> api:1\nUntil: 2026-11-23 03:30:00Z\n"
                + "To release it: remediator approve inc-1\n",
            alert["annotations"]?["description"]?.ToString(),
            StringComparison.Ordinal);
    }

    [Fact]
    public void Webhook_CarriesThePlan_OfAStepThatWaits()
    {
        var approval = JsonNode.Parse(WebhookBody.Of(Waiting, Now))!["approval"]!;
        Assert.Equal(
            ("undo the rollout", "take api back to revision 1", "remediator approve inc-1"),
            (approval["step"]?.ToString(), approval["plan"]?.ToString(), approval["command"]?.ToString()));
        Assert.Equal("api:1", approval["changes"]?[0]?["after"]?.ToString());
    }

    [Fact]
    public async Task Alertmanager_GetsOneAlert_ThatSaysAll()
    {
        Server.Always("POST", Alerts, new(200));
        await Alertmanager(Url).NotifyAsync(Escalated, Token);

        var alert = JsonNode.Parse(Assert.Single(Server.Of("POST", Alerts)).Body)!.AsArray().Single()!;
        Assert.Equal(
            """{"cluster":"prod","namespace":"shop","owner_team":"a","alertname":"RemediationFailed","resource":"deployment shop/api","problem":"restart-loop","severity":"critical","incident":"inc-1"}""",
            alert["labels"]!.ToJsonString());
        Assert.Equal("deployment shop/api keeps restarting: Error", alert["annotations"]?["summary"]?.ToString());
        Assert.Equal("""
            deployment shop/api keeps restarting: Error
            Why it stopped: no rung is left
            Tried: evict the one bad pod: not ready within 5 min
            Next step, for you to approve: undo the rollout
            Last seen:
            panic: no database
            password=***
            """, alert["annotations"]?["description"]?.ToString());
        Assert.Equal("2026-11-23T03:10:00+00:00", alert["endsAt"]?.ToString());
    }

    [Fact]
    public async Task Alertmanager_ToldAgainAndToldTheEnd_SeesTheSameAlert()
    {
        Server.Always("POST", Alerts, new(200));
        await Alertmanager(Url).NotifyAsync(Escalated, Token);
        await Alertmanager(Url).NotifyAsync(Escalated with { EndsAt = Now.AddMinutes(-1), Evidence = "other" }, Token);

        var told = Server.Of("POST", Alerts).Select(r => JsonNode.Parse(r.Body)!.AsArray().Single()!).ToList();
        Assert.Equal(told[0]["labels"]!.ToJsonString(), told[1]["labels"]!.ToJsonString());
        Assert.Equal(told[1]["startsAt"]?.ToString(), told[1]["endsAt"]?.ToString());
    }

    [Fact]
    public async Task Alertmanager_WhenOneOfTwoTakesIt_IsContent()
    {
        Server.Always("POST", Alerts, new(200)).Always("POST", $"/broken{Alerts}", new(500));
        await Alertmanager($"{Url}broken/", Url).NotifyAsync(Escalated, Token);
        Assert.Equal(2, Server.Requests.Count);
    }

    [Fact]
    public async Task Alertmanager_WhenNobodyTakesIt_FailsWithWhatEachSaid()
    {
        Server.Always("POST", Alerts, new(400, "bad label")).Always("POST", $"/b{Alerts}", new(503, "starting"));
        var e = await Assert.ThrowsAsync<ActionFailedException>(() => Alertmanager(Url, $"{Url}b").NotifyAsync(Escalated, Token));
        Assert.Equal(FailureKind.Transient, e.Kind);
        Assert.Equal(
            $"No Alertmanager of the group 'eu' took the alert. {Url}api/v2/alerts answered 400 (bad label). "
                + $"{Url}b/api/v2/alerts answered 503 (starting).",
            e.Message);
    }

    /// <summary>One that is away must not make it look as if nobody had been told, nor keep the others from hearing the end.</summary>
    [Fact]
    public async Task EachGroup_IsAWayOfItsOwn_AndFailsForItselfAlone()
    {
        Server.Always("POST", Alerts, new(200)).Always("POST", $"/b{Alerts}", new(503, "starting")).Always("POST", $"/c{Alerts}", new(200));
        var ways = Ways(
            new() { Name = "main", Urls = [Url, $"{Url}b"] }, new() { Name = "eu", Urls = [$"{Url}b"] },
            new() { Name = "quiet", Urls = [$"{Url}c"], Escalations = false }, new() { Name = "mute" })
            .Where(w => w.IsConfigured)
            .ToDictionary(w => w.Descriptor.Name);

        Assert.Equal(["notify.alertmanager", "notify.alertmanager/eu"], ways.Keys.Order());
        await ways["notify.alertmanager"].NotifyAsync(Escalated, Token);
        var e = await Assert.ThrowsAsync<ActionFailedException>(() => ways["notify.alertmanager/eu"].NotifyAsync(Escalated, Token));

        Assert.Equal($"No Alertmanager of the group 'eu' took the alert. {Url}b/api/v2/alerts answered 503 (starting).", e.Message);
        Assert.Single(Server.Of("POST", Alerts));
        Assert.Empty(Server.Of("POST", $"/c{Alerts}"));
    }

    /// <summary>Its name is that of the group alone: another group that is added does not rename it.</summary>
    [Theory]
    [InlineData("main", "notify.alertmanager")]
    [InlineData("eu", "notify.alertmanager/eu")]
    public void GroupThatIsTheOnlyOne_IsNamedAsWithOthers(string group, string name) => Assert.Equal(
        [name], Ways(new AlertmanagerGroup { Name = group, Urls = [Url] }).Select(w => w.Descriptor.Name));

    [Fact]
    public async Task Alertmanager_ThatDoesNotAnswer_IsGivenUpInTime()
    {
        Server.Always("POST", Alerts, new(Status: null));
        var telling = Alertmanager(Url).NotifyAsync(Escalated, Token);
        await Server.NextAsync("POST", Alerts, 1, Token);
        _time.Advance(TimeSpan.FromSeconds(10));
        Assert.EndsWith(
            "did not answer within 10 s.",
            (await Assert.ThrowsAsync<ActionFailedException>(() => telling)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Alertmanager_GetsTheCredentialOfTheFile()
    {
        Server.Always("POST", Alerts, new(200));
        await Alertmanager(new AlertmanagerGroup { Name = "eu", Urls = [Url], BearerTokenFile = _file }).NotifyAsync(Escalated, Token);
        await Alertmanager(new AlertmanagerGroup { Name = "eu", Urls = [Url], Username = "app", PasswordFile = _file })
            .NotifyAsync(Escalated, Token);
        Assert.Equal(
            ["Bearer s3cret", $"Basic {Convert.ToBase64String("app:s3cret"u8)}"], Server.Requests.Select(r => r.Headers["Authorization"]));
    }

    [Fact]
    public async Task OutgoingCalls_CarryTheTrace()
    {
        Server.Always("POST", Alerts, new(200));
        using var activity = new Activity("incident").SetIdFormat(ActivityIdFormat.W3C).Start();
        await Alertmanager(Url).NotifyAsync(Escalated, Token);
        Assert.Contains(activity.TraceId.ToHexString(), Assert.Single(Server.Requests).Headers["traceparent"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Webhook_GetsTheIncident_Signed()
    {
        Server.Always("POST", "/hook", new(204));
        await Webhook(new() { Url = $"{Url}hook", SecretFile = _file, BearerTokenFile = _file }).NotifyAsync(Escalated, Token);

        var request = Assert.Single(Server.Of("POST", "/hook"));
        var body = JsonNode.Parse(request.Body)!;
        Assert.Equal(
            ("1", "firing", "inc-1", "restart-loop"),
            (body["version"]?.ToString(), body["status"]?.ToString(), body["incident"]?.ToString(), body["problem"]?.ToString()));
        Assert.Equal("panic: no database\npassword=***", body["evidence"]?.ToString());
        Assert.Equal(
            "sha256=" + Convert.ToHexStringLower(
                HMACSHA256.HashData("s3cret"u8, Encoding.UTF8.GetBytes($"{Now.ToUnixTimeSeconds()}.{request.Body}"))),
            request.Headers["X-Remediator-Signature"]);
        Assert.Equal($"{Now.ToUnixTimeSeconds()}", request.Headers["X-Remediator-Timestamp"]);
        Assert.Equal("Bearer s3cret", request.Headers["Authorization"]);
    }

    [Fact]
    public async Task Webhook_OfAClosedIncident_SaysResolved()
    {
        Server.Always("POST", "/hook", new(200));
        await Webhook(new() { Url = $"{Url}hook" }).NotifyAsync(Escalated with { EndsAt = Now.AddSeconds(-1) }, Token);
        Assert.Equal("resolved", JsonNode.Parse(Assert.Single(Server.Requests).Body)?["status"]?.ToString());
    }

    [Fact]
    public async Task Webhook_ThatRedirects_IsNotFollowed()
    {
        Server.Always("POST", "/hook", new(302, Headers: new Dictionary<string, string> { ["Location"] = $"{Url}elsewhere" }));
        var e = await Assert.ThrowsAsync<ActionFailedException>(
            () => Webhook(new() { Url = $"{Url}hook", BearerTokenFile = _file }).NotifyAsync(Escalated, Token));
        Assert.Equal(FailureKind.Permanent, e.Kind);
        Assert.Single(Server.Requests);
    }

    [Fact]
    public async Task Notification_OfAnySize_IsBounded()
    {
        Server.Always("POST", Alerts, new(200)).Always("POST", "/hook", new(200));
        var huge = Escalated with {
            Evidence = string.Concat(Enumerable.Repeat("line\n", 200_000)),
            Tried = [.. Enumerable.Repeat(new string('t', 10_000), 1000)] };
        await Alertmanager(Url).NotifyAsync(huge, Token);
        await Webhook(new() { Url = $"{Url}hook" }).NotifyAsync(huge, Token);
        Assert.True(Server.Of("POST", Alerts)[0].Body.Length < 16 * 1024, "The alert is too large.");
        Assert.True(Server.Of("POST", "/hook")[0].Body.Length < 256 * 1024, "The webhook's body is too large.");
    }

    [Fact]
    public void Settings_AreRefusedWithAllTheirFaults()
    {
        Assert.Equal(
            ["Notify:Webhook: Url is missing."], new WebhookNotifyOptionsValidator().Validate(null, new() { SecretFile = _file }).Failures);
    }

    [Fact]
    public void Nobody_IsConfigured_UntilAnAddressIsGiven()
    {
        Assert.False(Alertmanager(new AlertmanagerGroup { Name = "mute" }).IsConfigured);
        Assert.False(Webhook(new()).IsConfigured);
        Assert.True(Alertmanager(Url).IsConfigured);
    }

    private AlertmanagerNotifyAction Alertmanager(params string[] urls) => Alertmanager(new AlertmanagerGroup { Name = "eu", Urls = urls });

    private AlertmanagerNotifyAction Alertmanager(AlertmanagerGroup group) => Ways(group).Single();

    private IEnumerable<AlertmanagerNotifyAction> Ways(params AlertmanagerGroup[] groups) => NotifyActions.All(
        new() { Time = _time, Alertmanagers = Options.Create(new AlertmanagerGroups { All = groups }), Secrets = new FilesAsTheyAre() })
        .OfType<AlertmanagerNotifyAction>();

    private WebhookNotifyAction Webhook(WebhookNotifyOptions options) =>
        new(Poster.Create(_time), Options.Create(options), new FilesAsTheyAre());
}
