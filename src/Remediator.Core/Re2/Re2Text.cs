using System.Text;
using Remediator.Core.Language;

namespace Remediator.Core.Re2;

/// <summary>A pattern, character by character, and how far it has been read.</summary>
internal sealed class Re2Text(string whole)
{
    /// <summary>What is next where nothing is.</summary>
    private const int End = -1;

    /// <summary>Of a pattern, where people are told of it.</summary>
    private const int LongestShown = 100;

    private readonly int[] _runes = [.. whole.EnumerateRunes().Select(r => r.Value)];

    public int At { get; set; }

    public bool IsAtEnd => At == _runes.Length;

    public int Peek(int ahead = 0) => At + ahead < _runes.Length ? _runes[At + ahead] : End;

    public int Next() => _runes[At++];

    public bool Take(char rune)
    {
        if (Peek() != rune)
            return false;
        At++;
        return true;
    }

    public int? TakeOne(string of) =>
        Peek() is >= 0 and < 0x80 and var rune && of.Contains((char)rune, StringComparison.Ordinal) ? Next() : null;

    public bool TakeText(string text)
    {
        if (!text.Select((c, i) => Peek(i) == c).All(same => same))
            return false;
        At += text.Length;
        return true;
    }

    /// <summary>Up to the next one of these, which is read too and not part of it.</summary>
    /// <returns>Null where there is none.</returns>
    public string? TakeUntil(char end)
    {
        var found = Array.IndexOf(_runes, end, At);
        if (found < 0)
            return null;
        var text = TakeMany(found - At);
        At = found + 1;
        return text;
    }

    /// <returns>Null where there are fewer.</returns>
    public string? TakeMany(int count)
    {
        if (At + count > _runes.Length)
            return null;
        var text = string.Concat(_runes[At..(At + count)].Select(r => new Rune(r).ToString()));
        At += count;
        return text;
    }

    public FormatException Fault(string what) => new($"{what} (at {At} of {Excerpt.Of(whole, LongestShown)})");
}
