using Remediator.Core.Language;

namespace Remediator.Core.Tests.Language;

public sealed class SuggestionTests
{
    [Theory]
    [InlineData("restart-lop", "restart-loop")]
    [InlineData("alrt", "alert")]
    [InlineData("redy", "ready")]
    [InlineData("raedy", "ready")]
    [InlineData("kubernetes.evictpod", "kubernetes.evict-pod")]
    [InlineData("zebra", null)]
    public void Nearest_IsTheWordThatWasMeant(string word, string? expected) =>
        Assert.Equal(expected, Suggestion.Nearest(word, ["restart-loop", "alert", "ready", "kubernetes.evict-pod"]));
}
