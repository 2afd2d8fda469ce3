using Remediator.Core.Facts;
using Remediator.Core.Rules;
using Remediator.Definitions.Yaml;

namespace Remediator.Definitions.Testing;

/// <summary>Reads a file of tests of rules.</summary>
internal static class RuleTestReader
{
    public static IEnumerable<DefinitionTest> Read(YamlNode root, FaultList faults)
    {
        if (MapReader.Of(root, faults, "a mapping", "tests") is not { } file || file.Require("tests") is null) return [];
        return file.Items("tests").Select(n => Test(n, faults)).OfType<DefinitionTest>().ToList();
    }

    private static RuleTest? Test(YamlNode node, FaultList faults)
    {
        if (MapReader.Of(node, faults, "a test", "test", "facts", "alert", "expect") is not { } map) return null;
        var name = map.RequireScalar("test");
        var facts = FactLines.Read(map, faults);
        var alert = map.RequireScalar("alert") is { } text ? Alert(text, faults) : null;
        var expect = map.Require("expect") is { } node2 ? Expect(node2, faults) : null;
        return name is null || alert is null || expect is null
            ? null
            : new(faults.File.Label, (int)name.Start.Line, name.Value, facts, alert, expect);
    }

    private static Fact? Alert(YamlScalar text, FaultList faults)
    {
        var alert = FactLines.One(text, faults);
        if (alert is null || !FactSchema.IsKind(alert.Name)) return alert;
        faults.At(text, $"'{alert.Name}' is a kind of fact, not an alert; write it under 'facts'");
        return null;
    }

    private static RuleExpectation? Expect(YamlNode node, FaultList faults)
    {
        if (node is YamlScalar { Value: "none" }) return new(DecisionKind.None, null, null, null);
        if (MapReader.Of(node, faults, "'none', or what is expected", "rule", "run", "with", "suppress", "escalate") is not { } map)
            return null;
        var rule = map.Scalar("rule")?.Value;
        var with = (map.Find("with") as YamlMap)?.Entries.DistinctBy(e => e.Key.Value)
            .ToDictionary(e => e.Key.Value, e => map.AsScalar(e.Value, e.Key.Value)?.Value ?? "");
        if (map.Scalar("run") is { } run) return new(DecisionKind.Run, rule, run.Value, with);
        if (map.Scalar("suppress") is { } suppress) return new(DecisionKind.Suppress, rule, suppress.Value, null);
        if (map.Scalar("escalate") is { } escalate) return new(DecisionKind.Escalate, rule, escalate.Value, null);
        if (rule is null && node is YamlMap { Entries.Count: 0 })
            faults.At(node, "nothing is expected; name a rule, or write 'expect: none'");
        return rule is null ? null : new(null, rule, null, null);
    }
}
