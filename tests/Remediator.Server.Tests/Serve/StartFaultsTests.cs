using Microsoft.AspNetCore.Connections;
using Remediator.Core.Journal;
using Remediator.Server.Serve;

namespace Remediator.Server.Tests.Serve;

public sealed class StartFaultsTests
{
    [Fact]
    public void TakenPort_OfTheSilo_NamesItsSetting() => Assert.Equal(
        ["The silo's port is taken by another program; set Silo:Port to another one, or to 0 for a free one."],
        StartFaults.Explain(new AddressInUseException("Address already in use")));

    [Fact]
    public void Fault_OfOneServiceAmongThoseThatStart_IsThatFault() =>
        Assert.Equal(
            ["The disk is full."], StartFaults.Explain(new AggregateException(new StoreUnavailableException("The disk is full."))));

    [Fact]
    public void Fault_OfTheProgram_IsLeftToShowItsTrace() => Assert.Null(StartFaults.Explain(new InvalidOperationException("a bug")));
}
