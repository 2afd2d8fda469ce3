using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Remediator.Actions.Masking;

/// <summary>
/// A command line without its values: any word may be a password, so what is shown is the program and which options there are.
/// </summary>
internal static partial class CommandText
{
    /// <param name="beginsWithProgram">The first word is a program, as in a container's <c>command</c>.</param>
    public static string Of(JsonArray words, bool beginsWithProgram) =>
        string.Join(' ', words.Select((w, i) => Of(w?.ToString() ?? "", isProgram: beginsWithProgram && i == 0)));

    private static string Of(string word, bool isProgram) => word switch
    {
        _ when isProgram && Program().IsMatch(word) => word,
        _ when LongOption().Match(word) is { Success: true } option =>
            option.Length == word.Length ? word : $"{option.Value}={SecretMask.Mask}",
        ['-', var letter] when char.IsAsciiLetterOrDigit(letter) => word,
        ['-', var letter, ..] when char.IsAsciiLetterOrDigit(letter) => $"-{letter}{SecretMask.Mask}",
        _ => SecretMask.Mask,
    };

    [GeneratedRegex(@"^[A-Za-z0-9_./+-]+$", RegexOptions.NonBacktracking)]
    private static partial Regex Program();

    [GeneratedRegex(@"^--[A-Za-z][A-Za-z0-9_.-]*", RegexOptions.NonBacktracking)]
    private static partial Regex LongOption();
}
