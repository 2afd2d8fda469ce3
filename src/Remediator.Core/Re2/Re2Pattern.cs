namespace Remediator.Core.Re2;

/// <summary>
/// A regular expression as Go's <c>regexp</c> reads it, which is what Alertmanager matches labels with: RE2's syntax, on code points, in
/// time linear in the value. .NET's own differs in more than spelling: its <c>\d</c>, <c>\w</c> and <c>\b</c> are Unicode's, and its
/// characters are halves of code points. Source: https://github.com/google/re2/wiki/Syntax and Go's regexp/syntax.
/// </summary>
public sealed class Re2Pattern
{
    private readonly Re2Program _program;

    private Re2Pattern(Re2Node pattern) => _program = Re2Program.Of(pattern);

    /// <summary>For whole values, as Alertmanager anchors it: <c>^(?:text)$</c>.</summary>
    /// <exception cref="FormatException">It cannot be read, or is too large; the message says why.</exception>
    public static Re2Pattern OfWholeValue(string text) =>
        new(new Re2Node.Sequence([new Re2Node.At(Anchor.TextBegin), Re2Parser.Parse(text), new Re2Node.At(Anchor.TextEnd)]));

    public bool IsMatch(string value)
    {
        // half of a pair is no character, and becomes the replacement character, as it would in UTF-8
        var runes = value.EnumerateRunes().Select(r => r.Value).ToArray();
        var (now, next) = (new Threads(_program), new Threads(_program));
        for (var i = 0; ; i++)
        {
            var (before, after) = (i > 0 ? runes[i - 1] : Re2Program.NoRune, i < runes.Length ? runes[i] : Re2Program.NoRune);
            if (now.Follow(_program.Start, before, after))
                return true;
            if (i == runes.Length)
                return false;

            next.Clear();
            var later = i + 1 < runes.Length ? runes[i + 1] : Re2Program.NoRune;
            foreach (var state in now.Waiting)
            {
                if (_program[state].Set!.Contains(after) && next.Follow(_program[state].Next, after, later))
                    return true;
            }

            (now, next) = (next, now);
        }
    }

    /// <summary>The states that wait for the next character.</summary>
    private sealed class Threads(Re2Program program)
    {
        private readonly bool[] _seen = new bool[program.Count];
        private readonly List<int> _touched = [];
        private readonly Stack<int> _open = new();

        public List<int> Waiting { get; } = [];

        public void Clear()
        {
            Waiting.Clear();
            _touched.ForEach(state => _seen[state] = false);
            _touched.Clear();
        }

        /// <summary>Goes on from a state without reading anything.</summary>
        /// <returns>True where that is the end: the value matches.</returns>
        public bool Follow(int from, int before, int after)
        {
            _open.Push(from);
            while (_open.TryPop(out var state))
            {
                if (_seen[state])
                    continue;

                _seen[state] = true;
                _touched.Add(state);
                var at = program[state];
                switch (at.Kind)
                {
                    case StateKind.Match:
                        _open.Clear();
                        return true;
                    case StateKind.Rune:
                        Waiting.Add(state);
                        break;
                    case StateKind.Split:
                        _open.Push(at.Other);
                        _open.Push(at.Next);
                        break;
                    case StateKind.Anchor when Re2Program.Holds(at.Anchor, before, after):
                        _open.Push(at.Next);
                        break;
                }
            }

            return false;
        }
    }
}
