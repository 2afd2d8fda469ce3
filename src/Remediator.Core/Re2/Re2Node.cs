namespace Remediator.Core.Re2;

/// <summary>A place between two characters.</summary>
internal enum Anchor { TextBegin, TextEnd, LineBegin, LineEnd, WordEdge, NoWordEdge }

/// <summary>A pattern as it was read. Whether a repetition is greedy does not matter to whether a value matches.</summary>
internal abstract record Re2Node
{
    private Re2Node()
    {
    }

    public static Re2Node Empty { get; } = new Sequence([]);

    public sealed record OneOf(RuneSet Set) : Re2Node;

    public sealed record At(Anchor Anchor) : Re2Node;

    public sealed record Sequence(IReadOnlyList<Re2Node> Parts) : Re2Node;

    public sealed record Either(IReadOnlyList<Re2Node> Ways) : Re2Node;

    /// <param name="Most">Null for any number.</param>
    public sealed record Repeat(Re2Node What, int Least, int? Most) : Re2Node;
}
