using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Microsoft.Extensions.Logging;
using Remediator.Core.Alerts;
using Remediator.Testing;

namespace Remediator.Sources.Tests.Alertmanager;

public sealed class AlertmanagerSourceTests
{
    private const string OneAlert =
        """{"version":"4","alerts":[{"status":"firing","labels":{"alertname":"A"},"startsAt":"2026-11-23T10:00:00Z"}]}""";
    private const string NoAlerts = """{"version":"4","alerts":[]}""";

    [Fact]
    public async Task Delivery_IsKeptAlertByAlert_WithItsOwnStatus()
    {
        await using var host = await SourceHost.StartAsync();

        using var answer = await host.PostFileAsync("Payloads/mixed.json");

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("""{"accepted":2,"duplicates":0,"rejected":0}""", await TextAsync(answer));
        var (firing, resolved) = (host.Inbox.Added[0], host.Inbox.Added[1]);
        Assert.Equal(
            ("KubePodCrashLooping", AlertStatus.Firing, "b3f1d0c2a7e94c55"),
            (firing.Alert.Name, firing.Alert.Status, firing.Alert.Fingerprint));
        Assert.Equal(new DateTimeOffset(2026, 11, 23, 10, 3, 12, TimeSpan.Zero).AddTicks(4392668), firing.Alert.StartsAt);
        Assert.Null(firing.Alert.EndsAt);
        Assert.Equal("CrashLoopBackOff", firing.Alert.Labels["reason"]);
        Assert.Equal("Pod is crash looping.", firing.Alert.Annotations["summary"]);
        Assert.StartsWith("http://prometheus:9090/graph", firing.Alert.GeneratorUrl, StringComparison.Ordinal);
        Assert.Equal(("alertmanager", SourceHost.Now), (firing.Source, firing.ReceivedAt));
        Assert.Equal(AlertStatus.Resolved, resolved.Alert.Status);
        Assert.Equal(new DateTimeOffset(2026, 11, 23, 10, 4, 42, 439, TimeSpan.Zero), resolved.Alert.EndsAt);
    }

    [Theory]
    [InlineData(null, "alertmanager", false)]
    [InlineData("eu", "alertmanager/eu", false)]
    [InlineData("us", "alertmanager/us", true)]
    public async Task Path_SaysWhoseAlertsTheyAre_AndAGroupThatIsNotConfiguredIsWarnedOf(string? group, string source, bool warned)
    {
        await using var host = await SourceHost.StartAsync(("Alertmanagers:0:Name", "eu"));

        using var answer = await host.PostAsync(new StringContent(OneAlert), group);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var kept = Assert.Single(host.Inbox.Added);
        Assert.Equal((source, source), (kept.Source, kept.Alert.Source));
        Assert.Equal(
            warned,
            host.RecordedLog.Lines.Any(l => l.Level is LogLevel.Warning
                && l.Text.StartsWith("A delivery came for the group 'us', which is not configured", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Fingerprint_ThatNamesASource_IsComputedFromTheLabelsInstead()
    {
        await using var host = await SourceHost.StartAsync();

        using var answer = await host.PostAsync(new StringContent(
            OneAlert.Replace("\"status\"", "\"fingerprint\":\"f@alertmanager/eu\",\"status\"", StringComparison.Ordinal)));

        Assert.DoesNotContain('@', Assert.Single(host.Inbox.Added).Alert.Fingerprint);
    }

    [Theory]
    [InlineData("EU")]
    [InlineData("a%40b")]
    [InlineData("-")]
    public async Task Path_WithWhatNeverIsAGroup_IsRefused(string group)
    {
        await using var host = await SourceHost.StartAsync();

        using var answer = await host.PostAsync(new StringContent(OneAlert), group);

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Empty(host.Inbox.Added);
    }

    [Fact]
    public async Task Delivery_SentTwice_IsKnownTheSecondTime()
    {
        await using var host = await SourceHost.StartAsync();

        using var first = await host.PostFileAsync("Payloads/mixed.json");
        using var second = await host.PostFileAsync("Payloads/mixed.json");

        Assert.Equal("""{"accepted":0,"duplicates":2,"rejected":0}""", await TextAsync(second));
        Assert.Equal(2, host.Inbox.Added.Count);
    }

    [Fact]
    public async Task UnknownFields_ArePassedOver_AndLeftOutAlertsAreLogged()
    {
        await using var host = await SourceHost.StartAsync();

        using var answer = await host.PostFileAsync("Payloads/truncated-and-unknown-fields.json");

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var kept = Assert.Single(host.Inbox.Added);
        Assert.Equal("/var", kept.Alert.Labels["mountpoint"]);
        Assert.Contains(host.RecordedLog.Lines, l =>
            l.Level is LogLevel.Warning && l.Text.StartsWith("Alertmanager left alerts out", StringComparison.Ordinal)
                && l.Text.Contains("max_alerts: 17;", StringComparison.Ordinal));
    }

    [Fact]
    public async Task MissingFingerprint_IsComputedFromTheLabelSet_WhateverItsOrder()
    {
        await using var host = await SourceHost.StartAsync();

        using var answer = await host.PostFileAsync("Payloads/without-fingerprint.json");

        Assert.Equal("""{"accepted":1,"duplicates":1,"rejected":0}""", await TextAsync(answer));
        Assert.Matches("^[0-9a-f]{16}$", Assert.Single(host.Inbox.Added).Alert.Fingerprint);
    }

    [Fact]
    public async Task BadAlerts_GoToTheDeadLetters_AndTheOthersAreKept()
    {
        await using var host = await SourceHost.StartAsync();

        using var answer = await host.PostFileAsync("Payloads/one-bad-alert.json");

        Assert.Equal("""{"accepted":2,"duplicates":0,"rejected":8}""", await TextAsync(answer));
        Assert.Equal(["First", "Last"], host.Inbox.Added.Select(e => e.Alert.Name));
        Assert.Equal(
            """{"status":"firing","labels":{"alertname":"Broken","attempts":3},"startsAt":"2026-11-23T10:00:00Z"}""",
            host.Inbox.Rejected[0].Text);
        Assert.Equal(
            "$.labels.attempts cannot be read; it must be of the type that Alertmanager sends, and be there once",
            host.Inbox.Rejected[0].Reason);
        Assert.Equal(
            [
                "its labels have no 'alertname'",
                "its status is 'pending'; expected 'firing' or 'resolved'",
                "it has no 'startsAt'",
                "one of its labels is null",
                "it has no 'labels'",
                "it is null",
            ],
            host.Inbox.Rejected.Skip(1).Take(6).Select(r => r.Reason));
    }

    [Theory]
    [InlineData("cut-short", "The body is not valid JSON")]
    [InlineData("empty", "The body is not valid JSON")]
    [InlineData("text-after-the-end", "The body is not valid JSON")]
    [InlineData("not-an-object", "The body is not a JSON object.")]
    [InlineData("no-alerts", "The body has no array 'alerts'.")]
    [InlineData("alerts-not-an-array", "The body's 'alerts' is not an array.")]
    [InlineData("other-version", "The body's version is neither \\\"4\\\" (Alertmanager) nor \\\"1\\\" (Grafana)")]
    public async Task Body_ThatCanNeverBeAccepted_IsRefusedWithItsReason_AndNothingOfItIsKept(string file, string reason)
    {
        await using var host = await SourceHost.StartAsync();

        using var answer = await host.PostFileAsync($"Refused/{file}.json");

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains(reason, await TextAsync(answer), StringComparison.Ordinal);
        Assert.Empty(host.Inbox.Added);
        Assert.Empty(host.Inbox.Rejected);
        Assert.Contains(host.RecordedLog.Lines, l =>
            l.Level is LogLevel.Warning && l.Text.EndsWith("Its sender does not send it again", StringComparison.Ordinal));
    }

    [Fact]
    public async Task InvalidUtf8_InsideOneLabel_SpoilsThatAlertOnly()
    {
        await using var host = await SourceHost.StartAsync();
        byte[] body =
        [
            .. """{"alerts":[{"status":"firing","labels":{"alertname":"Bad","x":" """u8, 0xff, 0xfe,
            .. """ "},"startsAt":"2026-11-23T10:00:00Z"},{"status":"firing","labels":{"alertname":"Good"},"startsAt":"2026-11-23T10:00:00Z"}]}"""u8,
        ];

        using var answer = await host.PostAsync(new ByteArrayContent(body));

        Assert.Equal("""{"accepted":1,"duplicates":0,"rejected":1}""", await TextAsync(answer));
    }

    [Theory]
    [InlineData("""{"version":"\ud800","alerts":[]}""", "The body is not valid JSON")]
    [InlineData("""{"\udfff":1,"alerts":[]}""", "The body is not valid JSON")]
    [InlineData("""{"alerts":[],"alerts":[]}""", "The body has 'alerts' twice.")]
    public async Task Body_ThatTheReaderStumblesOver_IsRefused(string body, string reason)
    {
        await using var host = await SourceHost.StartAsync();

        using var answer = await host.PostAsync(new StringContent(body));

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains(reason, await TextAsync(answer), StringComparison.Ordinal);
        Assert.Empty(host.Inbox.Added);
    }

    [Fact]
    public async Task CompressedBody_IsRefused_WithWhatToDo()
    {
        await using var host = await SourceHost.StartAsync();
        using var body = new StringContent(NoAlerts);
        body.Headers.ContentEncoding.Add("gzip");

        using var answer = await host.PostAsync(body);

        Assert.Equal(HttpStatusCode.UnsupportedMediaType, answer.StatusCode);
        Assert.Equal("""{"error":"Content-Encoding 'gzip' is not supported; send the body unencoded."}""", await TextAsync(answer));
    }

    public static TheoryData<string, string> BeyondALimit() => new()
    {
        { Element(labels: $"\"url\":\"{new string('x', 4097)}\""), "the value of its label 'url' has 4097 bytes; at most 4096 are taken" },
        {
            Element(labels: $"\"url\":\"{new string('\u20ac', 1366)}\""),
            "the value of its label 'url' has 4098 bytes; at most 4096 are taken" },
        {
            Element(labels: $"\"{new string('n', 1025)}\":\"\""),
            $"the name of its label '{new string('n', 64)}…' has 1025 bytes; at most 1024 are taken" },
        {
            Element(labels: string.Join(',', Enumerable.Range(0, 128).Select(i => $"\"l{i}\":\"\""))),
            "it has 129 labels; at most 128 are taken" },
        {
            Element(labels: string.Join(',', Enumerable.Range(0, 9).Select(i => $"\"l{i}\":\"{new string('x', 4000)}\""))),
            "its labels have 36031 bytes together; at most 32768 are taken" },
        { Element(fingerprint: new string('f', 129)), "its fingerprint has 129 bytes; at most 128 are taken" },
        {
            Element(startsAt: "2026-11-24T12:00:01Z"),
            "its startsAt is 2026-11-24 12:00:01Z; it must be after 1970-01-01 00:00:00Z, and not more than 24 h ahead of "
                + "this server's clock" },
        {
            Element(startsAt: "1969-12-31T23:59:59Z"),
            "its startsAt is 1969-12-31 23:59:59Z; it must be after 1970-01-01 00:00:00Z, and not more than 24 h ahead of "
                + "this server's clock" },
        { Element(labels: "\"alertname\":\"Again\""), "$.labels.alertname cannot be read; it must be of the type that Alertmanager sends" },
        { """{"status":"firing","labels":{"alertname":null},"startsAt":"2026-11-23T10:00:00Z"}""", "its labels have no 'alertname'" },
    };

    [Theory, MemberData(nameof(BeyondALimit))]
    public async Task Alert_BeyondALimit_IsADeadLetterThatNamesIt_AndTheOthersAreKept(string element, string reason)
    {
        await using var host = await SourceHost.StartAsync();

        using var answer = await host.PostAsync(new StringContent($$"""{"version":"4","alerts":[{{element}},{{Element()}}]}"""));

        Assert.Equal("""{"accepted":1,"duplicates":0,"rejected":1}""", await TextAsync(answer));
        Assert.StartsWith(reason, Assert.Single(host.Inbox.Rejected).Reason, StringComparison.Ordinal);
        Assert.Single(host.Inbox.Added);
    }

    [Fact]
    public async Task LongAnnotations_AreCut_AndSaySo()
    {
        await using var host = await SourceHost.StartAsync();
        var annotations =
            string.Join(',', Enumerable.Range(0, 70).Select(i => $"\"a{i:00}\":\"{(i == 0 ? new string('\u20ac', 2000) : "short")}\""));

        using var answer = await host.PostAsync(
            new StringContent($$"""{"alerts":[{"status":"firing","labels":{"alertname":"A"},"annotations":{{{annotations}}},"startsAt":"2026-11-23T10:00:00Z","generatorURL":"http://p/{{new string('q', 9000)}}"}]}"""));

        Assert.Equal("""{"accepted":1,"duplicates":0,"rejected":0}""", await TextAsync(answer));
        var kept = Assert.Single(host.Inbox.Added).Alert;
        Assert.Equal($"{new string('\u20ac', 1365)}… (cut by Remediator: it has 6000 bytes, and 4096 are kept)", kept.Annotations["a00"]);
        Assert.Equal("short", kept.Annotations["a63"]);
        Assert.Equal(
            "6 of 70 annotations: at most 64 are kept, with names of at most 1024 bytes", kept.Annotations["remediator.io/left-out"]);
        Assert.Equal(65, kept.Annotations.Count);
        Assert.Null(kept.GeneratorUrl);
    }

    [Fact]
    public async Task Alert_ThatTheStoreCannotKeep_IsADeadLetter_AndTheOthersAreKept()
    {
        await using var host = await SourceHost.StartAsync();
        host.Inbox.Refuses = "Bad";

        using var answer = await host.PostAsync(new StringContent($$"""{"alerts":[{{Element()}},{{Element(name: "Bad")}}]}"""));

        Assert.Equal("""{"accepted":1,"duplicates":0,"rejected":1}""", await TextAsync(answer));
        Assert.Equal("Good", Assert.Single(host.Inbox.Added).Alert.Name);
        Assert.Equal(
            ("""{"alertname":"Bad"}""", "It cannot keep this."), (Assert.Single(host.Inbox.Rejected).Text, host.Inbox.Rejected[0].Reason));
    }

    private static string Element(
        string name = "Good", string labels = "", string startsAt = "2026-11-23T10:00:00Z", string fingerprint = "") =>
        $$"""{"status":"firing","labels":{"alertname":"{{name}}"{{(labels.Length > 0 ? "," : "")}}{{labels}}},"startsAt":"{{startsAt}}","fingerprint":"{{fingerprint}}"}""";

    [Fact]
    public async Task Store_Away_AsksToComeAgain()
    {
        await using var host = await SourceHost.StartAsync();
        host.Inbox.Away = "The disk of the store is full.";

        using var answer = await host.PostFileAsync("Payloads/mixed.json");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.Equal("5", Assert.Single(answer.Headers.GetValues("Retry-After")));
        Assert.Equal("""{"error":"The disk of the store is full."}""", await TextAsync(answer));
    }

    [Theory]
    [InlineData("MaxConcurrentRequests", "1")]
    [InlineData("MaxBytesInFlight", "4194304")]
    public async Task Delivery_AboveWhatIsTakenInAtOnce_AsksToComeAgain(string setting, string value)
    {
        await using var host = await SourceHost.StartAsync((setting, value));
        host.Inbox.Hold = new(TaskCreationOptions.RunContinuationsAsynchronously);
        var held = host.PostFileAsync("Payloads/mixed.json");
        await host.Inbox.Reached.Task.WaitAsync(Wait.Patience, TestContext.Current.CancellationToken);

        using var second = await host.PostAsync(new ChunkedContent(Encoding.UTF8.GetBytes(NoAlerts)));
        host.Inbox.Hold.SetResult();
        using var first = await held;
        using var third = await host.PostFileAsync("Payloads/mixed.json");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, second.StatusCode);
        Assert.True(second.Headers.Contains("Retry-After"));
        Assert.Equal([HttpStatusCode.OK, HttpStatusCode.OK], [first.StatusCode, third.StatusCode]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Body_AboveTheLimit_IsRefused_WhetherItsLengthIsDeclaredOrNot(bool declared)
    {
        await using var host = await SourceHost.StartAsync(("MaxBodyBytes", "2048"));
        var body = Encoding.UTF8.GetBytes(NoAlerts + new string(' ', 4096));

        using var answer = await host.PostAsync(declared ? new ByteArrayContent(body) : new ChunkedContent(body));

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.StatusCode);
        Assert.Contains(host.RecordedLog.Lines, l =>
            l.Level is LogLevel.Error && l.Text.Contains("set max_alerts at the receiver", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Body_WithoutDeclaredLength_IsReadToItsEnd()
    {
        await using var host = await SourceHost.StartAsync();
        var body = await File.ReadAllBytesAsync(
            Path.Combine(AppContext.BaseDirectory, "Alertmanager/Payloads/mixed.json"), TestContext.Current.CancellationToken);

        using var answer = await host.PostAsync(new ChunkedContent([.. body, .. new byte[200_000].Select(_ => (byte)' ')]));

        Assert.Equal("""{"accepted":2,"duplicates":0,"rejected":0}""", await TextAsync(answer));
    }

    [Theory]
    [InlineData("Bearer " + SourceHost.Token, HttpStatusCode.OK)]
    [InlineData("bearer " + SourceHost.Token, HttpStatusCode.OK)]
    [InlineData("Basic YWxlcnRtYW5hZ2VyOmEtcGFzc3dvcmQtZm9yLXRlc3Rz", HttpStatusCode.OK)]
    [InlineData("Bearer " + SourceHost.Token + "x", HttpStatusCode.Unauthorized)]
    [InlineData("Bearer", HttpStatusCode.Unauthorized)]
    [InlineData(SourceHost.Token, HttpStatusCode.Unauthorized)]
    [InlineData("Basic " + SourceHost.Token, HttpStatusCode.Unauthorized)]
    [InlineData(null, HttpStatusCode.Unauthorized)]
    public async Task Delivery_NeedsACredential(string? authorization, HttpStatusCode expected)
    {
        await using var host = await SourceHost.StartAsync();
        host.Client.DefaultRequestHeaders.Authorization = authorization is null ? null : AuthenticationHeaderValue.Parse(authorization);

        using var answer = await host.PostAsync(new StringContent(NoAlerts));

        Assert.Equal(expected, answer.StatusCode);
        Assert.Equal(expected is HttpStatusCode.Unauthorized, answer.Headers.WwwAuthenticate.Count > 0);
    }

    private static Task<string> TextAsync(HttpResponseMessage answer) =>
        answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);

    private sealed class ChunkedContent(byte[] body) : HttpContent
    {
        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => stream.WriteAsync(body).AsTask();

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
