using System.Globalization;
using Remediator.Core.Language;
using Remediator.Core.Rules;

namespace Remediator.Definitions.Yaml;

/// <summary>Reads a mapping of known keys and reports everything that does not fit.</summary>
internal sealed class MapReader
{
    private readonly Dictionary<string, YamlEntry> _entries = new(StringComparer.Ordinal);
    private readonly YamlMap _map;
    private readonly FaultList _faults;

    public MapReader(YamlMap map, FaultList faults, params IReadOnlyList<string> known)
    {
        (_map, _faults) = (map, faults);
        foreach (var entry in map.Entries)
        {
            if (!known.Contains(entry.Key.Value))
                faults.At(entry.Key, $"unknown key '{entry.Key.Value}'{Suggestion.For(entry.Key.Value, known)}");
            else if (!_entries.TryAdd(entry.Key.Value, entry)) faults.At(entry.Key, $"the key '{entry.Key.Value}' is given twice");
        }
    }

    /// <returns>Null where the node is something else, which is a fault.</returns>
    public static MapReader? Of(YamlNode node, FaultList faults, string what, params IReadOnlyList<string> known)
    {
        if (node is YamlMap map) return new(map, faults, known);
        faults.At(node, $"expected {what} with the keys {string.Join(", ", known)}");
        return null;
    }

    /// <summary>What is wrong with the mapping as a whole.</summary>
    public void Fault(string message) => _faults.At(_map, message);

    public bool Has(string key) => _entries.ContainsKey(key);

    public YamlNode? Find(string key) => _entries.GetValueOrDefault(key)?.Value;

    public YamlNode? Require(string key)
    {
        if (Find(key) is { } node) return node;
        // A key that was misspelt is reported as unknown; to miss it as well would be a second message for one mistake.
        if (!_map.Entries.Any(e => !_entries.ContainsKey(e.Key.Value) && Suggestion.Nearest(e.Key.Value, [key]) is not null))
            _faults.At(_map, $"'{key}' is missing");
        return null;
    }

    public MapReader? Map(string key, params IReadOnlyList<string> known) =>
        Find(key) is { } node ? Of(node, _faults, $"'{key}'", known) : null;

    public YamlScalar? Scalar(string key) => Find(key) is { } node ? AsScalar(node, $"'{key}'") : null;

    public YamlScalar? RequireScalar(string key) => Require(key) is { } node ? AsScalar(node, $"'{key}'") : null;

    public IReadOnlyList<YamlNode> Items(string key) => Find(key) switch
    {
        null => [],
        YamlList list => list.Items,
        YamlScalar { IsNothing: true } nothing => Nothing(nothing, key),
        var single => [single],
    };

    public IEnumerable<YamlScalar> Scalars(string key) => Items(key).Select(n => AsScalar(n, $"an item of '{key}'")).OfType<YamlScalar>();

    /// <param name="names">Null where none can be used.</param>
    public IReadOnlyList<Condition> Conditions(string key, ConditionPlace place, SelectorNames? names = null) =>
        [.. Scalars(key).Select(s => Condition(s, place, names)).OfType<Condition>()];

    public TimeSpan? Time(string key)
    {
        if (Scalar(key) is not { } scalar) return null;
        if (Duration.TryParse(scalar.Value, out var duration)) return duration;
        _faults.At(scalar, $"'{key}' is '{scalar.Value}'; {Duration.Expected}");
        return null;
    }

    public int? Number(string key, int least, int most)
    {
        if (Scalar(key) is not { } scalar) return null;
        if (int.TryParse(scalar.Value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            && number >= least
            && number <= most)
            return number;
        _faults.At(scalar, $"'{key}' is '{scalar.Value}'; expected a whole number from {least} to {most}");
        return null;
    }

    public bool? Flag(string key)
    {
        if (Scalar(key) is not { } scalar) return null;
        if (scalar.Value is "true" or "false") return scalar.Value == "true";
        _faults.At(scalar, $"'{key}' is '{scalar.Value}'; expected true or false");
        return null;
    }

    public string? OneOf(string key, IReadOnlyList<string> values)
    {
        if (Scalar(key) is not { } scalar) return null;
        if (values.Contains(scalar.Value)) return scalar.Value;
        _faults.At(scalar, $"'{key}' is '{scalar.Value}'; expected {string.Join(", ", values)}{Suggestion.For(scalar.Value, values)}");
        return null;
    }

    public LiquidText? Liquid(string key) => RequireScalar(key) is { } scalar ? Liquid(scalar) : null;

    public LiquidText? Liquid(YamlScalar scalar)
    {
        try
        {
            return new(scalar.Value);
        }
        catch (FormatException e)
        {
            _faults.At(scalar, e.Message);
            return null;
        }
    }

    public YamlScalar? AsScalar(YamlNode node, string what)
    {
        if (node is YamlScalar { IsNothing: false } scalar) return scalar;
        _faults.At(node, node switch
        {
            YamlScalar => $"{what} has no value",
            YamlMap { IsFlow: true } => $"{what} begins with a brace, which YAML reads as a mapping: put it in quotes, '{{...}}'",
            YamlMap => $"{what} must be text, not a mapping; put text with ': ' in quotes",
            _ => $"{what} must be text, not a list",
        });
        return null;
    }

    private Condition? Condition(YamlScalar scalar, ConditionPlace place, SelectorNames? names)
    {
        var faults = new List<TextFault>();
        var condition = Core.Rules.Condition.Parse(scalar.Value, faults, names);
        if (condition is not null) faults.AddRange(SchemaCheck.Of(condition, place));
        foreach (var fault in faults) _faults.At(scalar, fault);
        return condition;
    }

    private IReadOnlyList<YamlNode> Nothing(YamlScalar nothing, string key)
    {
        _faults.At(nothing, $"'{key}' has no items");
        return [];
    }
}
