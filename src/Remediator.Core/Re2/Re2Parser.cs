using System.Globalization;

namespace Remediator.Core.Re2;

/// <summary>
/// Reads Go's dialect of RE2 (<c>syntax.Perl</c>). What Go would refuse may pass here: Alertmanager has compiled a pattern before it lists
/// it.
/// </summary>
internal sealed class Re2Parser
{
    private const int MostRepeats = 1000;
    private const int Deepest = 500;

    private readonly Re2Text _text;
    private int _depth;
    private Flags _flags;

    private Re2Parser(string text) => _text = new(text);

    [Flags]
    private enum Flags { None = 0, Folds = 1, Lines = 2, DotTakesLineEnd = 4 }

    /// <exception cref="FormatException">The message says why.</exception>
    public static Re2Node Parse(string text)
    {
        var parser = new Re2Parser(text);
        var pattern = parser.Alternatives();
        return parser._text.IsAtEnd ? pattern : throw parser._text.Fault("a ')' has no '('");
    }

    private bool Folds => _flags.HasFlag(Flags.Folds);

    private Re2Classes Classes => new(_text, Folds);

    private Re2Node Alternatives()
    {
        if (++_depth > Deepest)
            throw _text.Fault($"its groups are nested deeper than {Deepest}");
        var ways = new List<Re2Node> { Sequence() };
        while (_text.Take('|'))
            ways.Add(Sequence());
        _depth--;
        return ways.Count == 1 ? ways[0] : new Re2Node.Either(ways);
    }

    private Re2Node Sequence()
    {
        var parts = new List<Re2Node>();
        while (_text.Peek() is >= 0 and not ('|' or ')'))
        {
            if (_text.TakeText(@"\Q"))
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
        while (!_text.IsAtEnd && !_text.TakeText(@"\E"))
            parts.Add(Literal(_text.Next()));
    }

    /// <returns>Null where it was flags and nothing to match.</returns>
    private Re2Node? Atom()
    {
        var rune = _text.Next();
        return rune switch
        {
            '(' => Group(),
            '[' => new Re2Node.OneOf(Classes.Bracketed()),
            '.' => new Re2Node.OneOf(_flags.HasFlag(Flags.DotTakesLineEnd) ? RuneSet.Any : RuneSet.NoLineEnd),
            '^' => new Re2Node.At(_flags.HasFlag(Flags.Lines) ? Anchor.LineBegin : Anchor.TextBegin),
            '$' => new Re2Node.At(_flags.HasFlag(Flags.Lines) ? Anchor.LineEnd : Anchor.TextEnd),
            '*' or '+' or '?' => throw _text.Fault($"'{(char)rune}' repeats nothing"),
            '\\' => Escaped(),
            _ => Literal(rune),
        };
    }

    private Re2Node.OneOf Literal(int rune) => new Re2Node.OneOf(RuneSet.Of(rune, Folds));

    private Re2Node Escaped()
    {
        if (_text.TakeOne("AzbB") is { } place)
            return new Re2Node.At(
                place switch { 'A' => Anchor.TextBegin, 'z' => Anchor.TextEnd, 'b' => Anchor.WordEdge, _ => Anchor.NoWordEdge });
        return Classes.Named() is { } part ? new Re2Node.OneOf(new([part])) : Literal(Re2Escapes.Read(_text));
    }

    private Re2Node? Group()
    {
        var outside = _flags;
        if (_text.Take('?'))
        {
            if (_text.TakeText("P<") || _text.TakeText("<"))
                SkipName();
            else if (!FlagsOfGroup())
                return null;
        }

        var inside = Alternatives();
        if (!_text.Take(')'))
            throw _text.Fault("a '(' has no ')'");
        _flags = outside;
        return inside;
    }

    private void SkipName()
    {
        if (_text.TakeUntil('>') is null)
            throw _text.Fault("the name of a group does not end");
    }

    /// <summary><c>(?i)</c> up to the end of the group it is in, <c>(?i:</c> for a group of its own.</summary>
    /// <returns>True where a group has begun.</returns>
    private bool FlagsOfGroup()
    {
        for (var on = true; ;)
        {
            var flag = _text.IsAtEnd ? -1 : _text.Next();
            switch (flag)
            {
                case '-': on = false; break;
                case 'i': Set(Flags.Folds, on); break;
                case 'm': Set(Flags.Lines, on); break;
                case 's': Set(Flags.DotTakesLineEnd, on); break;
                case 'U': break;
                case ':': return true;
                case ')': return false;
                default: throw _text.Fault("what follows a '(?' is not known");
            }
        }
    }

    private void Set(Flags flag, bool on) => _flags = on ? _flags | flag : _flags & ~flag;

    private Re2Node.Repeat? Repetition(Re2Node what)
    {
        var before = _text.At;
        if (Range() is not var (least, most))
        {
            _text.At = before;
            return null;
        }

        _text.Take('?');
        return least <= MostRepeats && (most ?? 0) <= MostRepeats && !(most < least)
            ? new(what, least, most)
            : throw _text.Fault("it repeats something too often");
    }

    /// <returns>Null where nothing is repeated: a brace that is no count is itself.</returns>
    private (int Least, int? Most)? Range()
    {
        if (_text.TakeOne("*+?") is { } sign)
            return sign switch { '*' => (0, null), '+' => (1, null), _ => (0, 1) };
        if (!_text.Take('{') || Number() is not { } least)
            return null;
        var most = _text.Take(',') ? Number() : least;
        return _text.Take('}') ? (least, most) : null;
    }

    private int? Number()
    {
        var digits = "";
        while (_text.TakeOne("0123456789") is { } digit)
            digits += (char)digit;
        return digits.Length == 0
            ? null
            : int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : MostRepeats + 1;
    }
}
