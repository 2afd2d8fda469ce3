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
        _parser.MoveNext();
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
        if (tree._parser.Current is DocumentStart second) throw Refused(second, "one file holds one document; put the second into a file of its own");
        return root;
    }

    private YamlNode Node(int depth)
    {
        var current = _parser.Current!;
        if (depth > MaxDepth) throw Refused(current, "this is nested too deep");
        if (current is AnchorAlias or NodeEvent { Anchor.IsEmpty: false }) throw Refused(current, "anchors and aliases are not read here: write the value out");
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
        _parser.MoveNext();
        return new(scalar.Start, scalar.Value, scalar.Style);
    }

    private YamlList List(SequenceStart start, int depth)
    {
        _parser.MoveNext();
        var items = new List<YamlNode>();
        while (_parser.Current is not SequenceEnd) items.Add(Node(depth + 1));
        _parser.MoveNext();
        return new(start.Start, items);
    }

    private YamlMap Map(MappingStart start, int depth)
    {
        _parser.MoveNext();
        var entries = new List<YamlEntry>();
        while (_parser.Current is not MappingEnd)
        {
            var key = Node(depth + 1) as YamlScalar ?? throw Refused(start, "a key must be a plain word; put text with braces in quotes");
            entries.Add(new(key, Node(depth + 1)));
        }

        _parser.MoveNext();
        return new(start.Start, entries, start.Style is MappingStyle.Flow);
    }

    private void Take<T>()
        where T : ParsingEvent
    {
        if (_parser.Current is not T) throw Refused(_parser.Current!, "this is not what a YAML file looks like");
        _parser.MoveNext();
    }

    private static YamlException Refused(ParsingEvent at, string message) => new(at.Start, at.End, message);
}
