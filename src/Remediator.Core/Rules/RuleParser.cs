using Remediator.Core.Language;

namespace Remediator.Core.Rules;

/// <summary>Recursive descent over the grammar in <c>rules/README.md</c>; stops at the first fault of a text.</summary>
internal sealed class RuleParser
{
    private const string ComparisonExpected = "a comparison (> >= < <= == !=)";
    private readonly string _text;
    private readonly Scanner _scanner;
    private readonly SelectorNames? _names;

    private RuleParser(string text, SelectorNames? names) => (_text, _scanner, _names) = (text, new(text), names);

    /// <param name="names">Null where none can be used.</param>
    public static Condition Condition(string text, SelectorNames? names = null) => new RuleParser(text, names).WholeCondition();

    /// <param name="names">Null where none can be used.</param>
    public static Selector Selector(string text, SelectorNames? names = null)
    {
        var parser = new RuleParser(text, names);
        var selector = parser.ParseSelector();
        return parser._scanner.AtEnd ? selector : throw parser._scanner.Expected("the end of the selector");
    }

    public static T OrThrow<T>(string text, Func<string, T> parse)
    {
        try
        {
            return parse(text);
        }
        catch (SyntaxException e)
        {
            throw new FormatException($"{text}: column {e.Fault.Offset + 1}: {e.Message}", e);
        }
    }

    public static T? OrFault<T>(string text, Func<string, T> parse, ICollection<TextFault> faults)
        where T : class
    {
        try
        {
            return parse(text);
        }
        catch (SyntaxException e)
        {
            faults.Add(e.Fault);
            return null;
        }
    }

    private Condition WholeCondition()
    {
        var condition = _scanner.TryTakeBefore("count", '(') ? Count() : new Condition(_text.Trim(), ParseTerm());
        if (_scanner.AtEnd) return condition;
        throw _scanner.Found() switch
        {
            "'and'" or "'AND'" => _scanner.Fault("there is no 'and': write two items"),
            "'or'" or "'OR'" => _scanner.Fault("there is no 'or': use =~ with alternatives, or write a second rule"),
            _ when !condition.IsCount && _scanner.Found() is "'>'" or "'<'" or "'='" or "'!'" =>
                _scanner.Fault("only count(...) is compared with a number"),
            _ => _scanner.Expected("the end of the condition"),
        };
    }

    private Condition Count()
    {
        var counted = Counted();
        Term? over = null;
        if (_scanner.TryTake("/"))
        {
            if (!_scanner.TryTakeBefore("count", '(')) throw _scanner.Expected("count(...)");
            over = Counted();
        }

        var comparison = ParseComparison() ?? throw _scanner.Expected(ComparisonExpected);
        var number = _scanner.Number(out var start);
        if (_scanner.TryTake("%"))
        {
            if (over is null) throw new SyntaxException(start, "a percentage needs two counts: count(...) / count(...)");
            number /= 100;
        }

        return new(_text.Trim(), counted, over, comparison, number);
    }

    private Term Counted()
    {
        _scanner.Take("(");
        var term = ParseTerm();
        _scanner.Take(")");
        return term;
    }

    private Term ParseTerm()
    {
        var offset = _scanner.Position;
        var on = new List<string>();
        if (_scanner.TryTakeBefore("on", '('))
        {
            _scanner.Take("(");
            do
            {
                on.Add(_scanner.TryIdentifier() ?? throw _scanner.Expected("a label to join on"));
            }
            while (_scanner.TryTake(","));
            _scanner.Take(")");
        }

        return new([.. on.Distinct(StringComparer.Ordinal)], offset, ParseSelector());
    }

    private Selector ParseSelector()
    {
        var nothing = _scanner.AtEnd;
        var offset = _scanner.Position;
        if (_scanner.TryName() is { } alias) return Named(alias, offset);
        var name = _scanner.TryIdentifier();
        var matchers = new List<Matcher>();
        if (_scanner.TryTake("{")) ParseMatchers(matchers);
        if (name is null && matchers.Count == 0)
            throw nothing || _scanner.Position == offset
                ? _scanner.Expected("the name of a fact, or matchers in braces")
                : new SyntaxException(offset, "without a name there must be a matcher in the braces");
        if (name is null && matchers.Find(m => m is TextMatcher { Label: "alertname", Negated: false }) is TextMatcher exact)
        {
            matchers.Remove(exact);
            name = exact.Text;
        }

        return new(name, offset, matchers);
    }

    private Selector Named(string alias, int offset)
    {
        var written = $"{Scanner.NameMark}{alias}";
        if (_names is null)
            throw new SyntaxException(
                offset, $"'{written}' is the name of a selector, which can be used only in 'alert', 'when' and 'unless' of rules");
        var meant = _names.Use(alias) ?? throw new SyntaxException(offset, $"there is no name '{written}'{_names.Suggest(alias)}");
        var more = new List<Matcher>();
        if (_scanner.TryTake("{")) ParseMatchers(more);
        return meant.As(alias, offset, more);
    }

    private void ParseMatchers(List<Matcher> matchers)
    {
        while (!_scanner.TryTake("}"))
        {
            matchers.Add(ParseMatcher());
            if (!_scanner.TryTake(","))
            {
                _scanner.Take("}");
                return;
            }
        }
    }

    private Matcher ParseMatcher()
    {
        var quoted = _scanner.AtQuote;
        var offset = _scanner.Position;
        var label = quoted ? _scanner.Quoted("a label") : _scanner.TryIdentifier() ?? throw _scanner.Expected("a label");
        if (_scanner.TryTake("==")) throw new SyntaxException(_scanner.Position - 2, "a label is compared with '=', not '=='");
        if (_scanner.TryTake("=~")) return Pattern(label, negated: false, offset);
        if (_scanner.TryTake("!~")) return Pattern(label, negated: true, offset);
        if (_scanner.TryTake("!=")) return new TextMatcher(label, true, _scanner.Quoted("a label's value"), offset);
        if (_scanner.TryTake("=")) return new TextMatcher(label, false, _scanner.Quoted("a label's value"), offset);
        var comparison = ParseComparison() ?? throw _scanner.Expected("a comparison (= != =~ !~ > >= < <=)");
        return new NumberMatcher(label, comparison, _scanner.Number(out _), offset);
    }

    private PatternMatcher Pattern(string label, bool negated, int offset)
    {
        _ = _scanner.AtEnd;
        var start = _scanner.Position;
        var pattern = _scanner.Quoted("a pattern");
        try
        {
            return new(label, negated, new(pattern), offset);
        }
        catch (ArgumentException e)
        {
            throw new SyntaxException(start, $"this is not a valid regular expression: {e.Message}");
        }
    }

    private Comparison? ParseComparison()
    {
        if (_scanner.TryTake(">=")) return Comparison.GreaterOrEqual;
        if (_scanner.TryTake("<=")) return Comparison.LessOrEqual;
        if (_scanner.TryTake(">")) return Comparison.Greater;
        if (_scanner.TryTake("<")) return Comparison.Less;
        if (_scanner.TryTake("==")) return Comparison.Equal;
        return _scanner.TryTake("!=") ? Comparison.NotEqual : null;
    }
}
