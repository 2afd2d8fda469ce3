using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Remediator.Core.Facts;

namespace Remediator.Core.Tests.Facts;

public sealed class FactTests
{
    [Fact]
    public void Fact_Prints_WithSortedLabelsAndWithoutEmptyOnes() =>
        Assert.Equal(
            """container{container="api",namespace="shop"}""",
            new Fact(
                "container", new Dictionary<string, string> { ["namespace"] = "shop", ["waiting"] = "", ["container"] = "api" }, default)
                .ToString());

    [Fact]
    public void Fact_WithSpaceInItsName_PrintsSoThatItReadsBack()
    {
        var fact = new Fact("Host out of memory", new Dictionary<string, string> { ["instance"] = "a:9100" }, default);

        Assert.Equal("""{alertname="Host out of memory",instance="a:9100"}""", fact.ToString());
        Assert.Equal(fact, Fact.Parse(fact.ToString()));
    }

    [Property]
    public bool Fact_Printed_ReadsBack(NonEmptyString name, NonEmptyString[] labels, NonEmptyString[] values)
    {
        var given = labels.Zip(values)
            .Where(p => p.First.Get != "alertname")
            .DistinctBy(p => p.First.Get)
            .ToDictionary(p => p.First.Get, p => p.Second.Get);
        var fact = new Fact(name.Get, given, default);
        return Fact.Parse(fact.ToString()).Equals(fact);
    }

    [Theory]
    [InlineData("node{node=n1}", "node{node=n1}: column 11: a label's value is written in double quotes, found 'n1'")]
    [InlineData("node{node==\"n1\"}", "node{node==\"n1\"}: column 12: a label is given with '=', not '=='")]
    [InlineData("node{node=\"n1\"", "node{node=\"n1\": column 15: expected '}', found the end")]
    [InlineData("{node=\"n1\"}", "{node=\"n1\"}: column 12: a fact begins with its kind or alertname: node{node=\"n1\"}")]
    public void Fact_WithAFault_SaysWhere(string text, string message) =>
        Assert.Equal(message, Assert.Throws<FormatException>(() => Fact.Parse(text)).Message);

    [Fact]
    public void Fact_StoredAsJson_ReadsBack()
    {
        var fact = Fact.Parse("""evidence{reason="OOM"}""", DateTimeOffset.UnixEpoch);
        Assert.Equal(fact, JsonSerializer.Deserialize<Fact>(JsonSerializer.Serialize(fact)));
    }
}
