namespace Remediator.Core.Language;

/// <summary>The beginning, or the end, of a text that somebody else has made as long as they liked.</summary>
public static class Excerpt
{
    /// <param name="most">In UTF-16 units; no character is cut in two.</param>
    public static string Of(string text, int most) =>
        text.Length <= most ? text : $"{text[..(char.IsHighSurrogate(text[most - 1]) ? most - 1 : most)]}…";

    /// <summary>The end: the newest lines of a log are there.</summary>
    /// <param name="most">As of <see cref="Of"/>.</param>
    public static string EndOf(string text, int most) =>
        text.Length <= most ? text : $"…{text[^(char.IsLowSurrogate(text[^most]) ? most - 1 : most)..]}";
}
