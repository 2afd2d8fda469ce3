using Microsoft.Extensions.Time.Testing;
using Remediator.Core.Facts;
using Remediator.Core.Playbooks;
using Remediator.Core.Policies;
using Remediator.Core.Rules;
using Remediator.Facts.Inventory;

namespace Remediator.Facts.Tests.Inventory;

public sealed class InventoryFactsTests
{
    [Fact]
    public void HostsOfThePolicyInForce_AreFacts_AndOneViewUntilTheyChange()
    {
        var definitions = new Definitions { Hosts = [Host("db-1", "10.0.0.4", ""), Host("n1", "10.0.0.5", "n1")] };
        var time = new FakeTimeProvider();
        var facts = new InventoryFacts(definitions, time);

        var first = facts.Current;
        time.Advance(TimeSpan.FromHours(1));
        var again = facts.Current;
        definitions.Hosts = [Host("db-2", "10.0.0.6", "")];
        var changed = facts.Current;

        Assert.Equal((FactSchema.Hosts, ViewState.Ready, ""), (facts.Name, first.State, first.Problem));
        Assert.Equal(
            ["host{address=\"10.0.0.4\",host=\"db-1\"}", "host{address=\"10.0.0.5\",host=\"n1\",node=\"n1\"}"],
            first.View.Named("host").Select(f => f.ToString()));
        Assert.Same(first.View, again.View);
        Assert.Equal(time.GetUtcNow(), again.FreshAt);
        Assert.Equal(["db-2"], changed.View.Named("host").Select(f => f["host"]));
        Assert.True(changed.View.Version > again.View.Version);
        Assert.True(Hosts.IsOutside(first.View, "db-1") && !Hosts.IsOutside(first.View, "n1"));
    }

    private static ManagedHost Host(string name, string address, string node) => new()
        { Name = name, Address = address, Node = node, User = "ops", KeyFile = "/key", HostKeys = [] };

    private sealed class Definitions : IDefinitions
    {
        public IReadOnlyList<ManagedHost> Hosts { get; set; } = [];

        public DefinitionSet Current => new("r", null, new NativeRuleEngine().Compile(new("r", [])), new Dictionary<string, Playbook>())
            { Policy = new() { Hosts = Hosts } };

        public Playbook Parse(string source) => throw new NotSupportedException();
    }
}
