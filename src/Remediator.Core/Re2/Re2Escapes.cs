using System.Globalization;
using System.Text;

namespace Remediator.Core.Re2;

/// <summary>One character that is written with a backslash.</summary>
internal static class Re2Escapes
{
    /// <summary>After the backslash.</summary>
    public static int Read(Re2Text text)
    {
        if (text.IsAtEnd)
            throw text.Fault("it ends with a backslash");
        var rune = text.Next();
        return rune switch
        {
            'a' => '\a',
            'f' => '\f',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'v' => '\v',
            'x' => Hexadecimal(text),
            '0' or (>= '1' and <= '7') when rune == '0' || text.Peek() is >= '0' and <= '7' => Octal(text, rune - '0'),
            < 0x80 when !char.IsAsciiLetterOrDigit((char)rune) => rune,
            _ => throw text.Fault($"'\\{new Rune(rune)}' means nothing"),
        };
    }

    private static int Octal(Re2Text text, int value)
    {
        for (var i = 0; i < 2 && text.Peek() is >= '0' and <= '7'; i++)
            value = (value * 8) + text.Next() - '0';
        return value;
    }

    private static int Hexadecimal(Re2Text text)
    {
        var isBraced = text.Take('{');
        var begin = text.At;
        var digits = isBraced ? text.TakeUntil('}') : text.TakeMany(2);
        if (int.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value)
            && value is >= 0 and <= 0x10FFFF)
            return value;
        text.At = begin;
        throw text.Fault("the number of a character is none");
    }
}
