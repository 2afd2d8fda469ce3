using FsCheck;
using FsCheck.Fluent;
using Remediator.Core.Facts;
using Remediator.Core.Rules;

namespace Remediator.Core.Tests.Rules;

/// <summary>Random views, alerts and rules over so few names and values that they meet often.</summary>
internal static class Arbitrary
{
    private static readonly string[] Labels = ["x", "y", "z"];
    private static readonly Gen<string> Label = Gen.Elements(Labels);
    private static readonly Gen<string> Value = Gen.Elements("", "1", "2", "10", "a", "b\"\\\n");
    private static readonly Gen<string> FactName = Gen.Elements("node", "container", "AlertA", "AlertB", "Alert with spaces");

    private static readonly Gen<Dictionary<string, string>> LabelSet =
        Value.ArrayOf(Labels.Length).Select(
            values => Labels.Zip(values).Where(p => p.Second.Length > 0).ToDictionary(p => p.First, p => p.Second));

    public static readonly Gen<Fact> Fact = from name in FactName from labels in LabelSet select new Fact(name, labels, default);

    public static readonly Gen<Fact> Alert =
        from name in Gen.Elements("AlertA", "AlertB") from labels in LabelSet select new Fact(name, labels, default);

    public static readonly Gen<FactView> View =
        from size in Gen.Choose(0, 60) from facts in Fact.ArrayOf(size) select new FactView(1, default, facts);

    private static readonly Gen<string> Matcher = Gen.OneOf(
        from label in Label from op in Gen.Elements("=", "!=") from value in Value select $"{label}{op}{Quoted(value)}",
        from label in Label from op in Gen.Elements("=~", "!~") from pattern in Gen.Elements(
            "1|2", "a.*", "", "[12]0?", ".+") select $"{label}{op}{Quoted(pattern)}",
        from label in Label from op in Gen.Elements(
            ">", ">=", "<", "<=") from number in Gen.Elements("1", "2.5", "-3") select $"{label}{op}{number}",
        from op in Gen.Elements("=~", "!~", "=", "!=") from name in Gen.Elements("AlertA", "AlertB") select $"alertname{op}{Quoted(name)}");

    private static readonly Gen<string> Selector = Gen.OneOf(
        from name in Gen.Elements("node", "container", "AlertA") from matchers in Matcher.ArrayOf(2) from count in Gen.Choose(0, 2)
        select name + Braces(matchers.Take(count)),
        from matchers in Matcher.NonEmptyListOf() select Braces(matchers.Take(3)));

    private static readonly Gen<string> Term =
        from joined in Gen.Elements("", "on(x) ", "on(x, y) ", "on(z, y, x) ") from selector in Selector select joined + selector;

    public static readonly Gen<string> ConditionText = Gen.OneOf(
        Term,
        from term in Term from op in Gen.Elements(
            ">", ">=", "<", "<=", "==", "!=") from number in Gen.Choose(0, 5) select $"count({term}) {op} {number}",
        from left in Term from right in Term from op in Gen.Elements(
            ">", ">=", "<", "<=", "==") from percent in Gen.Choose(0, 100) select $"count({left}) / count({right}) {op} {percent}%");

    private static readonly Gen<RuleOutcome> Outcome = Gen.Elements<RuleOutcome>(
        new RuleOutcome.Run("p", new Dictionary<string, LiquidText>()), new RuleOutcome.Run("q", new Dictionary<string, LiquidText>()),
        new RuleOutcome.Suppress(new("wait for {{ x }}")), new RuleOutcome.Escalate(new("help"), ["x"]));

    private static readonly Gen<Rule> UnnamedRule =
        from alert in Gen.OneOf(
            Gen.Elements("AlertA", "AlertB", "{alertname=~\"Alert[AB]\"}"),
            from matchers in Matcher.NonEmptyListOf() select Braces(matchers.Take(2)))
        from whens in ConditionText.ArrayOf(2) from when in Gen.Choose(0, 2)
        from unlesses in ConditionText.ArrayOf(2) from unless in Gen.Choose(0, 1)
        from priority in Gen.Choose(-1, 1)
        from then in Outcome
        select new Rule
        {
            Name = "",
            Place = "rules/x.yaml:1",
            Alert = Core.Rules.Selector.Parse(alert),
            When = [.. whens.Take(when).Select(Condition.Parse)],
            Unless = [.. unlesses.Take(unless).Select(Condition.Parse)],
            Priority = priority,
            Then = then,
        };

    public static readonly Gen<Rule[]> Rules =
        from count in Gen.Choose(0, 8) from rules in UnnamedRule.ArrayOf(count) select rules.Select((r, i) => r with { Name = $"r{i}" })
            .ToArray();

    /// <summary>The same rules with a name for each selector, and every other time with its last matcher beside the name.</summary>
    public static IEnumerable<Rule> Named(Rule[] rules)
    {
        var (names, count) = (new SelectorNames(), 0);
        foreach (var rule in rules)
        {
            yield return rule with
            {
                Alert = Core.Rules.Selector.Parse(Use(rule.Alert), Nothing, names)!,
                When = [.. rule.When.Select(Condition)],
                Unless = [.. rule.Unless.Select(Condition)],
            };
        }

        Condition Condition(Condition plain)
        {
            var over = plain.Over is null ? "" : $" / count({Use(plain.Over)})";
            var number = plain.Number.ToString("0.###############", System.Globalization.CultureInfo.InvariantCulture);
            return Core.Rules.Condition.Parse(
                plain.IsCount ? $"count({Use(plain.Term)}){over} {plain.Comparison.Symbol()} {number}" : Use(plain.Term), Nothing, names)!;
        }

        string Use(object text)
        {
            var (on, selector) = text is Term term ? (term.On, term.Selector) : ([], (Selector)text);
            var (last, alias) = (selector.Matchers.Count > 1 ? selector.Matchers[^1] : null, $"n{count++}");
            var kept = selector.Matchers.Take(selector.Matchers.Count - (last is null ? 0 : 1)).ToList();
            names.TryAdd(alias, new(selector.Name, 0, kept));
            var more = last is null ? "" : new Selector(null, 0, [last]).ToString();
            return $"{(on.Length > 0 ? $"on({string.Join(", ", on)}) " : "")}${alias}{more}";
        }
    }

    private static List<Core.Language.TextFault> Nothing => [];

    /// <summary>Rules, and moments that follow one another: their views share facts and whole buckets, and hold some facts twice.</summary>
    public static readonly Gen<(Rule[] Rules, (FactView View, Fact Alert)[] Moments)> Story =
        from rules in Rules from pool in Fact.ArrayOf(60) from alerts in Alert.ArrayOf(40) from seed in Gen.Choose(0, int.MaxValue - 1)
        select (rules, Views(pool, new(seed)).Zip(alerts).ToArray());

    private static IEnumerable<FactView> Views(Fact[] pool, Random random)
    {
        for (var view = FactView.Empty; ; )
        {
            var facts = random.GetItems(pool, random.Next(pool.Length + 1));
            view = random.Next(3) switch
            {
                0 => new(view.Version + 1, default, facts),
                1 => view.Next(
                    view.Version + 1, default, [facts.FirstOrDefault()?.Name ?? "node"], facts.Where(f => f.Name == facts[0].Name)),
                _ => view,
            };
            yield return view;
        }
    }

    private static string Braces(IEnumerable<string> matchers) =>
        string.Join(", ", matchers) is { Length: > 0 } inner ? $"{{{inner}}}" : "";

    private static string Quoted(string value) =>
        '"'
        + value.Replace("\\", "\\\\", StringComparison.Ordinal)
            .Replace("\"", "\\\"", StringComparison.Ordinal)
            .Replace("\n", "\\n", StringComparison.Ordinal)
        + '"';
}
