namespace Remediator.Core.Language;

/// <summary>
/// Why something waits, in words: first what for, which lasts, and then what is in the way at the moment. Among thousands that wait for the
/// same budget its holders change all the time, and so does the error of a cluster that does not answer; that is no news to each of them.
/// </summary>
public static class HeldReason
{
    private const string Mark = "; now: ";

    public static string Of(string what, string now) => now.Length == 0 ? what : $"{what}{Mark}{now}";

    /// <summary>The same wait. Figures change with every look too; the words do not.</summary>
    public static bool IsSame(string a, string b) => Lasting(a).SequenceEqual(Lasting(b));

    private static IEnumerable<char> Lasting(string reason)
    {
        var end = reason.IndexOf(Mark, StringComparison.Ordinal);
        return (end < 0 ? reason : reason[..end]).Where(c => !char.IsAsciiDigit(c) && c != '.');
    }
}
