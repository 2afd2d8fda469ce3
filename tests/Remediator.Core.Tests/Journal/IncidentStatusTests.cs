using Remediator.Core.Journal;

namespace Remediator.Core.Tests.Journal;

public sealed class IncidentStatusTests
{
    /// <summary>They are stored, and people filter by them: none is ever changed.</summary>
    [Fact]
    public void Words_AreThoseThatAreStored() => Assert.Equal(
        [
            "open", "waiting", "unhandled", "suppressed", "observed", "held", "running", "awaiting approval", "escalated", "storm",
            "cooling down", "storm over"],
        Enum.GetValues<IncidentStatus>().Select(s => s.Word()));

    [Fact]
    public void Word_IsReadAsItsStatus() =>
        Assert.All(Enum.GetValues<IncidentStatus>(), s => Assert.Equal(s, IncidentStatuses.Find(s.Word())));

    [Theory]
    [InlineData("verified")]
    [InlineData("a status to come")]
    public void OtherWords_AreNoStatusOfAnOpenIncident(string word) => Assert.Null(IncidentStatuses.Find(word));
}
