namespace Remediator.Core.Re2;

internal enum StateKind { Match, Rune, Split, Anchor }

/// <param name="Set">What a <see cref="StateKind.Rune"/> takes.</param>
internal readonly record struct State(StateKind Kind, int Next, int Other, RuneSet? Set, Anchor Anchor);

/// <summary>The states of a pattern, as Thompson builds them.</summary>
internal sealed class Re2Program
{
    public const int NoRune = -1;

    /// <summary>Counted repetitions of repetitions grow beyond any use.</summary>
    private const int MostStates = 100_000;

    private readonly List<State> _states = [];

    private Re2Program()
    {
    }

    public int Start { get; private set; }

    public int Count => _states.Count;

    public State this[int state] => _states[state];

    /// <exception cref="FormatException">It is too large.</exception>
    public static Re2Program Of(Re2Node pattern)
    {
        var program = new Re2Program();
        program.Start = program.Add(pattern, program.Add(new State(StateKind.Match, 0, 0, null, default)));
        return program;
    }

    public static bool Holds(Anchor place, int before, int after) => place switch
    {
        Anchor.TextBegin => before == NoRune,
        Anchor.TextEnd => after == NoRune,
        Anchor.LineBegin => before is NoRune or '\n',
        Anchor.LineEnd => after is NoRune or '\n',
        Anchor.WordEdge => IsWord(before) != IsWord(after),
        _ => IsWord(before) == IsWord(after),
    };

    private static bool IsWord(int rune) => rune is (>= 'a' and <= 'z') or (>= 'A' and <= 'Z') or (>= '0' and <= '9') or '_';

    /// <returns>The state in which the node begins; it goes on to <paramref name="next"/>.</returns>
    private int Add(Re2Node node, int next) => node switch
    {
        Re2Node.OneOf one => Add(new State(StateKind.Rune, next, 0, one.Set, default)),
        Re2Node.At at => Add(new State(StateKind.Anchor, next, 0, null, at.Anchor)),
        Re2Node.Sequence sequence => sequence.Parts.Reverse().Aggregate(next, (after, part) => Add(part, after)),
        Re2Node.Either either => Either(either, next),
        Re2Node.Repeat repeat => Repeat(repeat, next),
        _ => throw new ArgumentException($"There are no states for {node}.", nameof(node)),
    };

    private int Either(Re2Node.Either either, int next)
    {
        var begin = Add(either.Ways[^1], next);
        foreach (var way in either.Ways.Reverse().Skip(1))
            begin = Split(Add(way, next), begin);
        return begin;
    }

    private int Repeat(Re2Node.Repeat repeat, int next)
    {
        var begin = next;
        if (repeat.Most is { } most)
        {
            for (var i = repeat.Least; i < most; i++)
                begin = Split(Add(repeat.What, begin), next);
        }
        else
        {
            begin = Split(0, next);
            _states[begin] = _states[begin] with { Next = Add(repeat.What, begin) };
        }

        for (var i = 0; i < repeat.Least; i++)
            begin = Add(repeat.What, begin);
        return begin;
    }

    private int Split(int next, int other) => Add(new State(StateKind.Split, next, other, null, default));

    private int Add(State state)
    {
        if (_states.Count == MostStates)
            throw new FormatException($"it needs more than {MostStates} states");
        _states.Add(state);
        return _states.Count - 1;
    }
}
