using System.Text;
using System.Text.Json.Serialization;
using Remediator.Core.Language;

namespace Remediator.Core.Facts;

/// <summary>A line of what is known now: a resource (kind in lower case) or an active alert (its alertname) with labels.</summary>
/// <param name="Name">Kind or alertname.</param>
/// <param name="Labels">A missing label reads as the empty text.</param>
/// <param name="Since">When this became true, as far as is known.</param>
public sealed record Fact(string Name, IReadOnlyDictionary<string, string> Labels, DateTimeOffset Since)
{
    private string? _text;

    [JsonIgnore]
    public string this[string label] => Labels.TryGetValue(label, out var value) ? value : "";

    /// <summary>In the notation of rules and tests: <c>node{node="n1",ready="false"}</c>.</summary>
    public override string ToString() => _text ??= Print();

    /// <summary>Reads what <see cref="ToString"/> writes.</summary>
    /// <exception cref="FormatException">With the place and what was expected.</exception>
    public static Fact Parse(string text, DateTimeOffset since = default)
    {
        var faults = new List<TextFault>();
        return TryParse(text, since, faults) ?? throw new FormatException($"{text}: column {faults[0].Offset + 1}: {faults[0].Message}");
    }

    /// <returns>Null where there was a fault, which was added.</returns>
    public static Fact? TryParse(string text, DateTimeOffset since, ICollection<TextFault> faults)
    {
        try
        {
            return FactParser.Parse(text, since);
        }
        catch (SyntaxException e)
        {
            faults.Add(e.Fault);
            return null;
        }
    }

    public bool Equals(Fact? other) =>
        ReferenceEquals(this, other)
        || (other is not null && Name == other.Name && Since == other.Since && Labels.Count == other.Labels.Count
            && Labels.All(l => other.Labels.TryGetValue(l.Key, out var value) && value == l.Value));

    public override int GetHashCode() => HashCode.Combine(Name, Labels.Count, Since);

    private string Print()
    {
        var text = new StringBuilder(Scanner.IsIdentifier(Name) ? Name : "");
        var labels = Labels.Where(l => l.Value.Length > 0 && !(l.Key == "alertname" && l.Value == Name)).ToList();
        if (text.Length == 0) labels.Add(new("alertname", Name));
        if (labels.Count == 0) return text.ToString();
        labels.Sort((a, b) => string.CompareOrdinal(a.Key, b.Key));
        var separator = '{';
        foreach (var (label, value) in labels)
        {
            text.Append(separator);
            Notation.AppendLabel(text, label);
            text.Append('=');
            Notation.AppendQuoted(text, value);
            separator = ',';
        }

        return text.Append('}').ToString();
    }
}
