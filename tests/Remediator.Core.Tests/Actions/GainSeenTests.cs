using Remediator.Core.Actions;
using Remediator.Core.Engine;
using Remediator.Core.Events;
using Remediator.Core.Tests.Incidents;

namespace Remediator.Core.Tests.Actions;

public sealed class GainSeenTests
{
    [Theory]
    [InlineData(100L, 90L, "descriptors: 90 of 100 expected")]
    [InlineData(100L, 110L, "descriptors: 110 of 100 expected")]
    [InlineData(100L, 89L, "descriptors: 89 of 100 expected, which is more than 10% off")]
    [InlineData(100L, 0L, "descriptors: 0 of 100 expected, which is more than 10% off")]
    [InlineData(100L, null, "descriptors: not measured of 100 expected, which is more than 10% off")]
    [InlineData(0L, 1L, "descriptors: 1 of 0 expected, which is more than 10% off")]
    [InlineData(null, 5L, "descriptors: 5")]
    public void Gain_IsDescribedBesideWhatWasExpected(long? expected, long? got, string words) =>
        Assert.Equal(words, new GainSeen("descriptors", expected, got).Describe());

    [Theory]
    [InlineData(1023, "bytes on /var: 1023 B")]
    [InlineData(1536, "bytes on /var: 1.5 KiB")]
    [InlineData(2147483648, "bytes on /var: 2 GiB")]
    public void Bytes_AreReadable(long bytes, string words) => Assert.Equal(words, new GainSeen("bytes on /var", null, bytes).Describe());

    [Fact]
    public void Outcome_IsComparedWithItsPlan_AndPeopleAreTold()
    {
        var bench = new Bench();
        bench.Fire();
        bench.Planned(new ActionPlan { Summary = "vacuum the journal", Gains = [new("bytes", 2048), new("inodes", 3)] });
        bench.Report(bench.Act!, new CallReturned(new("vacuumed") { Gains = [new("bytes", 1000), new("bytes", 1000)] }));

        Assert.Equal([new("bytes", 2048, 2000), new("inodes", 3, null)], bench.Only<ActionSucceeded>().Gains!);
        Assert.Contains(
            "vacuum the journal: bytes: 2 KiB of 2 KiB expected; inodes: not measured of 3 expected, which is more than 10% off",
            bench.State.Incidents[0].Tried);
    }

    [Fact]
    public void Outcome_OfAnActThatWinsNothing_SaysNothingOfIt()
    {
        var bench = new Bench();
        bench.Fire();
        bench.Planned();
        bench.Acted();

        Assert.Null(bench.Only<ActionSucceeded>().Gains);
    }
}
