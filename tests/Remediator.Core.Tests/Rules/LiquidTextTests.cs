using Remediator.Core.Resources;
using Remediator.Core.Rules;

namespace Remediator.Core.Tests.Rules;

public sealed class LiquidTextTests
{
    private static readonly Dictionary<string, object> Values = new()
    {
        ["zone"] = "a",
        ["alert"] = new Dictionary<string, string> { ["pod"] = "api-1", ["evil"] = "{{ zone }}<b>" },
        ["resource"] = new ResourceKey("c", "deployment", "shop", "api"),
        ["evidence"] = new Dictionary<string, string> { ["reason"] = "exit 1" },
        ["params"] = new Dictionary<string, string>(),
    };

    [Theory]
    [InlineData("plain text", "plain text")]
    [InlineData("zone {{ zone }}", "zone a")]
    [InlineData("{{ resource }}: {{ evidence.reason }}", "deployment shop/api: exit 1")]
    [InlineData("{{ resource.namespace }}/{{ resource.name }}", "shop/api")]
    [InlineData("{{ alert.pod }}{{ alert.none }}{{ none.at.all }}", "api-1")]
    [InlineData("{{ alert.evil }}", "{{ zone }}<b>")]
    [InlineData("{% if evidence.reason %}yes{% else %}no{% endif %}", "yes")]
    [InlineData("{{ params.ceiling | default: '4Gi' }}", "4Gi")]
    public void Template_IsRendered(string source, string expected) => Assert.Equal(expected, new LiquidText(source).Render(Values));

    [Theory]
    [InlineData("{% for i in (1..1000000000) %}x{% endfor %}")]
    [InlineData("{% include 'x' %}")]
    [InlineData("{% render 'x' %}")]
    [InlineData("{% assign x = 1 %}")]
    [InlineData("{{ zone ")]
    [InlineData("{% if x %}")]
    public void Template_OutsideTheSafePart_IsRefusedAtLoad(string source) =>
        Assert.StartsWith(
            "this is not valid Liquid: ", Assert.Throws<FormatException>(() => new LiquidText(source)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("{{ zone | upcse }}", "there is no filter 'upcse'; did you mean 'upcase'?")]
    [InlineData("{{ 'now' | date: '%Y' }}", "there is no filter 'date'")]
    [InlineData("{{ zone | replace: 'a', 'b' }}", "there is no filter 'replace'")]
    public void Filter_ThatIsUnknown_IsRefusedAtLoad(string source, string message) =>
        Assert.Equal(message, Assert.Throws<FormatException>(() => new LiquidText(source)).Message);

    [Theory]
    [InlineData("{{ zone | divided_by: none }}")]
    [InlineData("{{ 1 | divided_by: 0 }}")]
    [InlineData("{{ 1 | modulo: 0 }}")]
    [InlineData("{{ 79228162514264337593543950335 | times: 79228162514264337593543950335 }}")]
    [InlineData("{{ zone | truncate: -1 }}")]
    [InlineData("{{ zone | slice: 99999999999 }}")]
    [InlineData("{{ zone | round: 99999 }}")]
    public void Values_ThatDoNotSuitTheTemplate_LoseNoMessage(string source)
    {
        var text = new LiquidText(source);
        Assert.Equal(text.TryRender(Values, out var rendered) ? rendered : source, text.Render(Values));
    }

    [Fact]
    public void DivisionByNothing_ShowsTheTemplateItself() =>
        Assert.Equal("{{ 1 | divided_by: 0 }}", new LiquidText("{{ 1 | divided_by: 0 }}").Render(Values));

    [Fact]
    public void Variables_AreKnown() =>
        Assert.Equal(
            ["evidence.reason", "params.ceiling", "zone"],
            new LiquidText("{{ zone }} {% if params.ceiling %}{{ evidence.reason | upcase }}{% endif %}").Variables);

    [Fact]
    public void LongValue_IsCut() =>
        Assert.Equal(
            LiquidText.MaxLength,
            new LiquidText("{{ x }}").Render(new Dictionary<string, object> { ["x"] = new string('x', 100_000) }).Length);
}
