using Remediator.Core.Facts;
using Remediator.Core.Language;
using Remediator.Core.Playbooks;
using Remediator.Core.Resources;
using Remediator.Definitions.Reading;
using Remediator.Definitions.Yaml;

namespace Remediator.Definitions.Testing;

/// <summary>Reads the tests beside a playbook: <c>restart-loop.tests.yaml</c> tests <c>restart-loop.yaml</c>.</summary>
internal static class PlaybookTestReader
{
    private const string None = "none";
    private static readonly string[] Keys = ["test", "resource", "facts", "look", "expect"];

    public static IEnumerable<DefinitionTest> Read(YamlNode root, FaultList faults, IReadOnlyList<ReadPlaybook> playbooks)
    {
        if (MapReader.Of(root, faults, "a mapping", "tests") is not { } file || file.Require("tests") is null) return [];
        var tested = faults.File.Label.Replace(".tests.", ".", StringComparison.Ordinal);
        if (playbooks.FirstOrDefault(p => p.Faults.File.Label == tested)?.Playbook is { } playbook)
            return file.Items("tests").Select(n => Test(n, faults, playbook)).OfType<DefinitionTest>().ToList();
        faults.At(root, $"these tests are for {tested}, which does not exist or cannot be read");
        return [];
    }

    private static PlaybookTest? Test(YamlNode node, FaultList faults, Playbook playbook)
    {
        if (MapReader.Of(node, faults, "a test", Keys) is not { } map) return null;
        var name = map.RequireScalar("test");
        var resource = map.RequireScalar("resource") is { } text ? Resource(text, faults, playbook) : null;
        var facts = FactLines.Read(map, faults);
        var looked = FactLines.Read(map, faults, "look");
        if (map.Find("look") is { } look && playbook.Looks.Count == 0) faults.At(look, $"{playbook.Name} does not look at anything");
        var expect = map.Require("expect") is { } expected ? Expect(expected, faults, playbook) : null;
        return name is null || resource is not { } key || expect is null
            ? null
            : new(
                faults.File.Label, (int)name.Start.Line, name.Value, playbook.Name, key, [.. facts.Select(f => Completed(f, key))],
                [.. looked.Select(f => Completed(f, key))], expect);
    }

    private static ResourceKey? Resource(YamlScalar text, FaultList faults, Playbook playbook)
    {
        // what is on a machine has no namespace, and a mount point in its name
        var isOnMachine = ResourceKinds.Find(text.Value.Split(' ')[0]) is { IsOnMachine: true };
        if (text.Value.Split(isOnMachine ? [' '] : [' ', '/']) is not { Length: 2 or 3 } parts)
        {
            faults.At(text, $"'{text.Value}' is not a resource; write its kind and name: 'deployment shop/api', 'node n1'");
            return null;
        }

        var resource = new ResourceKey("", parts[0], parts.Length == 3 ? parts[1] : "", parts[^1]);
        if (!ResourceKinds.AreOf(playbook.ResourceKinds, resource))
            faults.At(text, $"{playbook.Name} is for {string.Join(", ", playbook.ResourceKinds)}, not for a {parts[0]}");
        return resource;
    }

    /// <summary>The labels that tie a fact to the resource need not be written out again and again.</summary>
    private static Fact Completed(Fact fact, ResourceKey resource)
    {
        var own = ResourceKinds.Of(resource).Own;
        if (!FactSchema.TryGet(fact.Name, out var kind) || !own.All(o => kind.Fields.Any(f => f.Name == o.Label))) return fact;
        var labels = new Dictionary<string, string>(fact.Labels);
        foreach (var label in own) labels.TryAdd(label.Label, label.Value(resource));
        return fact with { Labels = labels };
    }

    private static PlaybookExpectation? Expect(YamlNode node, FaultList faults, Playbook playbook)
    {
        if (MapReader.Of(node, faults, "what is expected", "problem", "first", "after", "passed_over") is not { } map) return null;
        var holds = map.OneOf("problem", ["holds", "gone"]) is { } problem ? problem == "holds" : (bool?)null;
        var first = map.Scalar("first");
        var steps = playbook.Ladder.Select(s => s.Name).ToList();
        foreach (var step in map.Scalars("passed_over")
            .Append(first)
            .OfType<YamlScalar>()
            .Where(s => s.Value != None && !steps.Contains(s.Value)))
            faults.At(step, $"{playbook.Name} has no step '{step.Value}'{Suggestion.For(step.Value, steps)}");
        if (holds is null && first is null && !map.Has("passed_over"))
            faults.At(node, "nothing is expected; write problem, first or passed_over");
        var after = map.Time("after");
        if (after is not null && (first is null || first.Value == None))
            faults.At(map.Find("after")!, "'after' is of the step in 'first', and none is named there");
        return new(holds, first?.Value == None ? "" : first?.Value, after, [.. map.Scalars("passed_over").Select(s => s.Value)]);
    }
}
