namespace Remediator.Actions.Hosts.Reach;

/// <summary>What a script said: lines of fields, without the last, which says that it is all.</summary>
internal sealed record HostAnswer(IReadOnlyList<IReadOnlyList<string>> Lines)
{
    /// <summary>The lines that begin with a word, without it.</summary>
    public IEnumerable<IReadOnlyList<string>> Of(string word) =>
        Lines.Where(l => l[0] == word).Select(l => (IReadOnlyList<string>)[.. l.Skip(1)]);

    /// <summary>The only field of the only line of a word; empty where there is none.</summary>
    public string One(string word) => Of(word).FirstOrDefault() is [var value, ..] ? value : "";

    public bool Has(string word) => Lines.Any(l => l[0] == word);

    /// <returns>Null where the text does not end as a whole answer does.</returns>
    public static HostAnswer? Parse(string text)
    {
        if (!text.EndsWith("end\n", StringComparison.Ordinal) || (text.Length > 4 && text[^5] != '\n'))
            return null;
        return new([.. text[..^4].Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => l.Split('\t'))]);
    }
}
