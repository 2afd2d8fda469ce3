using Remediator.Core.Language;

namespace Remediator.Core.Tests.Language;

public sealed class ExcerptTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("abcd", "abcd")]
    [InlineData("abcde", "abcd…")]
    [InlineData("abc😀", "abc…")]
    [InlineData("ab😀😀", "ab😀…")]
    public void LongText_IsCut_BetweenCharacters(string text, string shown) => Assert.Equal(shown, Excerpt.Of(text, 4));
}
