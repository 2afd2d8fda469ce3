using System.Text;
using System.Text.RegularExpressions;
using Remediator.Core.Language;

namespace Remediator.Core.Rules;

internal sealed record PatternMatcher(string Label, bool Negated, ValuePattern Pattern, int Offset) : Matcher(Label, Offset)
{
    public override bool Matches(string value) => Pattern.IsMatch(value) != Negated;

    protected override void AppendComparison(StringBuilder text)
    {
        text.Append(Negated ? "!~" : "=~");
        Notation.AppendQuoted(text, Pattern.Text);
    }
}

/// <summary>Matches a whole value, in time linear in its length: no value from outside can make it slow.</summary>
internal sealed record ValuePattern
{
    private const RegexOptions Linear = RegexOptions.NonBacktracking | RegexOptions.CultureInvariant | RegexOptions.Singleline;
    private readonly string[]? _alternatives;
    private readonly string? _prefix;
    private readonly Regex? _regex;

    /// <exception cref="ArgumentException">It is no pattern of this kind; the message says why.</exception>
    public ValuePattern(string text)
    {
        Text = text;
        // A list of names or a beginning, the most frequent patterns by far, need no automaton, which takes tens of milliseconds to build.
        if (text.All(c => IsPlain(c) || c is '|')) _alternatives = text.Split('|');
        else if (text.EndsWith(".*", StringComparison.Ordinal) && text.SkipLast(2).All(IsPlain)) _prefix = text[..^2];
        else _regex = Compile(text);
    }

    public string Text { get; }

    public bool IsMatch(string value) =>
        _prefix is not null ? value.StartsWith(_prefix, StringComparison.Ordinal)
        : _alternatives is not null ? Array.IndexOf(_alternatives, value) >= 0
        : _regex!.IsMatch(value);

    public bool Equals(ValuePattern? other) => other is not null && Text == other.Text;

    public override int GetHashCode() => Text.GetHashCode(StringComparison.Ordinal);

    private static bool IsPlain(char c) => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '/';

    private static Regex Compile(string text)
    {
        try
        {
            // By itself first: its own faults are told in its own words, and it cannot close the group around it.
            _ = new Regex(text, RegexOptions.CultureInvariant);
            return new($"\\A(?:{text})\\z", Linear);
        }
        catch (NotSupportedException e)
        {
            throw new ArgumentException(
                "it uses what cannot be matched in linear time (backreference, look-around or a huge repetition)", e);
        }
    }
}
