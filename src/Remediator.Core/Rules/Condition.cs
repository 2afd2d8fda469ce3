using Remediator.Core.Facts;

namespace Remediator.Core.Rules;

/// <summary>One parsed condition of the rule language; used in rules, and in playbooks' <c>problem</c> and <c>when</c>.</summary>
public sealed record Condition(string Text)
{
    /// <param name="subject">The alert that <c>on(...)</c> joins with; null in playbooks, which see only their own resource.</param>
    public ConditionTrace Evaluate(string clause, Fact? subject, FactView view) => throw new NotSupportedException();
}
