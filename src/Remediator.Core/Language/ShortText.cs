using System.Security.Cryptography;
using System.Text;

namespace Remediator.Core.Language;

/// <summary>
/// Texts that identify something and are therefore in an index: PostgreSQL refuses a row of an index of more than 2,704 bytes
/// (<c>BTMaxItemSize</c> of nbtree.h, with pages of 8 KB).
/// </summary>
public static class ShortText
{
    private const int HashLength = 64;

    /// <summary>Percent-escaped, in which it is at least as long as in UTF-8.</summary>
    public static int LengthOf(string text) => Uri.EscapeDataString(text).Length;

    /// <returns>
    /// The text itself where its <see cref="LengthOf"/> is at most so much; else its beginning, <c>~</c> and the SHA-256 of all of it in
    /// hexadecimal, so that two texts with the same beginning stay apart.
    /// </returns>
    public static string Of(string text, int most)
    {
        // an escaped byte takes three characters: most texts need not be escaped to know that they are short
        if (text.Length * 9 <= most || LengthOf(text) <= most)
        {
            return text;
        }

        var kept = new StringBuilder();
        var room = most - HashLength - 1;
        foreach (var rune in text.EnumerateRunes())
        {
            room -= LengthOf(rune.ToString());
            if (room < 0)
            {
                break;
            }

            kept.Append(rune.ToString());
        }

        return $"{kept}~{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))}";
    }
}
