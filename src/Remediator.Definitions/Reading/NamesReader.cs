using System.Text.RegularExpressions;
using Remediator.Core.Facts;
using Remediator.Core.Language;
using Remediator.Core.Rules;
using Remediator.Definitions.Yaml;

namespace Remediator.Definitions.Reading;

/// <summary>Reads the groups of alerts and the selectors that files of rules name, for the rules of all files.</summary>
internal sealed partial class NamesReader
{
    internal static readonly string[] GroupKeys = ["group", "any", "where"];
    internal static readonly string[] SelectorKeys = ["selector", "is"];

    /// <summary>In place of one with a fault, so that who uses its name is not at fault too.</summary>
    private static readonly Selector Unreadable = Selector.Parse("{alertname!=\"\"}");

    private readonly List<(YamlScalar Name, FaultList Faults)> _read = [];

    public SelectorNames Names { get; } = new();

    public void Read(MapReader file, FaultList faults)
    {
        foreach (var node in file.Items("alerts"))
        {
            if (MapReader.Of(node, faults, "a group of alerts", GroupKeys) is { } map) Add(map, "group", Group(map, faults), faults);
        }

        foreach (var node in file.Items("selectors"))
        {
            if (MapReader.Of(node, faults, "a selector", SelectorKeys) is { } map)
                Add(map, "selector", map.RequireScalar("is") is { } text ? Parse(text, faults) : null, faults);
        }
    }

    /// <summary>What nobody uses is a name that was misspelt somewhere, or one that was forgotten.</summary>
    public void CheckThatAllAreUsed()
    {
        foreach (var (name, faults) in _read.Where(r => !Names.IsUsed(r.Name.Value)))
            faults.At(name, $"no rule uses '${name.Value}'; use it or delete it");
    }

    private void Add(MapReader map, string key, Selector? meant, FaultList faults)
    {
        if (map.RequireScalar(key) is not { } name) return;
        if (!NamePattern().IsMatch(name.Value))
            faults.At(name, $"'{name.Value}' cannot be used; expected lower-case letters, digits and dashes, such as crashing-containers");
        else if (Names.TryAdd(name.Value, meant ?? Unreadable)) _read.Add((name, faults));
        else
        {
            var (first, file) = _read.Find(r => r.Name.Value == name.Value);
            faults.At(name, $"there is a name '${name.Value}' already: {file.File.PlaceOf(first)}");
        }
    }

    private static Selector? Group(MapReader map, FaultList faults)
    {
        map.Require("any");
        var alerts = new HashSet<string>(StringComparer.Ordinal);
        foreach (var alert in map.Scalars("any"))
        {
            if (FactSchema.IsKind(alert.Value))
                faults.At(alert, $"'{alert.Value}' is a kind of fact, not an alert");
            else if (alert.Value.Contains('{'))
                faults.At(alert, "an item of 'any' is the name of an alert; write matchers once, in 'where'");
            else if (!alerts.Add(alert.Value))
                faults.At(alert, $"'{alert.Value}' is in this group already");
        }

        var where = map.Scalar("where") is { } text ? Parse(text, faults) : null;
        if (where?.Name is { } name)
            faults.At(map.Find("where")!, $"'where' has matchers only, and no name: '{{namespace!~\"kube-.*\"}}'; here is '{name}'");
        if (alerts.Count == 0 && map.Find("any") is YamlList { Items.Count: 0 } none) faults.At(none, "a group has at least one alert");
        return alerts.Count == 0 ? null : Selector.OfAlerts(alerts, where);
    }

    private static Selector? Parse(YamlScalar text, FaultList faults)
    {
        var found = new List<TextFault>();
        var selector = Selector.Parse(text.Value, found);
        if (selector is not null) found.AddRange(SchemaCheck.OfNamed(selector));
        foreach (var fault in found) faults.At(text, fault);
        return selector;
    }

    [GeneratedRegex(@"^[a-z][a-z0-9-]{0,62}\z")]
    private static partial Regex NamePattern();
}
