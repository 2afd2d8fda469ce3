using System.Buffers;
using System.Text;

namespace Remediator.Core.Language;

/// <summary>How facts and selectors print, so that they can be read back.</summary>
internal static class Notation
{
    private static readonly SearchValues<char> Escaped = SearchValues.Create("\"\\\n\r\t");

    public static void AppendQuoted(StringBuilder text, string value)
    {
        text.Append('"');
        var rest = value.AsSpan();
        for (int at; (at = rest.IndexOfAny(Escaped)) >= 0; rest = rest[(at + 1)..])
        {
            text.Append(rest[..at]).Append('\\').Append(rest[at] switch { '\n' => 'n', '\r' => 'r', '\t' => 't', var c => c });
        }

        text.Append(rest);
        text.Append('"');
    }

    /// <summary>A label that is not an identifier is quoted.</summary>
    public static void AppendLabel(StringBuilder text, string label)
    {
        if (Scanner.IsIdentifier(label)) text.Append(label);
        else AppendQuoted(text, label);
    }
}
