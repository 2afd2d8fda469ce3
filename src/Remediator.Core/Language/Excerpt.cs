namespace Remediator.Core.Language;

/// <summary>The beginning of a text that somebody else has made as long as they liked.</summary>
public static class Excerpt
{
    /// <param name="most">In UTF-16 units; no character is cut in two.</param>
    public static string Of(string text, int most) =>
        text.Length <= most ? text : $"{text[..(char.IsHighSurrogate(text[most - 1]) ? most - 1 : most)]}…";
}
