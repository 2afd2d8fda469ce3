using Remediator.Core.Facts;
using Remediator.Core.Rules;

namespace Remediator.Rete;

/// <summary>
/// The one fact that an NRules session is given: the alert with what each term found. NRules' conditions ask it, and the rule that fires
/// tells it.
/// </summary>
internal sealed class MatchInput(Fact alert, Finding[] findings)
{
    public Fact Alert => alert;

    public string Name => alert.Name;

    public Rule? Winner { get; private set; }

    /// <summary>How many facts the term found.</summary>
    public int Count(int term) => findings[term].Count;

    /// <summary>False where the alert lacks a label that the term joins on.</summary>
    public bool IsKnown(int term) => findings[term].Missing is null;

    public void Win(Rule rule) => Winner = rule;
}
