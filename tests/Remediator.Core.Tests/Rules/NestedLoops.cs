using System.Globalization;
using System.Text.RegularExpressions;
using Remediator.Core.Facts;
using Remediator.Core.Rules;

namespace Remediator.Core.Tests.Rules;

/// <summary>The language read aloud: every fact is looked at for every condition, nothing is indexed, nothing is remembered.</summary>
internal static class NestedLoops
{
    public static IEnumerable<string> Matching(IEnumerable<Rule> rules, Fact alert, FactView view) =>
        rules.Where(r =>
            Means(r.Alert, alert) && r.When.All(c => Ok(c, false, r, alert, view)) && r.Unless.All(c => Ok(c, true, r, alert, view)))
            .Select(r => r.Name);

    public static Rule? Winner(IEnumerable<Rule> rules, Fact alert, FactView view)
    {
        var matching = Matching(rules, alert, view).ToHashSet();
        return rules.Where(r => matching.Contains(r.Name))
            .OrderBy(r => r.Then.Kind is DecisionKind.Run)
            .ThenByDescending(r => r.Priority)
            .ThenByDescending(r => r.Then.Kind is DecisionKind.Escalate)
            .ThenBy(r => r.Name, StringComparer.Ordinal)
            .FirstOrDefault();
    }

    public static int? Count(Term term, Fact? alert, FactView view)
    {
        if (term.On.Any(l => alert is null || Value(alert, l).Length == 0)) return null;
        return view.All.Count(f => Means(term.Selector, f) && term.On.All(l => Value(f, l) == Value(alert!, l)));
    }

    private static bool Ok(Condition condition, bool unless, Rule rule, Fact alert, FactView view)
    {
        var holds = Holds(condition, alert, view, out var certain);
        if (!certain && rule.Then.Kind is DecisionKind.Run) return false;
        return holds != unless;
    }

    private static bool Holds(Condition condition, Fact alert, FactView view, out bool certain)
    {
        var left = Count(condition.Term, alert, view);
        certain = left is not null;
        if (!condition.IsCount) return left > 0;
        if (condition.Over is null) return Compares(condition.Comparison, left ?? 0, condition.Number);
        var right = Count(condition.Over, alert, view);
        certain &= right > 0;
        return right > 0 && Compares(condition.Comparison, (double)(left ?? 0) / right.Value, condition.Number);
    }

    private static bool Means(Selector selector, Fact fact)
    {
        var isAlert = fact.Name is not ("node" or "container");
        return (selector.Name is null ? isAlert : selector.Name == fact.Name)
            && selector.Matchers.All(m => Matches(m, m.Label == "alertname" && isAlert ? fact.Name : Value(fact, m.Label)));
    }

    private static bool Matches(Matcher matcher, string value) => matcher switch
    {
        TextMatcher text => (value == text.Text) != text.Negated,
        PatternMatcher pattern => Regex.IsMatch(value, $"^(?:{pattern.Pattern.Text})$", RegexOptions.Singleline) != pattern.Negated,
        NumberMatcher number =>
            double.TryParse(value, CultureInfo.InvariantCulture, out var read) && Compares(number.Comparison, read, number.Number),
        _ => throw new NotSupportedException(),
    };

    private static bool Compares(Comparison comparison, double left, double right) => comparison switch
    {
        Comparison.Greater => left > right,
        Comparison.GreaterOrEqual => left >= right,
        Comparison.Less => left < right,
        Comparison.LessOrEqual => left <= right,
        Comparison.Equal => left == right,
        _ => left != right,
    };

    private static string Value(Fact fact, string label) => fact.Labels.TryGetValue(label, out var value) ? value : "";
}
