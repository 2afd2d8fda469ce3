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
    [InlineData(null)]
    [InlineData("")]
    [InlineData("after-commit")]
    [InlineData("during-reload:3")]
    public void Variable_OfAPlaceThatThereIs_IsNoFault(string? text) => Assert.Null(Failpoint.FaultOf(text));

    [Theory]
    [InlineData("after-commit:b")]
    [InlineData("after-commit:0")]
    [InlineData("after-commit:1:2")]
    public void Variable_ThatIsNeither_IsRefused(string text) =>
        Assert.Equal($"REMEDIATOR_FAILPOINT: '{text}' is not 'name' or 'name:N' with N from 1.", Failpoint.FaultOf(text));

    [Fact]
    public void Variable_OfAnUnknownPlace_IsRefusedWithThoseThatThereAre() => Assert.Equal(
        $"REMEDIATOR_FAILPOINT: there is no failpoint 'after-comit'; there are {string.Join(", ", Failpoint.Names)}.",
        Failpoint.FaultOf("after-comit:2"));
}
