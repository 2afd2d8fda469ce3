namespace Remediator.Core.Language;

/// <summary>"Did you mean": the known word that was probably intended.</summary>
public static class Suggestion
{
    /// <summary><c>; did you mean 'x'?</c>, or the empty text where no known word is near.</summary>
    public static string For(string word, IEnumerable<string> known) => Nearest(word, known) is { } near ? $"; did you mean '{near}'?" : "";

    public static string? Nearest(string word, IEnumerable<string> known)
    {
        var limit = Math.Max(1, Math.Min(3, word.Length / 3));
        return known
            .Select(candidate => (candidate, distance: Distance(Fold(word), Fold(candidate))))
            .Where(c => c.distance <= limit)
            .OrderBy(c => c.distance).ThenBy(c => c.candidate, StringComparer.Ordinal)
            .Select(c => c.candidate)
            .FirstOrDefault();
    }

    private static string Fold(string word) => word.ToLowerInvariant().Replace('_', '-');

    /// <summary>Edits between two words; two neighbours that changed places count once.</summary>
    private static int Distance(string a, string b)
    {
        var d = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++) d[i, 0] = i;
        for (var j = 0; j <= b.Length; j++) d[0, j] = j;
        for (var i = 1; i <= a.Length; i++)
        {
            for (var j = 1; j <= b.Length; j++)
            {
                var cost = a[i - 1] == b[j - 1] ? 0 : 1;
                d[i, j] = Math.Min(Math.Min(d[i - 1, j] + 1, d[i, j - 1] + 1), d[i - 1, j - 1] + cost);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                    d[i, j] = Math.Min(d[i, j], d[i - 2, j - 2] + 1);
            }
        }

        return d[a.Length, b.Length];
    }
}
