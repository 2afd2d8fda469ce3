using Remediator.Core.Events;
using Remediator.Core.Tests.Incidents;

namespace Remediator.Core.Tests.Safety;

public sealed class InStormTests
{
    private readonly Bench _bench = new();

    [Fact]
    public void StormThatIsOverAtOnce_HoldsOn_UntilItsIncidentCanBeKnown()
    {
        _bench.Cluster = [.. Fleet.Nodes("a", 2, 4), Fleet.Pod("a0", "a", ready: "false")];
        _bench.Fire();
        Assert.Equal("storm", _bench.Only<Held>().Guard);

        // the facts are well again, and the list of open incidents is from before
        _bench.Cluster = [.. Fleet.Nodes("a", 6, 0), Fleet.Pod("a0", "a", ready: "false")];
        _bench.Wake(TimeSpan.FromSeconds(1));
        Assert.Empty(_bench.Happenings<RunStarted>());

        _bench.Wake(TimeSpan.FromSeconds(15));
        Assert.Single(_bench.Happenings<RunStarted>());
    }
}
