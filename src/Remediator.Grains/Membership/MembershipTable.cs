using System.Globalization;
using Remediator.Core.Journal;

namespace Remediator.Grains.Membership;

/// <summary>
/// Orleans' table of silos, kept where the journal is: the row that declares a replica dead is the row that refuses its writes.
/// </summary>
internal sealed class MembershipTable(IMembers members, ILocalSiloDetails self) : IMembershipTable
{
    /// <summary>The store has made its tables when it was opened.</summary>
    public Task InitializeMembershipTable(bool tryInitTableVersion) => Task.CompletedTask;

    public async Task<MembershipTableData> ReadAll() => Data(await members.ReadAsync(CancellationToken.None), _ => true);

    public async Task<MembershipTableData> ReadRow(SiloAddress key)
    {
        var id = key.ToParsableString();
        return Data(await members.ReadAsync(CancellationToken.None), member => member.Id == id);
    }

    public async Task<bool> InsertRow(MembershipEntry entry, TableVersion tableVersion) =>
        Wrote(entry, await members.TryInsertAsync(MemberRow.Of(entry), Number(tableVersion.VersionEtag), CancellationToken.None));

    public async Task<bool> UpdateRow(MembershipEntry entry, string etag, TableVersion tableVersion) =>
        Wrote(
            entry,
            await members.TryUpdateAsync(MemberRow.Of(entry), Number(etag), Number(tableVersion.VersionEtag), CancellationToken.None));

    public Task UpdateIAmAlive(MembershipEntry entry) =>
        members.TouchAsync(entry.SiloAddress.ToParsableString(), MemberRow.Utc(entry.IAmAliveTime), CancellationToken.None);

    public Task CleanupDefunctSiloEntries(DateTimeOffset beforeDate) => members.ForgetAsync(beforeDate, CancellationToken.None);

    /// <summary>A row that only vanished would leave its silo free to write, so each is declared dead before it goes.</summary>
    public async Task DeleteMembershipTableEntries(string clusterId)
    {
        while (true)
        {
            var table = await members.ReadAsync(CancellationToken.None);
            if (table.Members.FirstOrDefault(m => !m.Member.IsDead) is not { } live)
            {
                break;
            }

            var entry = MemberRow.ToEntry(live.Member);
            entry.Status = SiloStatus.Dead;
            await members.TryUpdateAsync(MemberRow.Of(entry), live.Version, table.Version, CancellationToken.None);
        }

        await members.ForgetAsync(DateTimeOffset.MaxValue, CancellationToken.None);
    }

    /// <summary>From the first row of its own on, this process writes as that member, and no longer once it is dead.</summary>
    private bool Wrote(MembershipEntry entry, bool done)
    {
        if (done && entry.SiloAddress.Equals(self.SiloAddress))
        {
            members.WriteAs(entry.SiloAddress.ToParsableString());
        }

        return done;
    }

    private static MembershipTableData Data(MemberTable table, Func<Member, bool> wanted) => new(
        [.. table.Members.Where(m => wanted(m.Member)).Select(m => Tuple.Create(MemberRow.ToEntry(m.Member), Text(m.Version)))],
        new(checked((int)table.Version), Text(table.Version)));

    private static string Text(long version) => version.ToString(CultureInfo.InvariantCulture);

    private static long Number(string etag) => long.Parse(etag, NumberStyles.None, CultureInfo.InvariantCulture);
}
