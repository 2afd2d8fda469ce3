using Remediator.Core.Language;

namespace Remediator.Core.Tests.Language;

public sealed class DurationTests
{
    [Theory]
    [InlineData("30s", 30)]
    [InlineData("5m", 300)]
    [InlineData("24h", 86400)]
    [InlineData("2h30m", 9000)]
    [InlineData("1d", 86400)]
    [InlineData("0s", 0)]
    [InlineData("500ms", 0.5)]
    public void Duration_AsPrometheusWritesIt_IsReadAndWritten(string text, double seconds)
    {
        Assert.True(Duration.TryParse(text, out var duration));
        Assert.Equal(TimeSpan.FromSeconds(seconds), duration);
        Assert.True(Duration.TryParse(Duration.Format(duration), out var again));
        Assert.Equal(duration, again);
    }

    [Theory]
    [InlineData("")]
    [InlineData("5")]
    [InlineData("5 m")]
    [InlineData("m5")]
    [InlineData("5m5h")]
    [InlineData("5m5m")]
    [InlineData("-5m")]
    [InlineData("99999999999s")]
    [InlineData("400d")]
    public void Duration_OfAnotherForm_IsRefused(string text) => Assert.False(Duration.TryParse(text, out _));
}
