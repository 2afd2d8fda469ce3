using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Remediator.Core.Actions;
using Remediator.Core.Pages;
using Remediator.Sources.Alertmanager;
using Remediator.Sources.Alertmanager.Pages;
using Remediator.Sources.Alertmanager.Reconcile;
using Remediator.Sources.Alertmanager.Silences;
using Remediator.Testing;

namespace Remediator.Sources.Tests.Alertmanager.Pages;

/// <summary>What a failing Alertmanager leaves open.</summary>
public sealed class OwnSilencesTests
{
    private const string Path = "/api/v2/silences";

    private static readonly PageHold Hold = new("06h0jp", "f1", new Dictionary<string, string> { ["alertname"] = "A" }, new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero), "Incident 06h0jp", null);

    [Theory]
    [InlineData(400, FailureKind.Transient)]
    [InlineData(403, FailureKind.Transient)]
    [InlineData(503, FailureKind.Unknown)]
    [InlineData(null, FailureKind.Unknown)]
    public async Task PostThatFails_SaysWhetherThereMayBeASilence(int? status, FailureKind kind)
    {
        await using var endpoint = await HttpEndpoint.StartAsync();
        endpoint.Always("GET", Path, new(200, "[]")).Always("POST", Path, new(status));

        var failure = await Assert.ThrowsAsync<ActionFailedException>(() => Pages(endpoint.Url).HoldAsync(Hold, TestContext.Current.CancellationToken));

        Assert.Equal(kind, failure.Kind);
        Assert.StartsWith(endpoint.Url.ToString(), failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SilencesThatCannotBeRead_AreNoReasonToMakeAnother()
    {
        await using var endpoint = await HttpEndpoint.StartAsync();
        endpoint.Always("GET", Path, new(500)).Always("POST", Path, new(200, """{"silenceID":"s1"}"""));

        Assert.Equal(FailureKind.Transient, (await Assert.ThrowsAsync<ActionFailedException>(() => Pages(endpoint.Url).HoldAsync(Hold, TestContext.Current.CancellationToken))).Kind);
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

    private static OwnSilences Pages(Uri url, string? token = null)
    {
        var options = Options.Create(new AlertmanagerSourceOptions { Urls = [url.ToString()], ApiBearerTokenFile = token });
        var client = new AlertmanagerClient(options);
        var lists = new AlertmanagerLists(client, options);
        return new(client, lists, new(lists, options, TimeProvider.System, NullLogger<SilenceWatch>.Instance), options, TimeProvider.System);
    }
}
