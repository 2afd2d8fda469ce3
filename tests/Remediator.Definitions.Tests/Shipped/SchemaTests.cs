using System.Text.Json.Nodes;
using Remediator.Actions;
using Remediator.Definitions.Reading;
using Remediator.Definitions.Schema;

namespace Remediator.Definitions.Tests.Shipped;

public sealed class SchemaTests
{
    [Fact]
    public void RulesSchema_IsThatOfTheProgram() => Compare("rules", DefinitionSchemas.Rules());

    [Fact]
    public void PlaybooksSchema_IsThatOfTheProgram() => Compare("playbooks", DefinitionSchemas.Playbook(ActionCatalogue.All()));

    [Fact]
    public void Schemas_KnowEveryKeyThatTheReadersKnow()
    {
        var (rules, playbook) = (JsonNode.Parse(DefinitionSchemas.Rules())!, JsonNode.Parse(DefinitionSchemas.Playbook(ActionCatalogue.All()))!);
        var (rule, step) = (Properties(rules)["rules"]!["items"]!, Properties(playbook)["ladder"]!["items"]!);

        Assert.Equal(RuleReader.RuleKeys.Order(), Keys(rule));
        Assert.Equal(RuleReader.ThenKeys.Order(), Keys(Properties(rule)["then"]!));
        Assert.Equal(PlaybookReader.Keys.Order(), Keys(playbook));
        Assert.Equal(StepReader.StepKeys.Order(), Keys(step));
    }

    private static JsonObject Properties(JsonNode node) => node["properties"]!.AsObject();

    private static IEnumerable<string> Keys(JsonNode node) => Properties(node).Select(p => p.Key).Order();

    /// <summary>What was generated lies beside the tests, to be copied over the file where the change is meant.</summary>
    private static void Compare(string folder, string generated)
    {
        var copy = Path.Combine(AppContext.BaseDirectory, $"{folder}.schema.json");
        File.WriteAllText(copy, generated);
        var path = Path.Combine(ShippedFilesTests.FindRoot(), folder, "schema.json");
        Assert.True(File.Exists(path) && File.ReadAllText(path) == generated, $"{path} is not what the program reads; if that is meant: cp {copy} {path}");
    }
}
