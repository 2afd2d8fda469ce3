using Remediator.Core.Language;

namespace Remediator.Core.Tests.Language;

public sealed class PluralTests
{
    [Theory]
    [InlineData(0, "0 rules are in force")]
    [InlineData(1, "1 rule is in force")]
    [InlineData(2, "2 rules are in force")]
    public void Count_IsToldAsPeopleSayIt(int count, string said) =>
        Assert.Equal(said, $"{Plural.Of(count, "rule")} {Plural.Are(count)} in force");

    [Theory]
    [InlineData(1, "1 entry")]
    [InlineData(1_500_000_000_000, "1500000000000 entries")]
    public void Word_WithAPluralOfItsOwn_HasIt(long count, string said) => Assert.Equal(said, Plural.Of(count, "entry", "entries"));
}
