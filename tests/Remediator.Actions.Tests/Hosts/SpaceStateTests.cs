using Remediator.Actions.Hosts.Reach;
using Remediator.Actions.Hosts.Space;
using Remediator.Core.Actions;
using Remediator.Core.Policies;

namespace Remediator.Actions.Tests.Hosts;

public sealed class SpaceStateTests
{
    private static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeSeconds(1_796_000_000);
    private static readonly ManagedHost Host = new()
    {
        Name = "db-1", Address = "db-1", User = "root", KeyFile = "/key", HostKeys = [], Temp = ["/tmp"],
    };

    /// <summary>As after a battery that is empty: every file is ten days old there.</summary>
    [Theory]
    [InlineData(-864000, true)]
    [InlineData(0, true)]
    [InlineData(500, true)]
    [InlineData(700, false)]
    [InlineData(864000, false)]
    public void WhereTheClockOfTheHostIsAhead_NothingIsOld(int seconds, bool isKnown)
    {
        var doubt = Read($"all\ttemp\t3\t4096\t{Now.ToUnixTimeSeconds() + seconds}000000000:3").DoubtOfClock(Host, Now);
        Assert.Equal(isKnown, doubt is null);
        Assert.Equal(isKnown, doubt?.Contains("The clock of host db-1 is ahead", StringComparison.Ordinal) is null);
    }

    [Theory]
    [InlineData("reserve\t33554432", 33554432)]
    [InlineData("reserve\t-1", 0)]
    [InlineData("left\ttemp\t/tmp/x\tis too new", 0)]
    public void WhatTheFileSystemTakesFirst_IsRead(string line, long bytes) => Assert.Equal(bytes, Read(line).Reserve);

    /// <summary>What was not looked at is never said not to be there.</summary>
    [Theory]
    [InlineData("all\ttemp\t0\t0\t1:0", "")]
    [InlineData("all\ttemp\t0\t0\t1:0\ncut\ttemp", "temp")]
    [InlineData("all\ttemp\t3\t4096\t1:3\ncut\ttemp", "")]
    [InlineData("all\ttemp\t3\t4096\t1:3\nall\tlog\t0\t0\t1:0\ncut\tlog", "log")]
    [InlineData("all\ttemp\t0\t0\t1:0\nall\tlog\t0\t0\t1:0\ncut\tlog\ncut\ttemp", "log temp")]
    [InlineData("all\ttemp\t0\t0\t1:0\nbounded", "")]
    public void WhatWasCutBeforeAnyWasFound_IsUnknown(string lines, string unknown) =>
        Assert.Equal(unknown, string.Join(' ', Read(lines).Unknown));

    [Fact]
    public void WhereAnotherOneIsAtWork_NothingIsKnown()
    {
        var busy = Read("all\ttemp\t3\t4096\t1:3\nmay\ttemp\t4096\ttemp:1:2:3:4:5:/tmp/x\nbusy\tanother one is at work here");
        Assert.Empty(busy.All);
        Assert.Empty(busy.May);
        Assert.Equal("What may go on host db-1 has to be asked again: another one is at work here.", busy.Doubt(Host));
        Assert.Equal(FailureKind.Transient, Assert.Throws<ActionFailedException>(() => busy.ThrowIfBusy(Host)).Kind);
        Read("all\ttemp\t3\t4096\t1:3").ThrowIfBusy(Host);
    }

    private static SpaceState Read(string line) =>
        SpaceState.Read(HostAnswer.Parse($"helper\tok\nconf\t{SpaceHelper.ListDigestOf(Host)}\n{line}\ndone\nend\n")!, Host);
}
