using Remediator.Actions.Hosts.Service;
using Remediator.Actions.Hosts.Units;
using Remediator.Core.Actions;
using Remediator.Core.Facts;
using Remediator.Core.Resources;

namespace Remediator.Actions.Tests.Hosts;

/// <summary>Nodes whose machine nobody may log in to: the other steps of a playbook must not wait for that.</summary>
public sealed class ServiceLookTests
{
    private static readonly CancellationToken Token = TestContext.Current.CancellationToken;

    [Fact]
    public async Task NodeThatThePolicyDoesNotList_IsSaidToBeOne_ThoughAnotherMachineHasItsName()
    {
        var machines = HostFixture.Machines(new Remediator.Core.Policies.ManagedHost
        {
            Name = "n1", Address = "127.0.0.1", Port = 1, User = "root", KeyFile = "/no/key", HostKeys = [], Units = ["kubelet.service"],
        });
        var request = HostFixture.Request(new ServiceInput { Unit = "kubelet.service" }) with
        {
            Resource = new("test", ResourceKinds.Node, "", "n1"),
        };

        var service = Assert.Single(await new ServiceLook(machines).LookAsync(request, Token));

        Assert.Equal(("false", ""), (service["restartable"], service["trouble"]));
        Assert.Equal(
            "The policy lists no host that is node 'n1', so nobody logs in there; add it under 'hosts' to change that.",
            service["why_not"]);
    }

    [Theory]
    [InlineData("abc", null)]
    [InlineData("def", "they are not the same machine")]
    [InlineData("", "does not say its machine id")]
    public void NodeWithoutTheMachineIdOfTheHost_IsADoubt(string machine, string? doubt)
    {
        var request = HostFixture.Request(new ServiceInput()) with
        {
            Resource = new("test", ResourceKinds.Node, "", "n1"),
            Facts = new(1, DateTimeOffset.UnixEpoch, [Fact.Parse($$"""node{node="n1", machine_id="{{machine}}"}""")]),
        };

        var found = ServiceReader.OtherMachine(request, new Dictionary<string, string> { ["machine_id"] = "abc" });

        if (doubt is null)
            Assert.Null(found);
        else
            Assert.Contains(doubt, found ?? "no doubt", StringComparison.Ordinal);
    }

    [Fact]
    public async Task HostThatCannotBeAsked_IsAFailure()
    {
        var request = HostFixture.Request(new ServiceInput { Unit = "kubelet.service" }) with
        {
            Resource = new("test", ResourceKinds.Host, "", "n1"),
        };

        await Assert.ThrowsAsync<ActionFailedException>(() => new ServiceLook(HostFixture.Machines()).LookAsync(request, Token));
    }
}
