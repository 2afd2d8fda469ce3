using Remediator.Core.Journal;
using Remediator.Testing;

namespace Remediator.Core.Tests.Journal;

public class FailpointTests
{
    [Fact]
    public void Program_HasNothingThatIsToldOfAPlace()
    {
        Assert.Null(Failpoint.Reached);
        Failpoint.Hit("after-commit");
    }

    [Theory]
    [InlineData("after-commit", "after-commit", 1)]
    [InlineData("after-commit:12", "after-commit", 12)]
    public void Place_HasANameAndTheHit(string text, string name, int hits) => Assert.Equal((name, hits), Failpoints.Parse(text));

    [Theory]
    [InlineData("after-commit:b")]
    [InlineData("after-commit:0")]
    [InlineData("after-commit:1:2")]
    public void Place_ThatIsNeither_IsRefused(string text) =>
        Assert.Equal(
            $"'{text}' is not 'name' or 'name:N' with N from 1.",
            Assert.Throws<ArgumentException>(() => Failpoints.Environment(text)).Message);

    [Fact]
    public void Place_ThatThereIsNot_IsRefusedWithThoseThatThereAre() => Assert.Equal(
        $"There is no failpoint 'after-comit'; there are {string.Join(", ", Failpoint.Names)}.",
        Assert.Throws<ArgumentException>(() => Failpoints.Environment("after-comit:2")).Message);
}
