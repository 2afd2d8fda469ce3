using System.Globalization;
using Remediator.Core.Facts;
using Remediator.Core.Language;
using Remediator.Definitions.Yaml;

namespace Remediator.Definitions.Testing;

/// <summary>Facts as tests write them: <c>node{node="up#", ready="true"} x 6</c> is six nodes, up1 to up6.</summary>
internal static class FactLines
{
    /// <summary>Of one test, all lines and copies together: tests run in the server that is to repair the cluster meanwhile.</summary>
    private const int Most = 20_000;

    /// <summary>Copies are made when the test runs, and are gone after it.</summary>
    public static IEnumerable<Fact> Read(MapReader map, FaultList faults, string key = "facts")
    {
        var lines = new List<(Fact Fact, int Copies)>();
        var left = Most;
        foreach (var scalar in map.Scalars(key))
        {
            if (Line(scalar, faults) is not { } line) continue;
            left -= Math.Max(line.Copies, 1);
            if (left < 0)
            {
                faults.At(scalar, $"a test may have {Most} facts, and this line brings it to {Most - left}");
                break;
            }

            lines.Add(line);
        }

        return lines.SelectMany(l => l.Copies == 0 ? [l.Fact] : Enumerable.Range(1, l.Copies).Select(i => Numbered(l.Fact, i)));
    }

    public static Fact? One(YamlScalar scalar, FaultList faults)
    {
        var found = new List<TextFault>();
        var fact = Fact.TryParse(scalar.Value, DateTimeOffset.UnixEpoch, found);
        if (fact is not null) found.AddRange(Check(fact, scalar.Value));
        foreach (var fault in found) faults.At(scalar, fault);
        return fact;
    }

    /// <returns>Copies 0 for a line that says nothing of them.</returns>
    private static (Fact Fact, int Copies)? Line(YamlScalar scalar, FaultList faults)
    {
        var (text, copies) = Split(scalar.Value);
        if (copies is < 1 or > Most)
        {
            faults.At(scalar, $"'x {copies}': expected 1 to {Most} copies");
            return null;
        }

        return One(scalar with { Value = text }, faults) is { } fact ? (fact, text == scalar.Value ? 0 : copies) : null;
    }

    private static (string Text, int Copies) Split(string line)
    {
        var at = line.LastIndexOf(" x ", StringComparison.Ordinal);
        return at > 0
            && line[..at].TrimEnd().EndsWith('}')
            && int.TryParse(line[(at + 3)..], NumberStyles.None, CultureInfo.InvariantCulture, out var copies)
            ? (line[..at].TrimEnd(), copies)
            : (line, 1);
    }

    private static Fact Numbered(Fact fact, int number)
    {
        var digits = number.ToString(CultureInfo.InvariantCulture);
        return fact with { Labels = fact.Labels.ToDictionary(l => l.Key, l => l.Value.Replace("#", digits, StringComparison.Ordinal)) };
    }

    /// <summary>A test with a misspelt field would pass for the wrong reason.</summary>
    private static IEnumerable<TextFault> Check(Fact fact, string text)
    {
        if (!FactSchema.TryGet(fact.Name, out var kind))
        {
            if (fact.Name.All(char.IsAsciiLetterLower) && Suggestion.Nearest(fact.Name, FactSchema.Kinds.Select(k => k.Name)) is { } near)
                yield return new(0, $"there is no kind of fact '{fact.Name}'; did you mean '{near}'?");
            yield break;
        }

        foreach (var label in fact.Labels.Keys.Where(l => !kind.Has(l)))
            yield return new(
                Math.Max(0, text.IndexOf(label, StringComparison.Ordinal)),
                $"{kind.WithArticle} has no field '{label}'{Suggestion.For(label, kind.Fields.Select(f => f.Name))}");
        foreach (var (label, value) in fact.Labels)
        {
            if (value.Length > 0 && kind.Fields.FirstOrDefault(f => f.Name == label)?.Values is { } values && !values.Contains(value))
                yield return new(
                    Math.Max(0, text.IndexOf(label, StringComparison.Ordinal)),
                    $"'{label}' of {kind.WithArticle} is never '{value}'; it is one of {string.Join(", ", values)}");
        }
    }
}
