using Remediator.Core.Alerts;
using Remediator.Core.Facts;
using Remediator.Facts.Connection;
using Remediator.Facts.Topology;

namespace Remediator.Facts.Tests.Resolving;

/// <summary>Machines that a provider knows, while no cluster is seen.</summary>
public sealed class HostTests
{
    [Theory]
    [InlineData("NodeHighLoad", "instance=10.9.0.4:9100", "host db-1", true)]
    [InlineData("NodeHighLoad", "instance=db-1:9100", "host db-1", true)]
    [InlineData("NodeFilesystemAlmostOutOfSpace", "instance=10.9.0.4:9100 mountpoint=/var", "filesystem db-1:/var", true)]
    [InlineData("BackupFailed", "host=db-1", "host db-1", true)]
    [InlineData("BackupFailed", "host=nobody", "alert BackupFailed", false)]
    [InlineData("NodeHighLoad", "instance=10.9.0.5:9100", "host 10.9.0.5", false)]
    [InlineData("NodeHighLoad", "instance=10.9.0.6:9100", "host 10.9.0.6", false)]
    public void AnAlertOfAMachine_IsOfTheHostThatIsKnown(string name, string labels, string resource, bool known)
    {
        var source = new TopologySource(
            KubernetesConnection.Find(new() { Name = "test", Kubeconfig = "/no/such/file" }, _ => null), new(), [new Inventory()]);
        var alert = new Alert
        {
            Name = name,
            Labels = labels.Split(' ').Select(l => l.Split('=')).ToDictionary(l => l[0], l => l[1]),
            Status = AlertStatus.Firing,
            StartsAt = DateTimeOffset.UnixEpoch,
            Fingerprint = "f",
        };

        var found = source.Resolve(alert);

        Assert.Equal((resource, known), (found.Resource.Display, found.Known));
        Assert.Equal(known ? "db-1" : null, known ? found.Labels["host"] : null);
    }

    /// <summary>One is a node, and two have one address: neither is known to be a certain machine outside.</summary>
    private sealed class Inventory : IFactProvider
    {
        private readonly FactView _view = new(1, DateTimeOffset.UnixEpoch,
        [
            Fact.Parse("""host{host="db-1",address="10.9.0.4"}"""), Fact.Parse("""host{host="n1",address="10.9.0.5",node="n1"}"""),
            Fact.Parse("""host{host="twin-1",address="10.9.0.6"}"""), Fact.Parse("""host{host="twin-2",address="10.9.0.6"}"""),
        ]);

        public string Name => FactSchema.Hosts;

        public ViewStatus Current => new(ViewState.Ready, _view, DateTimeOffset.UnixEpoch, "");
    }
}
