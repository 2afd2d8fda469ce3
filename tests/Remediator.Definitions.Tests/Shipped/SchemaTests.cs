using System.Text.Json.Nodes;
using Remediator.Actions;
using Remediator.Definitions.Reading;
using Remediator.Definitions.Schema;

namespace Remediator.Definitions.Tests.Shipped;

public sealed class SchemaTests
{
    [Fact]
    public void RulesSchema_IsThatOfTheProgram() => Compare("rules/schema.json", DefinitionSchemas.Rules());

    [Fact]
    public void PlaybooksSchema_IsThatOfTheProgram() => Compare("playbooks/schema.json", DefinitionSchemas.Playbook(ActionCatalogue.All()));

    [Fact]
    public void PolicySchema_IsThatOfTheProgram() => Compare("policy.schema.json", DefinitionSchemas.Policy());

    [Fact]
    public void PolicySchema_KnowsEveryKeyThatTheReaderKnows()
    {
        var policy = JsonNode.Parse(DefinitionSchemas.Policy())!;
        Assert.Equal(PolicyReader.Keys.Order(), Keys(policy));
        Assert.Equal(PolicyReader.LimitKeys.Order(), Keys(Properties(policy)["limits"]!["items"]!));
        Assert.Equal(PolicyReader.ModeKeys.Order(), Keys(Properties(policy)["modes"]!["items"]!));
        Assert.Equal(PolicyReader.MaintenanceKeys.Order(), Keys(Properties(policy)["maintenance"]!["items"]!));
        Assert.Equal(PolicyReader.ApprovalKeys.Order(), Keys(Properties(policy)["approvals"]!["items"]!));
        Assert.Equal(StormReader.Keys.Order(), Keys(Properties(policy)["storm"]!));
        Assert.All(StormReader.Keys.Take(3), key =>
            Assert.Equal(StormReader.ThresholdKeys.Order(), Keys(Properties(Properties(policy)["storm"]!)[key]!)));
    }

    [Fact]
    public void Schemas_KnowEveryKeyThatTheReadersKnow()
    {
        var (rules, playbook) =
            (JsonNode.Parse(DefinitionSchemas.Rules())!, JsonNode.Parse(DefinitionSchemas.Playbook(ActionCatalogue.All()))!);
        var (rule, step) = (Properties(rules)["rules"]!["items"]!, Properties(playbook)["ladder"]!["items"]!);

        Assert.Equal(RuleReader.FileKeys.Order(), Keys(rules));
        Assert.Equal(NamesReader.GroupKeys.Order(), Keys(Properties(rules)["alerts"]!["items"]!));
        Assert.Equal(NamesReader.SelectorKeys.Order(), Keys(Properties(rules)["selectors"]!["items"]!));
        Assert.Equal(RuleReader.RuleKeys.Order(), Keys(rule));
        Assert.Equal(RuleReader.ThenKeys.Order(), Keys(Properties(rule)["then"]!));
        Assert.Equal(PlaybookReader.Keys.Order(), Keys(playbook));
        Assert.Equal(StepReader.StepKeys.Order(), Keys(step));
    }

    private static JsonObject Properties(JsonNode node) => node["properties"]!.AsObject();

    private static IEnumerable<string> Keys(JsonNode node) => Properties(node).Select(p => p.Key).Order();

    private static void Compare(string file, string generated) => Generated.Is(file, _ => generated);
}
