using System.Net;
using Remediator.Core.Journal;
using Remediator.Grains.Membership;

namespace Remediator.Grains.Tests.Membership;

/// <summary>What Orleans documents of a membership table, over whatever keeps the members.</summary>
public abstract class MembershipTableConformance
{
    private static readonly DateTime Start = new(2026, 11, 23, 10, 0, 0, DateTimeKind.Utc);

    /// <summary>An empty table, as a process of its own sees it.</summary>
    internal abstract Task<IMembers> MembersAsync();

    [Fact]
    public async Task EmptyTable_HasAVersion_AndNoRows()
    {
        var table = await TableAsync();

        var data = await table.ReadAll();

        Assert.Empty(data.Members);
        Assert.NotNull(data.Version.VersionEtag);
    }

    [Fact]
    public async Task Insert_KeepsTheWholeEntry_AndRaisesTheTablesVersion()
    {
        var table = await TableAsync();
        var before = (await table.ReadAll()).Version;
        var entry = Entry(1);
        entry.AddSuspector(Address(2), Start.AddMinutes(3));

        Assert.True(await table.InsertRow(entry, before.Next()));

        var after = await table.ReadAll();
        var (read, etag) = Assert.Single(after.Members);
        Assert.Equal(before.Version + 1, after.Version.Version);
        Assert.NotEqual(before.VersionEtag, after.Version.VersionEtag);
        Assert.NotEmpty(etag);
        Assert.Equal(entry.ToFullString(), read.ToFullString());
        Assert.Equal(
            (entry.SiloAddress, entry.Status, entry.HostName, entry.SiloName, entry.RoleName, entry.ProxyPort),
            (read.SiloAddress, read.Status, read.HostName, read.SiloName, read.RoleName, read.ProxyPort));
        Assert.Equal((entry.StartTime, entry.IAmAliveTime), (read.StartTime, read.IAmAliveTime));
        Assert.Equal(entry.SuspectTimes, read.SuspectTimes);
    }

    [Fact]
    public async Task Insert_OfARowThatIsThere_IsRefused_AndChangesNothing()
    {
        var table = await TableAsync();
        await InsertAsync(table, Entry(1));
        var before = await table.ReadAll();
        var again = Entry(1);
        again.Status = SiloStatus.Joining;

        Assert.False(await table.InsertRow(again, before.Version.Next()));

        await AssertSameAsync(before, table);
    }

    [Fact]
    public async Task Insert_OnAnOldVersionOfTheTable_IsRefused_AndChangesNothing()
    {
        var table = await TableAsync();
        var old = (await table.ReadAll()).Version;
        await InsertAsync(table, Entry(1));
        var before = await table.ReadAll();

        Assert.False(await table.InsertRow(Entry(2), old.Next()));

        await AssertSameAsync(before, table);
    }

    [Fact]
    public async Task Update_ReplacesTheRow_AndRaisesTheTablesVersion()
    {
        var table = await TableAsync();
        await InsertAsync(table, Entry(1));
        await InsertAsync(table, Entry(2));
        var before = await table.ReadAll();
        var (entry, etag) = before.TryGet(Address(1))!;
        entry.Status = SiloStatus.ShuttingDown;
        entry.IAmAliveTime = Start.AddSeconds(30);

        Assert.True(await table.UpdateRow(entry, etag, before.Version.Next()));

        var after = await table.ReadAll();
        Assert.Equal(before.Version.Version + 1, after.Version.Version);
        Assert.Equal(
            (SiloStatus.ShuttingDown, Start.AddSeconds(30)),
            (after.TryGet(Address(1))!.Item1.Status, after.TryGet(Address(1))!.Item1.IAmAliveTime));
        Assert.NotEqual(etag, after.TryGet(Address(1))!.Item2);
        Assert.Equal(before.TryGet(Address(2))!.Item2, after.TryGet(Address(2))!.Item2);
    }

    [Fact]
    public async Task Update_OnAnOldVersionOfTheTable_IsRefused_AndChangesNothing()
    {
        var table = await TableAsync();
        await InsertAsync(table, Entry(1));
        var old = await table.ReadAll();
        await InsertAsync(table, Entry(2));
        var before = await table.ReadAll();
        var (entry, etag) = (await table.ReadAll()).TryGet(Address(1))!;
        entry.Status = SiloStatus.Dead;

        Assert.False(await table.UpdateRow(entry, etag, old.Version.Next()));

        await AssertSameAsync(before, table);
    }

    [Fact]
    public async Task Update_OnAnOldVersionOfTheRow_IsRefused_AndChangesNothing()
    {
        var table = await TableAsync();
        await InsertAsync(table, Entry(1));
        var old = await table.ReadAll();
        var (entry, oldEtag) = old.TryGet(Address(1))!;
        Assert.True(await table.UpdateRow(entry, oldEtag, old.Version.Next()));
        var before = await table.ReadAll();
        entry.Status = SiloStatus.Dead;

        Assert.False(await table.UpdateRow(entry, oldEtag, before.Version.Next()));

        await AssertSameAsync(before, table);
    }

    [Fact]
    public async Task Update_OfARowThatIsNotThere_IsRefused()
    {
        var table = await TableAsync();
        await InsertAsync(table, Entry(1));
        var before = await table.ReadAll();

        Assert.False(await table.UpdateRow(Entry(2), before.TryGet(Address(1))!.Item2, before.Version.Next()));

        await AssertSameAsync(before, table);
    }

    [Fact]
    public async Task SignOfLife_ChangesNoVersion_AndSpoilsNoUpdateThatWasReadBefore()
    {
        var table = await TableAsync();
        await InsertAsync(table, Entry(1));
        var before = await table.ReadAll();
        var (entry, etag) = before.TryGet(Address(1))!;

        await table.UpdateIAmAlive(new() { SiloAddress = Address(1), IAmAliveTime = Start.AddMinutes(9) });

        var after = await table.ReadAll();
        Assert.Equal(before.Version, after.Version);
        Assert.Equal(Start.AddMinutes(9), after.TryGet(Address(1))!.Item1.IAmAliveTime);
        Assert.Equal(entry.Status, after.TryGet(Address(1))!.Item1.Status);
        entry.Status = SiloStatus.Stopping;
        Assert.True(await table.UpdateRow(entry, etag, before.Version.Next()));
    }

    [Fact]
    public async Task ReadRow_GivesThatRowAlone_WithTheTablesVersion()
    {
        var table = await TableAsync();
        await InsertAsync(table, Entry(1));
        await InsertAsync(table, Entry(2));

        var one = await table.ReadRow(Address(2));
        var none = await table.ReadRow(Address(3));

        Assert.Equal(Address(2), Assert.Single(one.Members).Item1.SiloAddress);
        Assert.Empty(none.Members);
        Assert.Equal((await table.ReadAll()).Version, one.Version);
        Assert.Equal(one.Version, none.Version);
    }

    [Fact]
    public async Task OfManyWritersOnOneVersion_OneWins()
    {
        var members = await MembersAsync();
        var tables = Enumerable.Range(1, 8).Select(i => new MembershipTable(members, new Self(Address(i)))).ToList();
        var version = (await tables[0].ReadAll()).Version;

        var won = await Task.WhenAll(tables.Select((table, i) => Task.Run(() => table.InsertRow(Entry(i + 1), version.Next()))));

        Assert.Equal(1, won.Count(w => w));
        Assert.Equal(version.Version + 1, (await tables[0].ReadAll()).Version.Version);
        Assert.Single((await tables[0].ReadAll()).Members);
    }

    [Fact]
    public async Task Cleanup_RemovesTheDeadWhoseLastWordIsOlder_AndNobodyElse()
    {
        var table = await TableAsync();
        await InsertAsync(table, Entry(1));
        await InsertAsync(table, Dead(2, votedAt: Start.AddDays(1)));
        await InsertAsync(table, Dead(3, votedAt: Start.AddDays(9)));

        await table.CleanupDefunctSiloEntries(new DateTimeOffset(Start).AddDays(8));

        Assert.Equal([Address(1), Address(3)], (await table.ReadAll()).Members.Select(m => m.Item1.SiloAddress).Order());
    }

    [Fact]
    public async Task Dead_KeepTheirLastSignOfLife()
    {
        var table = await TableAsync();

        await InsertAsync(table, Dead(1, votedAt: Start.AddDays(1)));

        Assert.Equal(Start.AddMinutes(1), (await table.ReadAll()).TryGet(Address(1))!.Item1.IAmAliveTime);
    }

    [Fact]
    public async Task Delete_LeavesNobody()
    {
        var table = await TableAsync();
        await InsertAsync(table, Entry(1));
        await InsertAsync(table, Dead(2, votedAt: Start.AddDays(1)));

        await table.DeleteMembershipTableEntries("remediator");

        Assert.Empty((await table.ReadAll()).Members);
    }

    private protected static SiloAddress Address(int number) => SiloAddress.New(IPAddress.Parse($"10.0.0.{number}"), 11111, 1000 + number);

    private protected static MembershipEntry Entry(int number) => new()
    {
        SiloAddress = Address(number),
        Status = SiloStatus.Active,
        HostName = $"host{number}",
        SiloName = $"silo{number}",
        RoleName = "remediator",
        ProxyPort = 30000,
        StartTime = Start,
        IAmAliveTime = Start.AddMinutes(1),
        SuspectTimes = [],
    };

    private static MembershipEntry Dead(int number, DateTime votedAt)
    {
        var entry = Entry(number);
        entry.Status = SiloStatus.Dead;
        entry.AddSuspector(Address(9), votedAt);
        return entry;
    }

    private protected static async Task InsertAsync(MembershipTable table, MembershipEntry entry) =>
        Assert.True(await table.InsertRow(entry, (await table.ReadAll()).Version.Next()));

    private static async Task AssertSameAsync(MembershipTableData before, MembershipTable table)
    {
        var after = await table.ReadAll();
        Assert.Equal(before.Version, after.Version);
        Assert.Equal(Rows(before), Rows(after));
    }

    private static List<string> Rows(MembershipTableData data) =>
        [.. data.Members.Select(m => $"{m.Item2} {m.Item1.ToFullString()}").Order(StringComparer.Ordinal)];

    private async Task<MembershipTable> TableAsync()
    {
        var table = new MembershipTable(await MembersAsync(), new Self(Address(100)));
        await table.InitializeMembershipTable(true);
        return table;
    }

    internal sealed class Self(SiloAddress address) : ILocalSiloDetails
    {
        public string Name => "silo";

        public string ClusterId => "remediator";

        public string DnsHostName => "host";

        public SiloAddress SiloAddress => address;

        public SiloAddress GatewayAddress => address;
    }
}

public sealed class InMemoryMembershipTests : MembershipTableConformance
{
    [Fact]
    public async Task OwnRow_MakesTheProcessWriteAsThatMember()
    {
        var view = new SharedMembers(TimeProvider.System).For();
        var table = new MembershipTable(view, new Self(Address(1)));

        await InsertAsync(table, Entry(2));
        Assert.Null(view.Own);
        await InsertAsync(table, Entry(1));

        Assert.Equal(Address(1).ToParsableString(), view.Own);
    }

    internal override Task<IMembers> MembersAsync() => Task.FromResult<IMembers>(new SharedMembers(TimeProvider.System).For());
}
