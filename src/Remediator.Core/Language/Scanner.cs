using System.Buffers;
using System.Globalization;
using System.Text;

namespace Remediator.Core.Language;

/// <summary>Reads the small notation that facts, selectors and conditions share.</summary>
internal sealed class Scanner(string text)
{
    /// <summary>Before the name of a selector: <c>$crashing-containers</c>.</summary>
    public const char NameMark = '$';

    public int Position { get; private set; }

    public bool AtEnd
    {
        get
        {
            SkipSpace();
            return Position == text.Length;
        }
    }

    public SyntaxException Fault(string message) => new(Position, message);

    public SyntaxException Expected(string what) => Fault($"expected {what}, found {Found()}");

    public bool TryTake(string symbol)
    {
        SkipSpace();
        if (string.CompareOrdinal(text, Position, symbol, 0, symbol.Length) != 0) return false;
        Position += symbol.Length;
        return true;
    }

    public void Take(string symbol)
    {
        if (!TryTake(symbol)) throw Expected($"'{symbol}'");
    }

    /// <summary>Takes a word only where the given symbol follows it.</summary>
    public bool TryTakeBefore(string word, char symbol)
    {
        var start = Position;
        if (TryIdentifier() == word)
        {
            SkipSpace();
            if (Position < text.Length && text[Position] == symbol) return true;
        }

        Position = start;
        return false;
    }

    public string? TryIdentifier()
    {
        SkipSpace();
        var end = Position;
        while (end < text.Length && IsIdentifier(text[end], end == Position)) end++;
        if (end == Position) return null;
        var word = text[Position..end];
        Position = end;
        return word;
    }

    /// <summary>The name of a selector, without its mark; null where none is ahead.</summary>
    public string? TryName()
    {
        SkipSpace();
        if (Position == text.Length || text[Position] != NameMark) return null;
        var end = Position + 1;
        while (end < text.Length && (char.IsAsciiLetterOrDigit(text[end]) || text[end] is '-' or '_')) end++;
        var name = text[(Position + 1)..end];
        if (name.Length == 0) throw Fault($"expected a name after '{NameMark}'");
        Position = end;
        return name;
    }

    public static bool IsIdentifier(string word) =>
        word.Length > 0 && IsIdentifier(word[0], first: true) && !word.AsSpan(1).ContainsAnyExcept(InIdentifiers);

    public bool AtQuote
    {
        get
        {
            SkipSpace();
            return Position < text.Length && text[Position] == '"';
        }
    }

    public string Quoted(string what)
    {
        if (!AtQuote)
        {
            throw Position < text.Length && text[Position] is not ('}' or ',')
                ? Fault($"{what} is written in double quotes, found {Found()}")
                : Expected($"{what} in double quotes");
        }

        var value = new StringBuilder();
        for (var i = Position + 1; i < text.Length; i++)
        {
            if (text[i] == '"')
            {
                Position = i + 1;
                return value.ToString();
            }

            value.Append(text[i] == '\\' && i + 1 < text.Length ? Escaped(text[++i], i) : text[i]);
        }

        throw Fault("this text has no closing quote");
    }

    /// <summary>The number ahead; the place where it began is <paramref name="start"/>.</summary>
    public double Number(out int start)
    {
        SkipSpace();
        start = Position;
        var end = Position;
        if (end < text.Length && text[end] == '-') end++;
        while (end < text.Length && (char.IsAsciiDigit(text[end]) || text[end] == '.')) end++;
        if (!double.TryParse(
            text.AsSpan(Position, end - Position), NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint,
            CultureInfo.InvariantCulture, out var number))
            throw AtQuote ? Fault("a number is written without quotes") : Expected("a number");
        Position = end;
        return number;
    }

    public string Found()
    {
        SkipSpace();
        if (Position == text.Length) return "the end";
        var start = Position;
        var word = TryIdentifier();
        Position = start;
        if (word is not null) return $"'{word}'";
        var end = start + 1;
        if (char.IsAsciiDigit(text[start])) while (end < text.Length && (char.IsAsciiLetterOrDigit(text[end]) || text[end] == '.')) end++;
        return $"'{text[start..end]}'";
    }

    private void SkipSpace()
    {
        while (Position < text.Length && char.IsWhiteSpace(text[Position])) Position++;
    }

    private static readonly SearchValues<char> InIdentifiers =
        SearchValues.Create(":0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz");

    private static bool IsIdentifier(char c, bool first) =>
        char.IsAsciiLetter(c) || c is '_' || (!first && (char.IsAsciiDigit(c) || c is ':'));

    private static char Escaped(char c, int at) => c switch
    {
        'n' => '\n',
        't' => '\t',
        'r' => '\r',
        '"' or '\\' => c,
        _ => throw new SyntaxException(at - 1, $"unknown escape '\\{c}'; a backslash itself is written '\\\\'"),
    };
}

internal sealed class SyntaxException(int offset, string message) : Exception(message)
{
    public TextFault Fault => new(offset, Message);
}
