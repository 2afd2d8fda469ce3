using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Remediator.Definitions.Yaml;

/// <summary>Reads one document: scalars, lists and mappings, nothing else of YAML.</summary>
internal sealed class YamlTree
{
    private const int MaxDepth = 20;
    private readonly Parser _parser;

    private YamlTree(string text)
    {
        _parser = new(new StringReader(text));
        Advance();
    }

    /// <returns>Null for a file without content.</returns>
    /// <exception cref="YamlException">With the place of the first thing that is no YAML, or that is left out here on purpose.</exception>
    public static YamlNode? Read(string text)
    {
        var tree = new YamlTree(text);
        tree.Take<StreamStart>();
        if (tree._parser.Current is StreamEnd) return null;
        tree.Take<DocumentStart>();
        var root = tree.Node(0);
        tree.Take<DocumentEnd>();
        if (tree._parser.Current is DocumentStart second)
            throw Refused(second, "a file has one document; put the second into a file of its own");
        return root;
    }

    private YamlNode Node(int depth)
    {
        var current = _parser.Current!;
        if (depth > MaxDepth) throw Refused(current, "this is nested too deeply");
        if (current is AnchorAlias or NodeEvent { Anchor.IsEmpty: false })
            throw Refused(current, "anchors and aliases are not supported: write the value out");
        return current switch
        {
            YamlDotNet.Core.Events.Scalar scalar => Scalar(scalar),
            SequenceStart start => List(start, depth),
            MappingStart start => Map(start, depth),
            _ => throw Refused(current, "expected a value"),
        };
    }

    private YamlScalar Scalar(YamlDotNet.Core.Events.Scalar scalar)
    {
        Advance();
        return new(scalar.Start, scalar.Value, scalar.Style);
    }

    private YamlList List(SequenceStart start, int depth)
    {
        Advance();
        var items = new List<YamlNode>();
        while (_parser.Current is not SequenceEnd) items.Add(Node(depth + 1));
        Advance();
        return new(start.Start, items);
    }

    private YamlMap Map(MappingStart start, int depth)
    {
        Advance();
        var entries = new List<YamlEntry>();
        while (_parser.Current is not MappingEnd)
        {
            var key = Node(depth + 1) as YamlScalar ?? throw Refused(start, "a key must be a plain word; put text with braces in quotes");
            entries.Add(new(key, Node(depth + 1)));
        }

        Advance();
        return new(start.Start, entries, start.Style is MappingStyle.Flow);
    }

    private void Advance()
    {
        var last = _parser.Current?.End ?? new Mark(0, 1, 1);
        try
        {
            _parser.MoveNext();
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException or IndexOutOfRangeException)
        {
            // Some texts break the library's scanner itself; they are no less the author's to repair.
            throw new YamlException(last, last, "what follows here is not valid YAML", e);
        }
    }

    private void Take<T>()
        where T : ParsingEvent
    {
        if (_parser.Current is not T) throw Refused(_parser.Current!, "this is not a YAML mapping or list");
        Advance();
    }

    private static YamlException Refused(ParsingEvent at, string message) => new(at.Start, at.End, message);
}
