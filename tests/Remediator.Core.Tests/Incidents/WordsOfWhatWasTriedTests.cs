using System.Collections.Immutable;
using Remediator.Core.Engine;
using Remediator.Core.Facts;
using Remediator.Core.Incidents;
using Remediator.Core.Language;
using Remediator.Core.Rules;

namespace Remediator.Core.Tests.Incidents;

/// <summary>What people read of what was tried: short, and in names, not in all that is known.</summary>
public sealed class WordsOfWhatWasTriedTests
{
    private const string Much = "team=\"web\",node=\"n1\",zone=\"a\",uid=\"3f0c\",revision=\"7c9f\",age_minutes=\"600\"";

    [Theory]
    [InlineData(
        "count(pod{phase=\"Running\", ready=\"false\"}) == 0",
        "2: pod api-0 (phase=Running, ready=false); pod api-1 (phase=Running, ready=false)")]
    [InlineData("count(hpa{at_maximum!=\"false\"}) == 0", "1: hpa api (at_maximum is not known)")]
    [InlineData("count(container{crashing=\"true\"}) == 0", "1: container main of pod api-0 (crashing=true)")]
    [InlineData("count(evidence{hint=~\"disk|files\"}) == 0", "1: evidence (hint=disk)")]
    [InlineData("count(pod) == 0", "5: pod api-0; pod api-1; pod api-2; ...")]
    [InlineData("workload{rolling_out=\"true\"}", "no such fact")]
    [InlineData("count(pod{ready=\"false\"}) / count(pod) < 10%", "2/5 = 0.4")]
    public void WhyAStepWasPassedOver_NamesWhatTheConditionAsksFor(string condition, string found)
    {
        var said = RuleChoices.FirstMissing([Condition.Parse(condition)], View)!;
        Assert.StartsWith($"{condition} does not hold ({found}", said, StringComparison.Ordinal);
        Assert.DoesNotContain("uid", said, StringComparison.Ordinal);
    }

    [Fact]
    public void ALongValue_IsCut()
    {
        var view = new FactView(1, default, [Fact.Parse($"evidence{{hint=\"{new string('x', 5000)}\"}}")]);
        var said = RuleChoices.FirstMissing([Condition.Parse("count(evidence{hint!=\"\"}) == 0")], view)!;
        Assert.InRange(said.Length, 100, 200);
    }

    [Theory]
    [InlineData(79)]
    [InlineData(80)]
    public void WhatIsCut_HasNoHalfOfACharacter(int before)
    {
        var text = new string('x', before) + string.Concat(Enumerable.Repeat("😀", 600));
        var view = new FactView(1, default, [Fact.Parse($"evidence{{hint=\"{text}\"}}")]);
        var said = RuleChoices.FirstMissing([Condition.Parse("count(evidence{hint!=\"\"}) == 0")], view)!;
        var tried = ImmutableList<string>.Empty.With(text);
        Assert.All(
            [said, .. tried, .. tried.ForPeople("0a1b"), Excerpt.EndOf(text, 901), Excerpt.EndOf(text, 900)],
            t => Assert.DoesNotContain(System.Text.Rune.ReplacementChar, t.EnumerateRunes()));
    }

    [Fact]
    public void AMessage_HasTheNewest_AndSaysWhereTheOthersAre()
    {
        IReadOnlyList<string> tried = [.. Enumerable.Range(1, 13).Select(i => $"step {i}: {new string('x', 900)}")];
        var told = tried.ForPeople("0a1b");
        Assert.Equal("3 times before: 'remediator audit show 0a1b' has all", told[0]);
        Assert.Equal(11, told.Count);
        Assert.StartsWith("step 4: ", told[1], StringComparison.Ordinal);
        Assert.StartsWith("step 13: ", told[10], StringComparison.Ordinal);
        Assert.All(told, t => Assert.InRange(t.Length, 1, 301));
    }

    [Fact]
    public void WhatIsFew_IsToldAsItIs() => Assert.Equal(["a", "b"], ImmutableList.Create("a", "b").ForPeople("0a1b"));

    private static FactView View { get; } = new(1, default,
    [
        .. Enumerable.Range(0, 5).Select(i => Fact.Parse(
            $"pod{{pod=\"api-{i}\",phase=\"Running\",ready=\"{(i < 2 ? "false" : "true")}\",{Much}}}")),
        Fact.Parse($"container{{pod=\"api-0\",container=\"main\",crashing=\"true\",{Much}}}"),
        Fact.Parse($"hpa{{horizontalpodautoscaler=\"api\",{Much}}}"),
        Fact.Parse($"evidence{{hint=\"disk\",message=\"{new string('x', 400)}\"}}"),
    ]);
}
