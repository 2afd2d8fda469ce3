using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Remediator.Sources.Alertmanager;
using Remediator.Sources.Alertmanager.Reconcile;
using Remediator.Sources.Alertmanager.Silences;
using Remediator.Testing;

namespace Remediator.Sources.Tests.Alertmanager.Silences;

public sealed class SilenceWatchTests
{
    private const string Path = "/api/v2/silences";
    private const string Answers = """
        [
          {"id":"s1","status":{"state":"active"},"updatedAt":"2026-11-24T12:00:00.000Z","comment":"moving house","createdBy":"bob","endsAt":"2026-11-24T14:00:00.000Z","matchers":[{"isEqual":true,"isRegex":false,"name":"namespace","value":"shop"},{"isRegex":true,"name":"pod","value":"api-.*"},{"isEqual":false,"isRegex":false,"name":"severity","value":"critical"}],"startsAt":"2026-11-24T12:00:00.000Z"},
          {"id":"s2","status":{"state":"expired"},"comment":"over","createdBy":"bob","endsAt":"2026-11-24T11:00:00.000Z","matchers":[],"startsAt":"2026-11-24T10:00:00.000Z"}
        ]
        """;

    private static readonly DateTimeOffset Now = new(2026, 11, 24, 13, 0, 0, TimeSpan.Zero);

    private readonly FakeTimeProvider _time = new(Now);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Silences_AreReadAsAlertmanagerTellsThem()
    {
        await using var endpoint = await HttpEndpoint.StartAsync();
        endpoint.Always("GET", Path, new(200, Answers));
        using var watch = Watch(endpoint.Url);

        await watch.ReadAsync(Token);

        var silence = Assert.Single(watch.Current.Silences);
        Assert.Equal(("s1", "bob", "moving house"), (silence.Id, silence.CreatedBy, silence.Comment));
        Assert.Equal((Now, ""), (watch.Current.ReadAt, watch.Current.Problem));
        Assert.True(silence.Covers(new Dictionary<string, string> { ["namespace"] = "shop", ["pod"] = "api-7", ["severity"] = "warning" }, Now));
        Assert.False(silence.Covers(new Dictionary<string, string> { ["namespace"] = "shop", ["pod"] = "api-7", ["severity"] = "critical" }, Now));
    }

    [Fact]
    public async Task OneOfASet_ThatAnswers_IsEnough()
    {
        await using var away = await HttpEndpoint.StartAsync();
        await using var endpoint = await HttpEndpoint.StartAsync();
        endpoint.Always("GET", Path, new(200, Answers));
        using var watch = Watch(away.Url, endpoint.Url);

        await watch.ReadAsync(Token);

        Assert.Single(watch.Current.Silences);
        Assert.Equal("", watch.Current.Problem);
    }

    [Theory]
    [InlineData(500, "[]")]
    [InlineData(200, "<html>")]
    [InlineData(200, "[null]")]
    public async Task WhatCannotBeRead_LeavesWhatWasRead_WithItsTimeAndTheReason(int status, string body)
    {
        await using var endpoint = await HttpEndpoint.StartAsync();
        endpoint.Once("GET", Path, new(200, Answers)).Always("GET", Path, new(status, body));
        using var watch = Watch(endpoint.Url);
        await watch.ReadAsync(Token);
        _time.Advance(TimeSpan.FromMinutes(5));

        await watch.ReadAsync(Token);

        Assert.Single(watch.Current.Silences);
        Assert.Equal(Now, watch.Current.ReadAt);
        Assert.StartsWith(endpoint.Url.ToString(), watch.Current.Problem, StringComparison.Ordinal);
        Assert.False(watch.Current.IsFresh(_time.GetUtcNow()));
    }

    private SilenceWatch Watch(params Uri[] urls)
    {
        var options = Options.Create(new AlertmanagerSourceOptions { Urls = [.. urls.Select(u => u.ToString())] });
        return new(new AlertmanagerLists(new AlertmanagerClient(options), options), options, _time, NullLogger<SilenceWatch>.Instance);
    }
}
