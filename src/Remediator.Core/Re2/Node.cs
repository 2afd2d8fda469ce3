namespace Remediator.Core.Re2;

/// <summary>A place between two characters.</summary>
internal enum Place { TextBegin, TextEnd, LineBegin, LineEnd, WordEdge, NoWordEdge }

/// <summary>A pattern as it was read. Whether a repetition is greedy does not matter to whether a value matches.</summary>
internal abstract record Node
{
    private Node()
    {
    }

    public static Node Empty { get; } = new Sequence([]);

    public sealed record OneOf(RuneSet Set) : Node;

    public sealed record At(Place Place) : Node;

    public sealed record Sequence(IReadOnlyList<Node> Parts) : Node;

    public sealed record Either(IReadOnlyList<Node> Ways) : Node;

    /// <param name="Most">Null for any number.</param>
    public sealed record Repeat(Node What, int Least, int? Most) : Node;
}
