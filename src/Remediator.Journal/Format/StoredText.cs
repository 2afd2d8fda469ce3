using System.Buffers;
using System.Text;

namespace Remediator.Journal.Format;

/// <summary>
/// Text as every engine can keep it. A zero byte, which PostgreSQL cannot store, is kept as its picture U+2400, and half a surrogate pair,
/// which is no UTF-8, as U+FFFD. In JSON neither is needed: there both are escaped.
/// </summary>
internal static class StoredText
{
    private const char PictureOfNull = '\u2400';

    private static readonly SearchValues<char> Doubtful =
        SearchValues.Create(['\0', .. Enumerable.Range(0xD800, 0x800).Select(c => (char)c)]);

    public static string Of(string text) => text.AsSpan().ContainsAny(Doubtful) ? Rewritten(text) : text;

    private static string Rewritten(string text)
    {
        var kept = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
            kept.Append(rune.Value == 0 ? PictureOfNull.ToString() : rune.ToString());
        return kept.ToString();
    }
}
