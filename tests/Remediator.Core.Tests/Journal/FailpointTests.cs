using Remediator.Core.Journal;

namespace Remediator.Core.Tests.Journal;

public class FailpointTests
{
    [Theory]
    [InlineData(null, null, 0)]
    [InlineData("", null, 0)]
    [InlineData("after-commit", "after-commit", 1)]
    [InlineData("after-commit:12", "after-commit", 12)]
    public void Variable_NamesThePlaceAndTheHit(string? text, string? name, int hits) =>
        Assert.Equal((name, hits), Failpoint.Parse(text));

    [Fact]
    public void Hit_WithoutTheVariable_DoesNothing() => Failpoint.Hit("after-commit");

    [Theory]
    [InlineData("a:b")]
    [InlineData("a:1:2")]
    public void Variable_ThatIsNeither_IsRefused(string text) => Assert.Throws<FormatException>(() => Failpoint.Parse(text));
}
