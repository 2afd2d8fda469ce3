using System.Globalization;
using System.Text;

namespace Remediator.Core.Re2;

/// <summary>
/// Reads Go's dialect of RE2 (<c>syntax.Perl</c>). What Go would refuse may pass here: Alertmanager has compiled a pattern before it lists
/// it.
/// </summary>
internal sealed class Re2Parser
{
    private const int MostRepeats = 1000;
    private const int Deepest = 500;

    private readonly int[] _text;
    private readonly string _whole;
    private int _at;
    private int _depth;
    private Flags _flags;

    private Re2Parser(string text) => (_whole, _text) = (text, [.. text.EnumerateRunes().Select(r => r.Value)]);

    [Flags]
    private enum Flags { None = 0, Folds = 1, Lines = 2, DotTakesLineEnd = 4 }

    /// <exception cref="FormatException">The message says why.</exception>
    public static Re2Node Parse(string text)
    {
        var parser = new Re2Parser(text);
        var pattern = parser.Alternatives();
        return parser._at == parser._text.Length ? pattern : throw parser.Fault("a ')' has no '('");
    }

    private bool IsAtEnd => _at == _text.Length;

    private bool Folds => _flags.HasFlag(Flags.Folds);

    private Re2Node Alternatives()
    {
        if (++_depth > Deepest)
            throw Fault($"its groups are nested deeper than {Deepest}");
        var ways = new List<Re2Node> { Sequence() };
        while (Take('|'))
            ways.Add(Sequence());
        _depth--;
        return ways.Count == 1 ? ways[0] : new Re2Node.Either(ways);
    }

    private Re2Node Sequence()
    {
        var parts = new List<Re2Node>();
        while (!IsAtEnd && _text[_at] is not ('|' or ')'))
        {
            if (TakeText(@"\Q"))
                Quoted(parts);
            else if (Atom() is { } atom)
                parts.Add(atom);
            else
                continue;
            while (parts.Count > 0 && Repetition(parts[^1]) is { } repeated)
                parts[^1] = repeated;
        }

        return parts.Count == 1 ? parts[0] : new Re2Node.Sequence(parts);
    }

    private void Quoted(List<Re2Node> parts)
    {
        while (!IsAtEnd && !TakeText(@"\E"))
            parts.Add(Literal(_text[_at++]));
    }

    /// <returns>Null where it was flags and nothing to match.</returns>
    private Re2Node? Atom()
    {
        var rune = _text[_at++];
        return rune switch
        {
            '(' => Group(),
            '[' => new Re2Node.OneOf(Class()),
            '.' => new Re2Node.OneOf(_flags.HasFlag(Flags.DotTakesLineEnd) ? RuneSet.Any : RuneSet.NoLineEnd),
            '^' => new Re2Node.At(_flags.HasFlag(Flags.Lines) ? Anchor.LineBegin : Anchor.TextBegin),
            '$' => new Re2Node.At(_flags.HasFlag(Flags.Lines) ? Anchor.LineEnd : Anchor.TextEnd),
            '*' or '+' or '?' => throw Fault($"'{(char)rune}' repeats nothing"),
            '\\' => Escaped(),
            _ => Literal(rune),
        };
    }

    private Re2Node.OneOf Literal(int rune) => new Re2Node.OneOf(RuneSet.Of(rune, Folds));

    private Re2Node Escaped()
    {
        if (TakeOne("AzbB") is { } place)
            return new Re2Node.At(
                place switch { 'A' => Anchor.TextBegin, 'z' => Anchor.TextEnd, 'b' => Anchor.WordEdge, _ => Anchor.NoWordEdge });
        return Named() is { } part ? new Re2Node.OneOf(new([part])) : Literal(Escape());
    }

    private Re2Node? Group()
    {
        var outside = _flags;
        if (Take('?'))
        {
            if (TakeText("P<") || TakeText("<"))
                SkipName();
            else if (!FlagsOfGroup())
                return null;
        }

        var inside = Alternatives();
        if (!Take(')'))
            throw Fault("a '(' has no ')'");
        _flags = outside;
        return inside;
    }

    private void SkipName()
    {
        while (!IsAtEnd && _text[_at] != '>')
            _at++;
        if (!Take('>'))
            throw Fault("the name of a group does not end");
    }

    /// <summary><c>(?i)</c> up to the end of the group it is in, <c>(?i:</c> for a group of its own.</summary>
    /// <returns>True where a group has begun.</returns>
    private bool FlagsOfGroup()
    {
        for (var on = true; ;)
        {
            var flag = IsAtEnd ? -1 : _text[_at++];
            switch (flag)
            {
                case '-': on = false; break;
                case 'i': Set(Flags.Folds, on); break;
                case 'm': Set(Flags.Lines, on); break;
                case 's': Set(Flags.DotTakesLineEnd, on); break;
                case 'U': break;
                case ':': return true;
                case ')': return false;
                default: throw Fault("what follows a '(?' is not known");
            }
        }
    }

    private void Set(Flags flag, bool on) => _flags = on ? _flags | flag : _flags & ~flag;

    private Re2Node.Repeat? Repetition(Re2Node what)
    {
        var before = _at;
        if (Range() is not var (least, most))
        {
            _at = before;
            return null;
        }

        Take('?');
        return least <= MostRepeats && (most ?? 0) <= MostRepeats && !(most < least)
            ? new(what, least, most)
            : throw Fault("it repeats something too often");
    }

    /// <returns>Null where nothing is repeated: a brace that is no count is itself.</returns>
    private (int Least, int? Most)? Range()
    {
        if (TakeOne("*+?") is { } sign)
            return sign switch { '*' => (0, null), '+' => (1, null), _ => (0, 1) };
        if (!Take('{') || Number() is not { } least)
            return null;
        var most = Take(',') ? Number() : least;
        return Take('}') ? (least, most) : null;
    }

    private int? Number()
    {
        var begin = _at;
        while (!IsAtEnd && _text[_at] is >= '0' and <= '9')
            _at++;
        var digits = string.Concat(_text[begin.._at].Select(d => (char)d));
        return digits.Length == 0
            ? null
            : int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : MostRepeats + 1;
    }

    private RuneSet Class()
    {
        var isNegated = Take('^');
        var parts = new List<RuneSet.Part>();
        for (var first = true; first || !Take(']'); first = false)
        {
            if (IsAtEnd)
                throw Fault("a '[' has no ']'");
            if (Posix() is { } posix)
                parts.Add(posix);
            else if (_text[_at] == '\\' && NamedInClass() is { } named)
                parts.Add(named);
            else
                parts.Add(RangeOfClass());
        }

        return new(parts, isNegated);
    }

    private RuneSet.Part RangeOfClass()
    {
        var first = OneOfClass();
        if (_at + 1 >= _text.Length || _text[_at] != '-' || _text[_at + 1] == ']')
            return RuneSet.Part.Of([(first, first)], Folds);
        _at++;
        var last = OneOfClass();
        return first <= last ? RuneSet.Part.Of([(first, last)], Folds) : throw Fault("a range of characters ends before it begins");
    }

    private int OneOfClass() => IsAtEnd ? throw Fault("a '[' has no ']'") : _text[_at++] is var rune && rune == '\\' ? Escape() : rune;

    private RuneSet.Part? Posix()
    {
        if (_text[_at] != '[' || _at + 1 >= _text.Length || _text[_at + 1] != ':')
            return null;
        var end = Array.FindIndex(_text, _at + 2, r => r == ':');
        if (end < 0 || end + 1 >= _text.Length || _text[end + 1] != ']')
            return null;

        var name = string.Concat(_text[(_at + 2)..end].Select(r => new Rune(r).ToString()));
        var isNegated = name.StartsWith('^');
        _at = end + 2;
        return RuneSet.Part.Of(
            NamedClasses.Posix.GetValueOrDefault(isNegated ? name[1..] : name) ?? throw Fault($"there is no class [:{name}:]"),
            Folds,
            isNegated);
    }

    private RuneSet.Part? NamedInClass()
    {
        var before = _at++;
        if (Named() is { } named)
            return named;
        _at = before;
        return null;
    }

    /// <summary>A class by its letter, after the backslash.</summary>
    private RuneSet.Part? Named()
    {
        if (TakeOne("dDsSwW") is { } perl)
            return RuneSet.Part.Of(NamedClasses.Perl[char.ToLowerInvariant((char)perl)], Folds, char.IsAsciiLetterUpper((char)perl));
        if (TakeOne("pP") is not { } unicode)
            return null;

        var name = CategoryName();
        var isNegated = name.StartsWith('^');
        return RuneSet.Part.OfCategory(isNegated ? name[1..] : name, Folds, (unicode == 'P') != isNegated);
    }

    private string CategoryName()
    {
        if (!Take('{'))
            return IsAtEnd ? throw Fault("a category has no name") : new Rune(_text[_at++]).ToString();
        var end = Array.IndexOf(_text, '}', _at);
        if (end < 0)
            throw Fault("the name of a category does not end");
        var name = string.Concat(_text[_at..end].Select(r => new Rune(r).ToString()));
        _at = end + 1;
        return name;
    }

    /// <summary>One character, after the backslash.</summary>
    private int Escape()
    {
        if (IsAtEnd)
            throw Fault("it ends with a backslash");
        var rune = _text[_at++];
        return rune switch
        {
            'a' => '\a',
            'f' => '\f',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'v' => '\v',
            'x' => Hexadecimal(),
            '0' or (>= '1' and <= '7') when rune == '0' || (!IsAtEnd && _text[_at] is >= '0' and <= '7') => Octal(rune - '0'),
            < 0x80 when !char.IsAsciiLetterOrDigit((char)rune) => rune,
            _ => throw Fault($"'\\{new Rune(rune)}' means nothing"),
        };
    }

    private int Octal(int value)
    {
        for (var i = 0; i < 2 && !IsAtEnd && _text[_at] is >= '0' and <= '7'; i++)
            value = (value * 8) + _text[_at++] - '0';
        return value;
    }

    private int Hexadecimal()
    {
        var isBraced = Take('{');
        var end = isBraced ? Array.IndexOf(_text, '}', _at) : _at + 2;
        var digits = end < 0 || end > _text.Length ? "" : string.Concat(_text[_at..end].Select(r => r < 0x80 ? (char)r : '?'));
        if (!int.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value)
            || value is < 0 or > 0x10FFFF)
            throw Fault("the number of a character is none");
        _at = isBraced ? end + 1 : end;
        return value;
    }

    private bool Take(char rune)
    {
        if (IsAtEnd || _text[_at] != rune)
            return false;
        _at++;
        return true;
    }

    private int? TakeOne(string of) =>
        !IsAtEnd && _text[_at] < 0x80 && of.Contains((char)_text[_at], StringComparison.Ordinal) ? _text[_at++] : null;

    private bool TakeText(string text)
    {
        if (_at + text.Length > _text.Length || !text.Select((c, i) => _text[_at + i] == c).All(same => same))
            return false;
        _at += text.Length;
        return true;
    }

    private FormatException Fault(string what) => new($"{what} (at {_at} of {_whole})");
}
