using YamlDotNet.Core;

namespace Remediator.Definitions.Yaml;

/// <summary>A file as it was read, to find the place of a character of a value again.</summary>
/// <param name="Label">As people name it: <c>rules/workloads/restart-loop.yaml</c>.</param>
internal sealed record SourceFile(string Label, string Text)
{
    public bool IsTests =>
        Label.EndsWith(".tests.yaml", StringComparison.Ordinal) || Label.EndsWith(".tests.yml", StringComparison.Ordinal);

    public string PlaceOf(YamlNode node) => $"{Label}:{node.Start.Line}";

    /// <summary>Line and column of a character of a scalar's value, by walking what was written.</summary>
    public (int Line, int Column) Position(YamlScalar scalar, int offset)
    {
        var at = (int)scalar.Start.Index;
        switch (scalar.Style)
        {
            case ScalarStyle.SingleQuoted or ScalarStyle.DoubleQuoted:
                at = SkipQuoted(at + 1, offset, scalar.Style is ScalarStyle.DoubleQuoted ? '\\' : '\'');
                break;
            case ScalarStyle.Literal or ScalarStyle.Folded:
                at = SkipBlock(at, offset);
                break;
            default:
                at = SkipPlain(at, offset);
                break;
        }

        var lineStart = Text.LastIndexOf('\n', Math.Clamp(at - 1, 0, Math.Max(0, Text.Length - 1))) + 1;
        if (at == 0) lineStart = 0;
        return (Text.AsSpan(0, lineStart).Count('\n') + 1, at - lineStart + 1);
    }

    private int SkipPlain(int at, int offset)
    {
        for (; offset > 0 && at < Text.Length; offset--) at = SkipOne(at);
        return Math.Min(at, Text.Length);
    }

    private int SkipQuoted(int at, int offset, char escape)
    {
        for (; offset > 0 && at < Text.Length; offset--) at = Text[at] == escape ? at + EscapeLength(at) : SkipOne(at);
        return Math.Min(at, Text.Length);
    }

    /// <summary>A line break and the indent after it stand for one space.</summary>
    private int SkipOne(int at)
    {
        if (Text[at] is not ('\n' or '\r')) return at + 1;
        while (at < Text.Length && char.IsWhiteSpace(Text[at])) at++;
        return at;
    }

    private int EscapeLength(int at) => Text[at] == '\'' || at + 1 >= Text.Length ? 2 : Text[at + 1] switch
    {
        'x' => 4,
        'u' => 6,
        'U' => 10,
        _ => 2,
    };

    private int SkipBlock(int at, int offset)
    {
        at = Text.IndexOf('\n', at) + 1;
        if (at == 0) return Text.Length;
        var indent = Text.AsSpan(at).IndexOfAnyExcept(' ', '\n', '\r');
        indent = indent < 0 ? 0 : indent - (Text.AsSpan(at, indent).LastIndexOf('\n') + 1);
        at += indent;
        for (; offset > 0 && at < Text.Length; offset--)
        {
            if (Text[at] == '\r') at++;
            at += Text[at] == '\n' ? 1 + indent : 1;
        }

        return Math.Min(at, Text.Length);
    }
}
