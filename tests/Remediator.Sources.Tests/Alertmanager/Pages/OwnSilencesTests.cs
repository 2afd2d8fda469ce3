using Remediator.Core.Actions;
using Remediator.Core.Alerts;
using Remediator.Core.Pages;
using Remediator.Sources.Alertmanager.Pages;
using Remediator.Testing;

namespace Remediator.Sources.Tests.Alertmanager.Pages;

/// <summary>What a failing Alertmanager leaves open.</summary>
public sealed class OwnSilencesTests
{
    private const string Path = "/api/v2/silences";

    private static readonly PageHold Hold = new(
        "06h0jp", "f1@alertmanager/eu", new Dictionary<string, string> { ["alertname"] = "A" }, new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero),
        "Incident 06h0jp", null);

    [Theory]
    [InlineData(400, FailureKind.Transient)]
    [InlineData(403, FailureKind.Transient)]
    [InlineData(503, FailureKind.Unknown)]
    [InlineData(null, FailureKind.Unknown)]
    public async Task PostThatFails_SaysWhetherThereMayBeASilence(int? status, FailureKind kind)
    {
        await using var endpoint = await HttpEndpoint.StartAsync();
        endpoint.Always("GET", Path, new(200, "[]")).Always("POST", Path, new(status));

        var failure = await Assert.ThrowsAsync<ActionFailedException>(
            () => Pages(endpoint.Url).HoldAsync(Hold, TestContext.Current.CancellationToken));

        Assert.Equal(kind, failure.Kind);
        Assert.StartsWith(endpoint.Url.ToString(), failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SilencesThatCannotBeRead_AreNoReasonToMakeAnother()
    {
        await using var endpoint = await HttpEndpoint.StartAsync();
        endpoint.Always("GET", Path, new(500)).Always("POST", Path, new(200, """{"silenceID":"s1"}"""));

        Assert.Equal(
            FailureKind.Transient,
            (await Assert.ThrowsAsync<ActionFailedException>(
                () => Pages(endpoint.Url).HoldAsync(Hold, TestContext.Current.CancellationToken))).Kind);
        Assert.Empty(endpoint.Of("POST", Path));
    }

    [Fact]
    public async Task Credential_ForReadingTheLists_IsSentToo()
    {
        await using var endpoint = await HttpEndpoint.StartAsync();
        endpoint.Always("GET", Path, new(200, "[]")).Always("POST", Path, new(200, """{"silenceID":"s1"}"""));
        var token = System.IO.Path.GetTempFileName();
        await File.WriteAllTextAsync(token, "a-token-for-silences\n", TestContext.Current.CancellationToken);

        Assert.Equal("s1", await Pages(endpoint.Url, token).HoldAsync(Hold, TestContext.Current.CancellationToken));

        Assert.All(endpoint.Requests, r => Assert.Equal("Bearer a-token-for-silences", r.Headers["Authorization"]));
        File.Delete(token);
    }

    [Fact]
    public async Task Group_ThatIsNotConfigured_HoldsNothing_AndIsNamed()
    {
        await using var endpoint = await HttpEndpoint.StartAsync();
        var pages = Pages(endpoint.Url);

        Assert.Equal(
            [true, false, false, false], new[] { "alertmanager/eu", "alertmanager/gone", "alertmanager", null }.Select(pages.CanHold));
        foreach (var id in new[] { "f1", "f1@alertmanager", "f1@alertmanager/gone" })
        {
            var failure = await Assert.ThrowsAsync<ActionFailedException>(
                () => pages.HoldAsync(Hold with { Fingerprint = id }, TestContext.Current.CancellationToken));
            Assert.Equal(
                (FailureKind.Permanent, $"the source of alert {id} is not a configured group of Alertmanagers"),
                (failure.Kind, failure.Message));
        }

        Assert.Empty(endpoint.Requests);
    }

    [Fact]
    public async Task Page_OfBeforeSourcesWereKnown_IsGivenBackWhereverItIsHeld()
    {
        await using var first = await HttpEndpoint.StartAsync();
        await using var second = await HttpEndpoint.StartAsync();
        first.Always("GET", Path, new(200, "[]"));
        second.Always(
            "GET",
            Path,
            new(
                200,
                """[{"id":"s1","createdBy":"remediator","comment":"Incident 06h0jp","status":{"state":"active"},"endsAt":"2030-01-01T00:00:00Z","matchers":[{"name":"alertname","value":"A","isRegex":false,"isEqual":true}]}]"""))
            .Always("DELETE", "/api/v2/silence/s1", new(200));
        using var groups =
            new Groups(TimeProvider.System, Groups.Group("eu", first.Url.ToString()), Groups.Group("us", second.Url.ToString()));

        Assert.Equal("s1", await groups.Pages.ReleaseAsync(Hold with { Fingerprint = "f1" }, TestContext.Current.CancellationToken));
        Assert.Single(second.Of("DELETE", "/api/v2/silence/s1"));
    }

    private static OwnSilences Pages(Uri url, string? token = null) =>
        new Groups(TimeProvider.System, new AlertmanagerGroup { Name = "eu", Urls = [url.ToString()], BearerTokenFile = token }).Pages;
}
