using System.Text;
using Remediator.Core.Language;

namespace Remediator.Actions.Masking;

/// <summary>Text from outside, made fit to be kept and shown: masked, bounded, without control characters.</summary>
internal static class EvidenceText
{
    /// <summary>Keeps the end, in whole lines: the end of a log tells the most.</summary>
    public static string Tail(string text, int characters)
    {
        if (text.Length <= characters)
            return Clean(SecretMask.Apply(text));

        var tail = text[^characters..];
        var newline = tail.IndexOf('\n', StringComparison.Ordinal);
        // the head of a cut line may have lost the name that gives its secret away
        return newline < 0 ? $"(a line of more than {characters} characters is left out)" : Clean(SecretMask.Apply(tail[(newline + 1)..]));
    }

    /// <summary>Keeps the beginning.</summary>
    public static string Head(string text, int characters) => Excerpt.Of(Clean(SecretMask.Apply(text)), characters);

    public static string OneLine(string? text, int characters) => Head((text ?? "").ReplaceLineEndings(" ").Trim(), characters);

    private static string Clean(string text)
    {
        if (!text.Any(c => char.IsControl(c) && c is not '\n' and not '\t'))
            return text;

        var clean = new StringBuilder(text.Length);
        foreach (var c in text.Where(c => !char.IsControl(c) || c is '\n' or '\t'))
            clean.Append(c);
        return clean.ToString();
    }
}
