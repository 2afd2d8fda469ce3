using System.Globalization;

namespace Remediator.Core.Language;

/// <summary>Counts as people say them.</summary>
public static class Plural
{
    /// <param name="many">Null where it is <paramref name="one"/> with an s.</param>
    /// <returns><c>1 rule</c>, <c>0 rules</c>, <c>2 entries</c>.</returns>
    public static string Of(long count, string one, string? many = null) =>
        string.Create(CultureInfo.InvariantCulture, $"{count} {(count == 1 ? one : many ?? one + "s")}");

    /// <returns><c>is</c> after 1, and <c>are</c> after any other count.</returns>
    public static string Are(long count) => count == 1 ? "is" : "are";
}
