using Remediator.Core.Language;
using Remediator.Core.Rules;
using Remediator.Definitions.Yaml;

namespace Remediator.Definitions.Reading;

/// <summary>Reads the rules of a file.</summary>
internal static class RuleReader
{
    internal static readonly string[] FileKeys = ["alerts", "selectors", "rules"];
    internal static readonly string[] RuleKeys = ["rule", "alert", "when", "unless", "for", "priority", "then"];
    internal static readonly string[] ThenKeys = ["run", "with", "suppress", "escalate", "group"];
    internal static readonly string[] Outcomes = ["run", "suppress", "escalate"];

    /// <param name="names">Those of all files.</param>
    public static IReadOnlyList<ReadRule> Read(MapReader file, FaultList faults, SelectorNames names)
    {
        // a file may have names alone
        if (!file.Has("rules") && (file.Has("alerts") || file.Has("selectors"))) return [];
        if (file.Require("rules") is not { } node) return [];
        if (node is YamlList list) return [.. list.Items.Select(i => Rule(i, faults, names)).OfType<ReadRule>()];
        faults.At(node, "'rules' is a list: begin each rule with '- rule: its-name'");
        return [];
    }

    private static ReadRule? Rule(YamlNode node, FaultList faults, SelectorNames names)
    {
        if (MapReader.Of(node, faults, "a rule", RuleKeys) is not { } map) return null;
        var name = map.RequireScalar("rule");
        var alert = map.RequireScalar("alert") is { } text ? Alert(text, faults, names) : null;
        var when = map.Conditions("when", ConditionPlace.Rule, names);
        var unless = map.Conditions("unless", ConditionPlace.Rule, names);
        var wait = map.Time("for") ?? TimeSpan.Zero;
        var priority = map.Number("priority", -1000, 1000) ?? 0;
        var then = map.Require("then") is { } outcome ? Then(outcome, faults) : null;
        if (then is not { } read) return new(null, faults, name, null, []);
        var rule = name is null || alert is null || read.Outcome is not { } what ? null : new Rule
        {
            Name = name.Value,
            Place = faults.File.PlaceOf(name),
            Alert = alert,
            When = when,
            Unless = unless,
            For = wait,
            Priority = priority,
            Then = what,
        };
        return new(rule, faults, name, read.Playbook, read.WithKeys);
    }

    private static Selector? Alert(YamlScalar text, FaultList faults, SelectorNames names)
    {
        var found = new List<TextFault>();
        var selector = Selector.Parse(text.Value, found, names);
        if (selector is not null) found.AddRange(SchemaCheck.OfAlert(selector));
        foreach (var fault in found) faults.At(text, fault);
        return selector;
    }

    private static (RuleOutcome? Outcome, YamlScalar? Playbook, IReadOnlyList<YamlScalar> WithKeys)? Then(YamlNode node, FaultList faults)
    {
        if (MapReader.Of(node, faults, "'then'", ThenKeys) is not { } map) return null;
        var chosen = Outcomes.Where(map.Has).ToList();
        if (chosen.Count != 1)
        {
            if (chosen.Count > 1 || node is YamlMap { Entries: var entries } && entries.All(e => ThenKeys.Contains(e.Key.Value)))
                faults.At(
                    node,
                    $"'then' has exactly one of run, suppress, "
                        + $"escalate{(chosen.Count == 0 ? "" : $"; here are {string.Join(" and ", chosen)}")}");
            return null;
        }

        if (map.Has("with") && chosen[0] != "run") faults.At(map.Find("with")!, "'with' belongs to 'run'");
        if (map.Has("group") && chosen[0] != "escalate") faults.At(map.Find("group")!, "'group' belongs to 'escalate'");
        return chosen[0] switch
        {
            "run" => Run(map, faults),
            "suppress" => (Text(map, "suppress", faults) is { } reason ? new RuleOutcome.Suppress(reason) : null, null, []),
            _ => (
                Text(map, "escalate", faults) is { } message
                    ? new RuleOutcome.Escalate(message, [.. map.Scalars("group").Select(s => s.Value)])
                    : null,
                null,
                []),
        };
    }

    private static (RuleOutcome? Outcome, YamlScalar? Playbook, IReadOnlyList<YamlScalar> WithKeys) Run(MapReader map, FaultList faults)
    {
        var playbook = map.RequireScalar("run");
        var entries = map.Find("with") switch
        {
            null => [],
            YamlMap with => with.Entries,
            var other => Refuse(other, faults),
        };
        var values = new Dictionary<string, LiquidText>(StringComparer.Ordinal);
        foreach (var (key, value) in entries)
        {
            if (map.AsScalar(value, $"'{key.Value}'") is not { } scalar || Liquid(scalar, map, faults) is not { } text) continue;
            if (!values.TryAdd(key.Value, text)) faults.At(key, $"the key '{key.Value}' is given twice");
        }

        return playbook is null
            ? (null, null, [])
            : (new RuleOutcome.Run(playbook.Value, values), playbook, [.. entries.Select(e => e.Key)]);
    }

    private static IReadOnlyList<YamlEntry> Refuse(YamlNode node, FaultList faults)
    {
        faults.At(node, "'with' is a mapping of names and values");
        return [];
    }

    private static LiquidText? Text(MapReader map, string key, FaultList faults) =>
        map.RequireScalar(key) is { } scalar ? Liquid(scalar, map, faults) : null;

    private static LiquidText? Liquid(YamlScalar scalar, MapReader map, FaultList faults)
    {
        var text = map.Liquid(scalar);
        if (text?.Variables.FirstOrDefault(v => v.Split('.')[0] is "params" or "evidence") is { } unseen)
            faults.At(scalar, $"a rule does not see '{unseen}'; it sees the labels of its alert, 'alert' and 'resource'");
        return text;
    }
}
