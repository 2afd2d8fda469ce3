using System.Globalization;
using Remediator.Actions.Masking;

namespace Remediator.Actions.Hosts.Reach;

/// <summary>What a script said: lines of fields, without the last, which says that it is all.</summary>
internal sealed record HostAnswer(IReadOnlyList<IReadOnlyList<string>> Lines)
{
    /// <summary>By which way it came, and why not by those before; empty where it came by the first.</summary>
    public string Reached { get; init; } = "";

    /// <summary>The same as a part of a sentence.</summary>
    public string Over => Reached.Length > 0 ? $" (reached by {Reached.TrimEnd('.')})" : "";

    /// <summary>The lines that begin with a word, without it.</summary>
    public IEnumerable<IReadOnlyList<string>> Of(string word) =>
        Lines.Where(l => l[0] == word).Select(l => (IReadOnlyList<string>)[.. l.Skip(1)]);

    /// <summary>The first field of the first line of a word, masked and short; empty where there is none.</summary>
    public string One(string word) => Firsts(word).FirstOrDefault("");

    /// <summary>The first field of each line of a word, masked and short.</summary>
    public IEnumerable<string> Firsts(string word) => Of(word).Where(f => f.Count > 0).Select(f => Short(f[0]));

    /// <summary>What a host says goes into the journal: it may say anything, and as much as it likes.</summary>
    public static string Short(string text) => EvidenceText.OneLine(text, 300);

    public bool Has(string word) => Lines.Any(l => l[0] == word);

    /// <summary>A number that is none reads as 0: of a disk, then it is full, and nothing is won.</summary>
    public static long Number(string text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;

    /// <summary>A number of which many can be added up, and which can be multiplied by some more; what is larger is this large.</summary>
    public static long Count(string text) => Math.Min(Number(text), 1L << 40);

    /// <summary>So many units of so many bytes.</summary>
    public static long Bytes(string units, long unit) => (long)Math.Min(Number(units) * (decimal)unit, 1L << 46);

    /// <summary>Seconds since some start; 0 for what is no time that a machine can have been up.</summary>
    public static double Seconds(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds) && seconds is >= 0 and < 1e10
            ? seconds
            : 0;

    /// <returns>Null where the text does not end as a whole answer does.</returns>
    public static HostAnswer? Parse(string text)
    {
        if (!text.EndsWith("end\n", StringComparison.Ordinal) || (text.Length > 4 && text[^5] != '\n'))
            return null;
        return new([.. text[..^4].Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => l.Split('\t'))]);
    }
}
