namespace Remediator.Core.Facts;

/// <summary>A line of what is known now: a resource (kind in lower case) or an active alert (its alertname) with labels.</summary>
/// <param name="Name">Kind or alertname.</param>
/// <param name="Labels">A missing label reads as the empty text.</param>
/// <param name="Since">When this became true, as far as is known.</param>
public sealed record Fact(string Name, IReadOnlyDictionary<string, string> Labels, DateTimeOffset Since)
{
    public string this[string label] => Labels.GetValueOrDefault(label, "");
}
