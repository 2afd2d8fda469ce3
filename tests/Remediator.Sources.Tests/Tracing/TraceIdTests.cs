namespace Remediator.Sources.Tests.Tracing;

public sealed class TraceIdTests
{
    private const string Parent = "0af7651916cd43dd8448eb211c80319c";

    [Theory]
    [InlineData("traceparent", $"00-{Parent}-b7ad6b7169203331-01", Parent)]
    [InlineData("X-Trace-Id", "cdn-4711.a_b", "cdn-4711.a_b")]
    [InlineData("X-Request-Id", "f81d4fae-7dec-11d0-a765-00a0c91e6bf6", "f81d4fae-7dec-11d0-a765-00a0c91e6bf6")]
    public async Task Id_OfTheRequest_IsKeptWithTheAlert_AnsweredAndLogged(string header, string value, string expected)
    {
        await using var host = await SourceHost.StartAsync();
        host.Client.DefaultRequestHeaders.Add(header, value);

        using var answer = await host.PostFileAsync("Payloads/mixed.json");

        Assert.Equal(expected, Assert.Single(answer.Headers.GetValues("X-Trace-Id")));
        Assert.All(host.Inbox.Added, e => Assert.Equal(expected, e.TraceId));
        Assert.Equal(
            expected,
            Assert.Single(host.RecordedLog.Lines, l => l.Text.StartsWith("Alerts accepted", StringComparison.Ordinal)).Scope["traceid"]);
    }

    [Theory]
    [InlineData("X-Trace-Id", "two words")]
    [InlineData("X-Trace-Id", "quote\"")]
    [InlineData("X-Request-Id", "")]
    [InlineData("X-Request-Id", "longer-than-sixty-four-characters-longer-than-sixty-four-characters")]
    [InlineData("traceparent", "00-00000000000000000000000000000000-b7ad6b7169203331-01")]
    [InlineData("traceparent", "not a traceparent")]
    public async Task Id_ThatCannotBeOne_IsReplacedByAnOwn(string header, string value)
    {
        await using var host = await SourceHost.StartAsync();
        host.Client.DefaultRequestHeaders.TryAddWithoutValidation(header, value);

        using var answer = await host.PostFileAsync("Payloads/mixed.json");

        Assert.Matches("^[0-9a-f]{32}$", Assert.Single(answer.Headers.GetValues("X-Trace-Id")));
    }

    [Fact]
    public async Task Traceparent_GoesBeforeTheOthers()
    {
        await using var host = await SourceHost.StartAsync();
        host.Client.DefaultRequestHeaders.Add("X-Request-Id", "other");
        host.Client.DefaultRequestHeaders.Add("X-Trace-Id", "another");
        host.Client.DefaultRequestHeaders.Add("traceparent", $"00-{Parent}-b7ad6b7169203331-00");

        using var answer = await host.PostFileAsync("Payloads/mixed.json");

        Assert.Equal(Parent, Assert.Single(answer.Headers.GetValues("X-Trace-Id")));
    }
}
