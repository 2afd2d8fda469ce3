using Remediator.Core.Re2;

namespace Remediator.Core.Tests;

/// <summary>Each row says what Go answers; <c>SilencesOfRealPatternsTests</c> asks a real Alertmanager for the same rows.</summary>
public sealed class Re2PatternTests
{
    [Theory]
    [MemberData(nameof(Re2Cases.All), MemberType = typeof(Re2Cases))]
    public void WholeValue_IsMatched_AsGoDoes(string pattern, string value, bool matches) =>
        Assert.Equal(matches, Re2Pattern.OfWholeValue(pattern).IsMatch(value));

    [Theory]
    [InlineData(@"\p{Greek}")]
    [InlineData(@"\p{Lx}")]
    [InlineData(@"\C")]
    [InlineData(@"\1")]
    [InlineData(@"\Z")]
    [InlineData(@"(?=a)")]
    [InlineData(@"(?<!a)b")]
    [InlineData("a)(")]
    [InlineData("a)|(?:b")]
    [InlineData("[[:nothing:]]")]
    [InlineData("[")]
    [InlineData("*")]
    [InlineData(@"\x{110000}")]
    [InlineData("a{1001}")]
    [InlineData("[b-a]")]
    [InlineData("((a{1000}){1000}){1000}")]
    public void WhatCannotBeRead_IsAFormatException(string pattern) =>
        Assert.Throws<FormatException>(() => Re2Pattern.OfWholeValue(pattern));

    [Theory]
    [InlineData("(a*)*b")]
    [InlineData("(a|aa)+")]
    [InlineData("(?:a?){500}a{500}")]
    [InlineData("(.*)(.*)(.*)(.*)(.*)(.*)(.*)(.*)(.*)x")]
    public void Time_IsLinear_WhateverThePattern(string pattern)
    {
        var read = Re2Pattern.OfWholeValue(pattern);
        // with backtracking none of these would ever end
        Assert.False(read.IsMatch(new string('a', 5000) + "c"));
    }

    [Fact]
    public void NestedGroups_BeyondAnyUse_AreRefused_AndDoNotEndTheProcess() =>
        Assert.Throws<FormatException>(() => Re2Pattern.OfWholeValue(new string('(', 100_000)));

    [Fact]
    public void HalfOfAPair_IsTheReplacementCharacter() => Assert.True(Re2Pattern.OfWholeValue(@"\x{FFFD}").IsMatch("\ud83d"));
}
