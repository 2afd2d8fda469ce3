namespace Remediator.Server.Audit;

/// <summary>
/// Logs and labels come from outside and are shown in a terminal: control characters, which could rewrite what is shown there, are made
/// visible, and so are those that change the direction of what follows.
/// </summary>
internal static class PlainText
{
    public static string Of(string text) =>
        text.Any(IsControl) ? string.Concat(text.Select(c => IsControl(c) ? $"\\x{(int)c:x2}" : c.ToString())) : text;

    private static bool IsControl(char c) =>
        (char.IsControl(c) && c is not '\t') || c is '\u061c' or '\u200e' or '\u200f' or (>= '\u2028' and <= '\u202e')
            or (>= '\u2066' and <= '\u2069');
}
