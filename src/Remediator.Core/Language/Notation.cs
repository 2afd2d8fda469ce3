using System.Text;

namespace Remediator.Core.Language;

/// <summary>How facts and selectors print, so that they can be read back.</summary>
internal static class Notation
{
    public static void AppendQuoted(StringBuilder text, string value)
    {
        text.Append('"');
        foreach (var c in value)
        {
            _ = c switch
            {
                '"' => text.Append("\\\""),
                '\\' => text.Append("\\\\"),
                '\n' => text.Append("\\n"),
                '\r' => text.Append("\\r"),
                '\t' => text.Append("\\t"),
                _ => text.Append(c),
            };
        }

        text.Append('"');
    }

    /// <summary>A label that is no identifier stands in quotes.</summary>
    public static void AppendLabel(StringBuilder text, string label)
    {
        if (Scanner.IsIdentifier(label)) text.Append(label);
        else AppendQuoted(text, label);
    }
}
